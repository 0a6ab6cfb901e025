"""Complex values between real arguments and a real result: each construct by itself, and random programs."""

import cmath
import warnings

import numpy as np
import pytest
from language.check import FACTS, V, check, name

from s2sgrad import grad, value_and_grad
from s2sgrad.errors import AliasError, NonScalarError, UnsupportedError

MIX = np.array([[1.0 + 2.0j, 0.3], [0.5j, -1.0]])


# ---------------------------------------------------------------- parts
def parts(x):
    z = (1.0 + 2.0j) * x
    return np.sum(z.real**2 + z.imag**3)


def parts_of_a_number(x):
    z = x[0] * (2.0 - 1.0j) + x[1]
    return np.real(z) * z.imag + np.imag(z * z)


def parts_of_real_values(x):
    return np.sum(x.real**2) + np.sum(x.imag) + x[0].real * x[1]


def absolute(x):
    z = x + 0.5j * x**2
    return np.sum(np.abs(z)) + abs(z[0]) ** 2 + np.absolute(z[1]) ** 3


def absolute_at_zero(x):
    z = (x - x[0]) * (1.0 + 1.0j)
    return np.sum(np.abs(z))


def angle(x):
    z = np.exp(1j * x) + 0.3
    return np.sum(np.angle(z) * x) + np.angle(z[0], deg=True)


def conjugate(x):
    z = x * np.exp(1j * x)
    return np.sum((z * z[::-1].conj()).real) + np.sum((np.conj(z) ** 2).imag) + z[0].conjugate().imag


# ---------------------------------------------------------------- arithmetic
def powers(x):
    z = x + 1j
    return np.sum((z**2).imag + (z**3).real + (z**-1).imag + (z**0.5).real + (z**2.5).imag + (2.0**z).real
                  + (z ** (0.3 + 0.4j)).real)


def power_of_a_negative_number(x):
    return (x ** (0.5 + 0.3j + 1j * x)).real.sum() if x[0] > 9 else ((x + 0j) ** (1j * x[0])).real.sum()


def quotients(x):
    z = 1.0 / (x + 2.0j)
    return np.sum((z / (x - 1j)).real) + (x[0] / (1j * x[1] + 2.0)).imag


def elementary(x):
    z = 0.3 * x + 0.2j * x[::-1] + 0.1
    w = np.exp(z) + np.log(z) + np.sqrt(z) + np.sin(z) + np.cos(z) + np.tanh(z) + np.arctan(z)
    return np.sum(w.real - 2.0 * w.imag)


def python_numbers(x):
    z = complex(x[0], x[1])
    w = cmath.exp(z) * z.conjugate() + cmath.sqrt(z) - cmath.log(z, 3.0) + 0.5j
    r, phi = cmath.polar(w)
    return abs(w) + cmath.phase(w) + (cmath.rect(r, phi) * z).real + r * phi


def a_float_with_a_complex_literal(x):
    s = float(x[2])
    return abs(s * 1j + 2.0) + (1j * s).imag


# ---------------------------------------------------------------- reductions, products
def reductions(x):
    z = x * np.exp(1j * x)
    return (z.sum().real + np.mean(z).imag + np.prod(z).real + np.cumsum(z)[2].imag + np.cumprod(z)[3].real + np.var(z)
            + np.std(z) + np.linalg.norm(z) + np.diff(z).imag.sum())


def contractions(x):
    z, w = x[:2] + 1j * x[2:4], x[1:3] * (1.0 - 2.0j)
    return ((z @ w).imag + np.dot(z, w).real + np.vdot(z, w).imag + np.vdot(x[:2], z).imag + np.inner(w, z).real
            + np.einsum("i,ij,j->", z, MIX, x[:2]).real + np.sum(np.abs(np.outer(z, x[:2]))))


def sum_of_products_is_no_vdot(x):
    z = np.exp(1j * x)
    return np.sum(z * z).real + np.sum(z * x).imag


def linear_algebra(x):
    m = MIX * x[0] + np.diag(x[1:3])
    y = np.linalg.solve(m, x[:2] * 1j)
    return np.abs(np.linalg.det(m)) + np.sum(np.linalg.inv(m).imag) + np.sum(np.abs(y)) + np.trace(m @ m).real


def broadcasting(x):
    z = x[:, None] + 1j * x[None, :2]
    return np.sum(np.abs(z * x[:2]) ** 2) + np.sum((z * 1j + x[0]).imag)


def of_one_entry(x):
    z = x[:1] * np.exp(1j * x)
    return np.sum(np.abs(z) ** 2)


def of_no_entry(x):
    z = x[:0] * 1j
    return np.sum(z).real + np.sum(np.abs(z)) + x[0]


