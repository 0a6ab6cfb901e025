"""Complex values in objects, generators, containers and recursions, and under the options of NumPy functions."""

from dataclasses import dataclass
from functools import partial, reduce

import numpy as np
import pytest
from language.check import FACTS, check, name

from s2sgrad import grad
from s2sgrad.errors import UnsupportedError

X = np.array([0.7, -1.3, 2.1, 0.4, -0.6])
MASK = np.array([True, False, True, True, True])


# ---------------------------------------------------------------- what the language has
@dataclass
class Wave:
    z: np.ndarray
    real: np.ndarray


def parts_of_fields(x):
    wave = Wave(np.zeros(3, complex), x[:3] * 2)
    wave.z.real = x[:3]
    wave.z.real *= x[1]
    wave.z += 1j * x[2:5]
    wave.real = wave.real * x[0]        # a field of that name
    wave.real[1] += x[3]
    return np.sum(np.abs(wave.z) ** 3) + np.sum(wave.real**2)


def set_real(z, v):
    z.real = v
    z.real[0] += v[1]


def a_part_written_by_a_function(x):
    z = np.exp(1j * x)
    set_real(z, x * 2.0)
    return np.sum((z * z).imag) + np.sum(z.real**3)


def a_generator(x):
    def waves(n):
        for k in range(n):
            yield np.exp(1j * k * x)
    s = 0.0
    for wave in waves(3):
        s += np.sum(wave).imag ** 2
    return s


def sums_of_streams(x):
    return abs(sum(np.exp(1j * v) for v in x)) + abs(reduce(lambda a, b: a * b + a, map(np.exp, 1j * x), 1 + 0j))


def iterated(z, n):
    return z if n == 0 else iterated(z * z + 0.1j, n - 1)


def a_recursion(x):
    return abs(iterated(x[0] + 0.3j, 3)) + np.sum(np.abs(iterated(np.exp(1j * x), 2)))


def a_partial_function(x):
    turned = partial(np.multiply, 1j)
    return np.sum(np.abs(turned(x) + x[0]) ** 2)


def matched_and_starred(x):
    z = 0j
    for k, v in enumerate(x):
        match k % 3:
            case 0:
                z += v * 1j
            case 1:
                z *= 1 + 1j * v
            case _:
                z = z - v
    first, *rest = np.exp(1j * x)
    return abs(z) ** 2 + (first * sum(rest)).imag


def copies_of_containers(x):
    waves = [x[:3] * 1j, x[1:4] * (2 + 1j)]
    waves.append(np.exp(1j * x[:3]))
    others = list(waves)
    others[0][1] = x[3]
    table = dict({"a": waves[1], "b": x[:3] * 1j})
    s = 0.0
    for wave in others:
        s = s + np.sum(np.abs(wave) ** 3)
    for wave in table.values():
        s = s + np.sum(wave.imag**2)
    return s


def changed_containers(x):
    zs = list(np.exp(1j * x))
    zs[1] += x[0]
    zs.append(x[1] * 2j)
    table = {k: x[k] * 1j + 2 for k in range(5)}
    table[2] *= table[1]
    del table[0]
    return abs(sum(zs)) + (zs[1] * zs[5]).imag + abs(sum(table.values()))


def results_in_arguments(x):
    z = np.exp(1j * x)
    np.multiply(z, 2j, out=z)
    np.add(z, x, out=z)
    sizes = np.empty(5)
    np.abs(np.fft.fft(z), out=sizes)
    return np.sum(sizes**2 * x)


def views_by_layout(x):
    m = np.outer(np.exp(1j * x), x)
    d = m.T
    d[0] = x * 2
    e = m.reshape(-1)
    e[3] *= 1j
    f = m.ravel()[2:4]
    f += x[:2]
    g = m.T.reshape(-1)
    g[3] = x[0] * 1j
    return np.sum(np.abs(m) ** 2 * np.arange(25).reshape(5, 5)) + np.sum(f.imag) + np.sum(np.abs(g) ** 2)


def views_of_what_is_real_elsewhere(x):
    m = np.outer(x, x)
    if x[2] < 0:
        m = m * 1j
    r = m[:, ::-1].ravel()
    r[3] = x[0] * 2
    q = m[:, :1].reshape(5)
    q[0] = x[3]
    return np.sum(np.abs(m) ** 2) + np.sum(np.abs(r) ** 2) + np.sum(q.real)


def converted(x):
    z = x * 1.0
    w = np.asarray(z, dtype=complex)
    w[0] = x[1] * 2j
    z[1] = x[0]
    return np.sum(np.abs(w) ** 2) + np.sum(z**2)


