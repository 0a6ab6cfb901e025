"""Constants that are small, unsigned, large or boolean integers: a gradient is the one of the same numbers as floats.

NumPy computes the function itself in floating point; what a rule computes of the constant alone must not wrap around,
overflow or round to the float16 that NumPy makes of an int8.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from s2sgrad import check_grads, grad
from s2sgrad.rules.scipy_special import register_scipy

register_scipy()

X = np.array([0.37, 0.71, 1.3, 0.93])
GRID = np.arange(16.0).reshape(4, 4)

ELEMENTWISE = {
    "arctan2": lambda x, k: np.sum(np.arctan2(x, k)), "arctan2 of k": lambda x, k: np.sum(np.arctan2(k, x)),
    "hypot": lambda x, k: np.sum(np.hypot(x, k)), "logaddexp": lambda x, k: np.sum(np.logaddexp(k, x)),
    "quotient": lambda x, k: np.sum(k / x), "modulo": lambda x, k: np.sum(k % x),
    "fmod": lambda x, k: np.sum(np.fmod(x, k)), "copysign": lambda x, k: np.sum(np.copysign(k, x)),
    "power": lambda x, k: np.sum(x**k), "power of k": lambda x, k: np.sum(k**x),
    "np.power of k": lambda x, k: np.sum(np.power(k, x)), "float_power": lambda x, k: np.sum(np.float_power(x, k)),
    "xlogy": lambda x, k: np.sum(special.xlogy(x, k)), "xlogy of k": lambda x, k: np.sum(special.xlogy(k, x)),
    "xlog1py": lambda x, k: np.sum(special.xlog1py(x, k)), "rel_entr": lambda x, k: np.sum(special.rel_entr(k, x)),
    "huber": lambda x, k: np.sum(special.huber(k, x - 2.0)), "huber of k": lambda x, k: np.sum(special.huber(x, k)),
    "pseudo_huber": lambda x, k: np.sum(special.pseudo_huber(k, x)),
    "jv": lambda x, k: np.sum(special.jv(k, x)), "yv": lambda x, k: np.sum(special.yv(k, x)),
    "iv": lambda x, k: np.sum(special.iv(k, x)), "kv": lambda x, k: np.sum(special.kv(k, x)),
    "zeta": lambda x, k: np.sum(special.zeta(k, x)), "gammainc": lambda x, k: np.sum(special.gammainc(k, x)),
    "gammaincc": lambda x, k: np.sum(special.gammaincc(k, x)),
    "betainc": lambda x, k: np.sum(special.betainc(k, 2.5, x / 2.0)),
}
OF_ARRAYS = {
    "polyval": lambda x, k: np.sum(np.polyval(k, x)), "coefficients": lambda x, k: np.sum(np.polyval(x, k)),
    "dot": lambda x, k: np.dot(k, x * x), "outer": lambda x, k: np.sum(np.outer(k, x) * GRID),
    "trapezoid": lambda x, k: np.trapezoid(x * x, k), "gradient": lambda x, k: np.sum(np.gradient(x, k) * X),
    "second-order gradient": lambda x, k: np.sum(np.gradient(x, k, edge_order=2) * X),
    "interp by nodes": lambda x, k: np.sum(np.interp(x, k, x * x)),
    "interp of values": lambda x, k: np.sum(np.interp(x, np.array([0.0, 1.0, 2.0, 4.0]), k)),
    "convolve": lambda x, k: np.sum(np.convolve(x * x, k) ** 2), "average": lambda x, k: np.average(x * x, weights=k),
}
ALL = ELEMENTWISE | OF_ARRAYS
CONSTANTS = [*[np.array([1, 3, 20, 100], dtype) for dtype in ("int8", "uint8")], np.array([1, 20, 3000, 10**10])]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("k", CONSTANTS, ids=lambda k: k.dtype.name)
@pytest.mark.parametrize("name", ALL)
def test_integers_count_as_the_floats_they_are(name, k):
    f = ALL[name]
    if not np.isfinite(f(X, k * 1.0)) or name == "np.power of k" and k[-1] > 1000:
        return
    np.testing.assert_allclose(grad(f)(X, k), grad(f)(X, k * 1.0), rtol=1e-12)
    if name in ELEMENTWISE:
        np.testing.assert_allclose(grad(f)(X[0], k[2]), grad(f)(X[0], float(k[2])), rtol=1e-12)


@pytest.mark.parametrize("name", ["interp of values", "gradient", "second-order gradient"])
def test_differences_of_unsigned_integers_do_not_wrap(name):
    k = np.array([30, 20, 7, 1], dtype="uint8")
    np.testing.assert_allclose(grad(ALL[name])(X, k), grad(ALL[name])(X, k * 1.0), rtol=1e-12)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", ["arctan2", "arctan2 of k", "power", "float_power", "huber", "huber of k",
                                  "xlogy of k", "xlog1py", "polyval", "coefficients", "interp of values", "dot"])
def test_booleans_count_as_zero_and_one(name):
    f, k = ALL[name], np.array([False, True, True, True])
    np.testing.assert_allclose(grad(f)(X, k), grad(f)(X, k * 1.0), rtol=1e-12)
    if name in ELEMENTWISE:
        np.testing.assert_allclose(grad(f)(0.4, np.True_), grad(f)(0.4, 1.0), rtol=1e-12)


@pytest.mark.parametrize("name", ["arctan2", "arctan2 of k", "power of k", "xlogy", "xlog1py", "huber"])
def test_narrow_floats_are_widened_to_the_result(name):
    f, k = ALL[name], np.array([1.5, 3.0, 20.0, 300.0], "float16")
    for x, narrow in ((X, k), (X[3], k[3])):
        np.testing.assert_allclose(grad(f)(x, narrow), grad(f)(x, narrow.astype(float)), rtol=1e-12)


def test_square_of_a_large_integer_does_not_overflow():
    assert grad(lambda x, k: np.arctan2(x, k))(1e9, np.int64(10**10)) == pytest.approx(1e10 / (1e20 + 1e18))


def test_powers_of_large_sample_points_do_not_overflow():
    found = grad(lambda c, t: np.sum(np.polyval(c, t)))(np.ones(8), np.array([1000, 2000]))
    assert found[0] == pytest.approx(1000.0**7 + 2000.0**7)


def masked(x):
    return np.sum(x ** (x > 0.5))


def test_a_mask_as_an_exponent():
    assert grad(masked)(np.array([0.3, 0.7, 0.0])).tolist() == [0.0, 1.0, 0.0]
    assert grad(lambda x, k: np.sum(x**k) + x[0] ** k[1])(X[:2], np.array([True, False])).tolist() == [1.0, 0.0]
    assert grad(lambda x, k: x**k)(0.3, np.True_) == 1.0 and grad(lambda x, k: x**k)(0.3, np.False_) == 0.0


def test_interpolation_between_false_and_true():
    assert grad(lambda x, xp: np.interp(x, xp, np.array([1.0, 3.0])))(0.5, np.array([False, True])) == 2.0
    found = grad(lambda fp, xp: np.interp(0.25, xp, fp))(np.array([1.0, 3.0]), np.array([False, True]))
    assert found.tolist() == [0.75, 0.25]


ARRANGING = {
    "roll": lambda x, k: np.roll(x, k) @ X,
    "roll of axes": lambda x, k: np.sum(np.roll(np.outer(x, x * x), (k, k), (0, 1)) * GRID),
    "roll along an axis": lambda x, k: np.sum(np.roll(np.outer(x, x * x), k, axis=1) * GRID),
    "rot90": lambda x, k: np.sum(np.rot90(np.outer(x, x * x), k) * GRID),
    "diagonal": lambda x, k: np.sum(np.diagonal(np.outer(x, x), k) ** 2),
    "diagonal method": lambda x, k: np.sum(np.outer(x, x).diagonal(k) ** 2),
    "diag of a matrix": lambda x, k: np.sum(np.diag(np.outer(x, x), k) ** 2),
    "diag of a vector": lambda x, k: np.sum(np.diag(x, k) ** 3), "trace": lambda x, k: np.trace(np.outer(x, x * x), k),
    "differences": lambda x, k: np.sum(np.diff(x * x, k) ** 2), "var": lambda x, k: np.var(x, ddof=k),
    "sum": lambda x, k: np.sum(np.sum(np.outer(x, x * x), axis=k) ** 2),
    "std": lambda x, k: np.sum(np.std(np.outer(x, x * x), axis=k, ddof=k)),
    "cumprod": lambda x, k: np.sum(np.cumprod(np.outer(x, x * x), axis=k)),
    "norm": lambda x, k: np.sum(np.linalg.norm(np.outer(x, x * x), axis=k)),
    "matrix_power": lambda x, k: np.sum(np.linalg.matrix_power(np.outer(x, x) + GRID, k)),
    "repeat": lambda x, k: np.sum(np.repeat(x, k) ** 2), "take": lambda x, k: np.take(x, k) ** 2,
}


@pytest.mark.parametrize("k", [np.uint8(1), np.int8(1), np.uint64(1)], ids=lambda k: k.dtype.name)
@pytest.mark.parametrize("name", ARRANGING)
def test_offsets_shifts_and_axes_of_any_integer_type(name, k):
    f = ARRANGING[name]
    try:
        f(X, k)
    except TypeError:       # NumPy itself wants another type here
        return
    np.testing.assert_allclose(grad(f)(X, k), grad(f)(X, 1), rtol=1e-13)


@pytest.mark.parametrize("name", ["roll", "roll of axes", "rot90"])
def test_shifts_by_a_truth(name):
    np.testing.assert_array_equal(grad(ARRANGING[name])(X, np.True_), grad(ARRANGING[name])(X, 1))


def test_shifts_in_an_unsigned_array():
    def f(x, k):
        return np.sum(np.roll(np.outer(x, x * x), k, (0, 1)) * GRID)

    np.testing.assert_array_equal(grad(f)(X, np.array([1, 2], dtype="uint8")), grad(f)(X, (1, 2)))


def test_a_mesh_of_which_one_part_is_read():
    np.testing.assert_allclose(grad(lambda x, k: np.sum(np.meshgrid(x, k)[0] ** 2))(X, np.arange(3)), 6.0 * X)


PLAIN = ["arctan2", "power", "power of k", "xlogy", "huber", "jv", "gammainc"]


@pytest.mark.parametrize("name", PLAIN)
def test_nothing_is_converted_of_floats_and_of_python_numbers(name):
    for k in (X, 2.5, 7):
        text = grad(ELEMENTWISE[name]).source_for(X, k)
        assert "1.0 * " not in text and "dtype" not in text.replace(".dtype\n", ""), text


def test_both_arguments_of_an_arctangent():
    check_grads(lambda x, y: np.sum(np.arctan2(x, y)), (X, X[::-1]))