def of_rank_zero(x):
    z = np.array(x[0] * 1j)
    return np.abs(z * z + x[1]) + z.imag


# ---------------------------------------------------------------- arrays
def joining(x):
    z = np.concatenate([x, 1j * x])
    s = np.stack([z, z.conj()])
    return np.sum(np.abs(s[0] * s[1][::-1] + x[0]) ** 2)


def choosing(x):
    z = np.where(x > 0.0, x * 1j, x)
    return np.sum(np.abs(z + 0.3) ** 2) + z[[0, 0, 2]].imag.sum()


def shapes(x):
    z = (x[:4] * (1.0 + 1j)).reshape(2, 2)
    return np.sum((z.T @ z).imag) + np.sum(np.abs(z[:, ::-1].ravel()))


def astype(x):
    z = x.astype(complex)
    return np.sum((z * z * 1j).imag) + np.sum(z.real.astype(float))


def stored_entries(x):
    z = np.zeros(len(x), dtype=complex)
    for k in range(len(x)):
        z[k] = x[k] + 1j * x[k] ** 2
        z[k] *= z[k - 1] + 1.0
        z[k - 1] += 1j * x[k]
    return np.sum(np.abs(z))


def stored_slices(x):
    z = np.zeros((2, len(x)), dtype=complex)
    z[0] = x
    z[1, 1:] = 1j * x[:-1] * z[0, 1:]
    z *= 2.0 - 1j
    z[:, 0] -= x[:2]
    return np.sum(np.abs(z) ** 2)


def a_view_that_is_written(x):
    z = x * (1.0 + 1.0j)
    view = z[1:]
    view *= 1j * x[0]
    return np.sum((z * z).imag)


def the_real_part_written(x):
    z = np.zeros(3, dtype=complex)
    z.real = x[:3]
    z *= 1.0 + 2.0j
    z.real[1:] += x[3:5]
    z.real *= 2.0
    return np.sum(np.abs(z) ** 3)


def the_real_part_as_a_view(x):
    z = x[:3] * 1j
    re = z.real
    z[0] = x[3] * (3.0j + 2.0)
    re[1] *= x[4]
    return np.sum(re**2) + np.abs(z[1] + x[0])


def parts_between_writes(x):
    z, s = x[:3] * 1j, 0.0
    for k in range(3):
        z[k] = z[k] * x[k + 1]
        s += np.sum(z.imag) + np.sum(z.real**2)
    return s


def a_complex_value_in_a_real_array_loses_its_imaginary_part(x):
    u = np.zeros(3)
    u[:] = x[:3] * (2.0 + 1j)
    return np.sum(u**2)


# ---------------------------------------------------------------- control flow, containers, helpers
def carried(x):
    z = 0j
    for k in range(len(x)):
        z = 0.3 * z * z + x[k] + 0.5j * x[k]
    return z.real + abs(z) + 2.0 * z.imag


def real_first_then_complex(x):
    z = x[0]
    for k in range(3):
        z = z * 1j + x[k]
    return z.real * z.imag


def a_real_array_that_becomes_complex(x):
    psi = x[:2]
    for _ in range(3):
        psi = MIX @ psi
        psi = psi / np.linalg.norm(psi)
    return np.sum(np.abs(psi) ** 4)


def complex_then_real_again(x):
    z = x[0]
    for k in range(3):
        z = abs(z * (1.0 + 1j) + x[k] * 1j)
    return z


def a_written_real_array_that_becomes_complex(x):
    z = np.zeros(3)
    for k in range(3):
        y = z * 1j
        y[k] = x[k] * 2j
        z = y + z
        z[0] = z[0] * x[1]
    return np.sum(np.abs(z) ** 2)


def complex_and_real_versions_of_a_name(x):
    z = x[:3]
    for k in range(2):
        w = z[1:] * 1j + z[0]
        z = np.concatenate([w, x[k : k + 1]])
        z = abs(z) * z[0]
    return np.sum(np.abs(z) ** 2)


def the_real_part_of_what_was_written(x):
    z = x * 1.0
    for k in range(3):
        z = z * 1j
        z[k] = x[k]
    z = z.real
    z[1] = x[4] ** 2
    return np.sum(z**2)


def real_where_the_branch_is_not_taken(x):
    z = x * 1.0
    if x[1] > 0.1:
        z = np.outer(z, z)[1] * 1j
    return np.sum(np.abs(z + 0.3) ** 2) + np.sum((z * z).imag)


def buffers_that_change_places(x):
    a, b = np.zeros(3, dtype=complex), x[:3] + 0j
    for k in range(3):
        a[:] = b * 1j
        a[k] += x[k]
        a, b = b, a
    return np.sum(np.abs(a + b) ** 2)