def conjugate_of_a_real_array_is_the_array(x):
    y = x * 1.0
    c = y.conj()
    c[0] = x[1] ** 2
    z = np.exp(1j * y)
    w = z.conjugate()
    w[1] = x[2]
    return np.sum(y**2) + np.sum((z * w).imag)


# ---------------------------------------------------------------- options of functions
def sums_with_options(x):
    z = np.exp(1j * x)
    return (np.sum(z, initial=x[0] * 1j).imag + np.sum(z, where=MASK).real * 2 + np.mean(z, where=MASK).imag
            + np.sum(x, dtype=complex).real + np.abs(np.mean(x, dtype=complex)) ** 2 + np.sum(z * x, dtype=float)
            + np.mean(z * x, dtype=float, axis=0))


def products_with_options(x):
    z = np.exp(1j * x)
    return (np.prod(z, where=MASK, initial=x[1]).real + np.abs(np.prod(x, dtype=complex))
            + np.prod(z * x, dtype=float))


def differences_with_ends(x):
    z = np.exp(1j * x)
    return (np.sum(np.abs(np.diff(z, prepend=x[0], append=z[:2])) ** 2) + np.abs(np.diff(x, prepend=1j * x[0])[0]) ** 2
            + np.abs(np.sum(np.diff(z, append=x[:2], n=2))))


def conversions_with_options(x):
    z = np.exp(1j * x)
    return (np.array(z, copy=True, order="C").imag[0] + np.sum(z.astype(complex, order="C", copy=True).real)
            + np.sum(np.abs(np.einsum("i,i->i", z, x, optimize=True)) ** 2))


PROGRAMS = [parts_of_fields, a_part_written_by_a_function, a_generator, sums_of_streams, a_recursion,
            a_partial_function, matched_and_starred, copies_of_containers, changed_containers, results_in_arguments,
            views_by_layout, views_of_what_is_real_elsewhere, converted, conjugate_of_a_real_array_is_the_array,
            sums_with_options, products_with_options, differences_with_ends, conversions_with_options]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", PROGRAMS, ids=name)
@pytest.mark.filterwarnings("ignore::numpy.exceptions.ComplexWarning")
def test_program(f, facts):
    check(f, (X,), facts)


# ---------------------------------------------------------------- real functions
REAL = {
    "median": lambda x: np.median(x * 1j).imag,
    "eigh": lambda x: np.sum(np.linalg.eigh(np.outer(x, x) * (1 + 0j))[0] ** 2),
    "svd": lambda x: np.sum(np.linalg.svd(np.outer(x, x) * 1j)[1] ** 2),
    "qr": lambda x: np.sum(np.abs(np.linalg.qr(np.outer(x, x) * 1j)[1])),
    "pinv": lambda x: np.sum(np.abs(np.linalg.pinv(np.outer(x, x) * 1j))),
    "cov": lambda x: np.abs(np.cov(np.exp(1j * x), x)[0, 1]),
    "trapezoid": lambda x: np.trapezoid(np.exp(1j * x)).imag,
    "gradient": lambda x: np.gradient(np.exp(1j * x))[0].imag,
    "polyval": lambda x: np.polyval(np.exp(1j * x), 0.5).imag,
    "matrix_power": lambda x: np.linalg.matrix_power(np.outer(x, x) * 1j, 3)[0, 0].imag,
    "multi_dot": lambda x: np.linalg.multi_dot([np.outer(x, x) * 1j, np.outer(x, x), x])[0].imag,
    "nanmean": lambda x: np.abs(np.nanmean(np.exp(1j * x))),
    "reduce": lambda x: np.add.reduce(np.exp(1j * x)).imag,
    "max": lambda x: np.max(np.exp(1j * x)).imag,
    "sliding_window_view": lambda x: np.lib.stride_tricks.sliding_window_view(np.exp(1j * x), 2)[0, 0].imag,
    "meshgrid": lambda x: np.sum(np.meshgrid(x * 1j, x)[0].imag),
    "insert": lambda x: np.sum(np.insert(np.exp(1j * x), 1, x[0]).imag),
    "delete": lambda x: np.sum(np.delete(np.exp(1j * x), 1).imag),
    "block": lambda x: np.sum(np.block([x * 1j, x]).imag),
}


@pytest.mark.parametrize("called", REAL)
def test_real_rule_is_refused_by_name(called):
    with pytest.raises(UnsupportedError, match=rf"`[\w.]*{called}` of a complex value"):
        grad(REAL[called])(X)