def real_zeros_that_become_complex(x):
    z = np.zeros(2)
    for k in range(3):
        w = 1j * z + x[k]
        z = w * w + z
    return np.sum(np.abs(z) ** 2)


def of_a_branch(x):
    z = x
    if x[0] > 0.0:
        z = 1j * x + 2.0
    z = z * z + x
    return np.sum(np.abs(z) ** 2)


def until_it_is_large(x):
    z, count = x[0] + 0.1j, 0
    while abs(z) < 20.0:
        z = z * (1.0 + 1j) + x[1]
        count += 1
    return z.imag + count


def swapped(x):
    a, b = 1j * x[0], x[1]
    a, b = b, a
    return (b * b * a).real


def in_a_list(x):
    zs = []
    for k in range(3):
        zs.append(x[k] * np.exp(1j * x[k + 1]))
    total = 0.0
    for z in zs:
        total = total + z * z
    return abs(total)


def in_a_mixed_list(x):
    zs = [x[0], 1j * x[1], x[2]]
    return abs(zs[0] * zs[1] + zs[2])


def in_a_dict(x):
    d = {"a": 1j * x[0], "b": x[1]}
    d["a"] = d["a"] * d["b"] + 1.0
    return abs(d["a"]) + d["b"]


def a_real_and_a_complex_array_in_a_list(x):
    zs, total = [x, 1j * x], 0.0
    for z in zs:
        total = total + np.abs(z) + (z * z).imag + (z * 1j).real
    return np.sum(total)


def a_real_and_a_complex_array_in_a_dict(x):
    d, total = {"a": x, "b": 1j * x}, 0.0
    for k in ("a", "b"):
        total = total + np.sum(np.abs(d[k] + 0.1)) + (d[k] * d[k]).imag[0] + (d[k] * 1j).real[1]
    return total


def pairs_of_real_and_complex(x):
    total = 0.0
    for a, z in ((x, x[0]), (1j * x, x[1])):
        total = total + np.sum(np.abs(a * z)) + (a * a).imag[0] + (a * 1j).real[1]
    return total


def a_written_mixed_list(x):
    zs, total = [0.5, 1j * x[0], x[1], x[2]], 0.0
    for k in range(1, 4):
        zs[k] = zs[k] * zs[k - 1] + x[k]
    zs.append(x[4])
    for z in zs:
        total = total + z * z * 1j
    return total.real + total.imag


def mixed(z, w):
    u = z * w
    v = np.abs(u) + (u * u).imag + (z * 1j).real + np.abs(z)
    u[0] = u[0] * 2.0
    return np.sum(v) + np.sum(u).real


def through_a_helper_first_real_then_complex(x):
    z, total = x, 0.0
    for _ in range(3):
        total = total + mixed(z, x)
        z = z * 1j
    return total


def evolve(z, w):
    v = (z * w).conj()
    for _ in range(2):
        v = v * z + w
    return v


def through_a_helper(x):
    return abs(evolve(x[0] + 1j * x[1], x[2])) + evolve(x[1], 2j * x[3]).imag + np.sum(evolve(x, 1j * x).real)


# ---------------------------------------------------------------- transforms
def transforms(x):
    s = np.fft.rfft(x, 8)
    y = np.fft.irfft(s * np.exp(1j * np.arange(5)), len(x), norm="ortho")
    return np.sum(y**3) + np.sum(np.abs(np.fft.fft(x, norm="forward")) ** 2) + np.sum(np.fft.ifft(1j * x).imag)


def transforms_of_matrices(x):
    m = x[:4].reshape(2, 2) * np.exp(1j * x[1:5].reshape(2, 2))
    return (np.sum(np.abs(np.fft.fft2(m, s=(3, 2))) ** 3) + np.sum(np.fft.fftshift(np.fft.ifftn(m)).imag)
            + np.sum(np.fft.irfft2(m) ** 3) + np.sum(np.abs(np.fft.rfftn(m.real, axes=(1, 0)))))


def split_step(x):
    psi, k = x + 0j, 2.0 * np.pi * np.fft.fftfreq(len(x), 0.1)
    for _ in range(3):
        psi = psi * np.exp(-0.05j * (x**2 + np.abs(psi) ** 2))
        psi = np.fft.ifft(np.exp(-0.005j * k**2) * np.fft.fft(psi))
    return np.sum(np.abs(psi) ** 4)


def structure_factor(x, charge):
    energy = 0.0
    for k in (0.7, 1.9):
        structure = np.sum(charge * np.exp(1j * (x * k)))
        energy += np.exp(-k * k) / k * np.abs(structure) ** 2
    return energy


PROGRAMS = [(value, (V,)) for value in list(vars().values()) if callable(value) and getattr(
    value, "__module__", None) == __name__ and value.__code__.co_varnames[:value.__code__.co_argcount] == ("x",)]
PROGRAMS += [(structure_factor, (V, 0.3 * V[::-1] + 1.0))]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f, args", PROGRAMS, ids=name)
@pytest.mark.filterwarnings("ignore::numpy.exceptions.ComplexWarning")
def test_program(f, args, facts):
    check(f, args, facts)


@pytest.mark.parametrize("f, args", PROGRAMS, ids=name)
@pytest.mark.filterwarnings("ignore::numpy.exceptions.ComplexWarning")
def test_gradients_are_real_and_of_the_dtype_of_the_argument(f, args):
    for dtype in ("float64", "float32"):
        given = args[0].astype(dtype)
        found = grad(f)(given, *args[1:])
        assert found.dtype == dtype and found.shape == given.shape
        np.testing.assert_allclose(found, grad(f)(*args), rtol=0.02, atol=0.02 * np.max(np.abs(found), initial=1.0))


def test_a_layout_with_gaps():
    wide = np.zeros(2 * len(V))
    wide[::2] = V
    np.testing.assert_allclose(grad(split_step)(wide[::2]), grad(split_step)(V), rtol=1e-12)
    np.testing.assert_allclose(grad(conjugate)(V[::-1].copy()[::-1]), grad(conjugate)(V), rtol=1e-12)


def test_a_float_argument_gives_a_float():
    def f(x):
        return abs(np.exp(1j * x) + x)

    assert isinstance(grad(f)(0.5), float)
    assert grad(f)(np.float32(0.5)).dtype == np.float32


def test_complex_data_that_is_not_differentiated():
    def f(x, c):
        return np.sum(np.abs(c * x + np.conj(c)) ** 2)

    c = V * (1.0 - 2.0j)
    check(f, (V, 1.0), "call")
    step = np.array([1e-6 * (k == 1) for k in range(len(V))])
    slope = (f(V + step, c) - f(V - step, c)) / 2e-6
    np.testing.assert_allclose(grad(f, argnums=0)(V, c)[1], slope, rtol=1e-6)


def test_no_warning_and_no_imaginary_part_is_lost():
    def f(x):
        z = x * 1j
        z = z * z + x
        return np.sum(np.abs(z))

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        value_and_grad(f)(V)


def largest(x):
    return np.max(x * 1j).real


def ordered(x):
    return np.sort(x * 1j)[0].real


def bounded(x):
    return np.sum(np.minimum(1j * x, 2.0).real)


def clipped(x):
    return np.sum(np.clip(x + 1j, 0.0, 1.0).real)


def sign(x):
    return np.sum((np.sign(x + 1j) * x).real)


def determinant(x):
    return np.linalg.slogdet(MIX * x[0])[1]


def factor(x):
    return np.linalg.cholesky(MIX @ MIX.T * x[0])[0, 0].real


@pytest.mark.parametrize("f", [largest, ordered, bounded, clipped, sign, determinant, factor], ids=name)
def test_what_has_no_rule_for_complex_values_is_refused_by_name(f):
    with pytest.raises(UnsupportedError, match="of a complex value"):
        grad(f)(V)


def test_what_is_not_differentiated_may_be_ordered():
    def f(x):
        c = np.sort(np.array([1j, 2.0, 3.0]))
        return np.sum(np.abs(c * x[:3])) + np.max(np.abs(c))

    check(f, (V,), "call")


def test_a_complex_result_is_refused():
    with pytest.raises(NonScalarError, match="complex"):
        grad(lambda x: np.exp(1j * x))(0.5)


def test_the_imaginary_part_is_not_written():
    def f(x):
        z = np.zeros(5, dtype=complex)
        z.imag[:] = x
        return np.sum(np.abs(z))

    with pytest.raises(AliasError, match="imaginary part"):
        grad(f)(V)


def test_a_conjugate_stands_where_it_must():
    def f(x):
        z = np.exp(1j * x)
        return np.vdot(z, x * z * z).imag

    check(f, (V,), "call")
    assert "conj" in grad(f).source_for(V)


@pytest.mark.parametrize("f", [lambda x: abs(x**0.5), lambda x: abs((x - 1.0) ** 1.5), lambda x: abs(x**-0.5)],
                         ids=["root", "power", "inverse"])
def test_a_negative_python_float_to_a_fraction_is_refused(f):
    assert f(-2.0) > 0.0                    # Python makes a complex number of it
    with pytest.raises(ValueError, match="math domain error|nonnegative"):
        grad(f)(-2.0)
    check(f, (2.5,), "call")
