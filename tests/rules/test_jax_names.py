"""The column of JAX spellings: each is there, takes what it says it takes, and gives the value of NumPy."""

from __future__ import annotations

import builtins
import importlib
import inspect
import math
import subprocess
import sys
import warnings
from collections.abc import Callable
from inspect import Parameter
from typing import Any

import jax
import numpy as np
import pytest
from scipy import special
from values import leaves

import s2sgrad.rules  # noqa: F401  (registers)
from s2sgrad.rules.jax_names import jax_name, lacking, needed, positions
from s2sgrad.rules.registry import all_rules, rule_of
from s2sgrad.rules.scipy_special import register_scipy

register_scipy()
SPELLED = [rule.function for rule in all_rules() if rule.jax is not None]   # as collected: later, tests register more

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(3, 4)), RNG.normal(size=(3, 4))
V, W = RNG.normal(size=5), RNG.normal(size=5)
POSITIVE, UNIT = RNG.uniform(0.5, 3.0, (3, 4)), RNG.uniform(-0.9, 0.9, (3, 4))
A, B = RNG.normal(size=(2, 3, 3)), RNG.normal(size=(2, 3, 2))
SQUARE = np.array([[4.0, 0.3, -1.0], [0.5, 5.0, 2.0], [1.0, -0.7, 6.0]])   # definite from either triangle
CUBE = RNG.normal(size=(2, 3, 4))
Z = X + 1j * Y
INTS, OTHERS = np.array([[5, -3, 0], [12, 7, -1]]), np.array([[3, 2, -4], [5, -2, 6]])
COUNTS, PLACES = np.array([3, 0, 2, 2]), np.array([[1, 0, 2, 2]])
P, Q = X > 0, Y > 0
SPECIALS = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1.5])
HALVES = np.array([0.5, 1.5, 2.5, -0.5, -1.5, 2.675, 0.125, 25.0, 35.0])
TIES = np.array([[2.0, 1.0, 2.0, 0.0], [1.0, 1.0, 3.0, 3.0]])
KNOTS = np.array([-1.0, 0.0, 0.5, 2.0])

Call = tuple[tuple[Any, ...], dict[str, Any]]
SAMPLES: dict[Any, list[Call]] = {}


def sample(names: str, *args: Any, home: Any = np, **options: Any) -> None:
    for name in names.split():
        SAMPLES.setdefault(getattr(home, name), []).append((args, options))


# ---------------------------------------------------------------- universal functions
_ANY = ("negative positive square absolute fabs sign floor ceil trunc rint conjugate exp exp2 expm1 cbrt sin cos tan "
        "arctan deg2rad rad2deg radians degrees sinh cosh tanh arcsinh isnan isfinite isinf signbit logical_not "
        "real imag sinc round around fix nan_to_num")
sample(_ANY, 3.0 * X)
sample(_ANY.replace("conjugate", "").replace("imag", "").replace("sinc", ""), SPECIALS[2:])   # sinc(-inf) may be 0
sample("sign floor ceil trunc rint isnan isfinite isinf nan_to_num", SPECIALS)
sample("rint round around", HALVES)
sample("negative positive square absolute conjugate real imag exp sqrt sign", Z)
sample("negative square absolute sign floor ceil trunc rint round fix sqrt exp", np.abs(INTS))
sample("reciprocal log log2 log10 log1p sqrt", POSITIVE)
sample("arcsin arccos arctanh", UNIT)
sample("arccosh", POSITIVE + 1.0)
_PAIRS = ("add subtract multiply divide copysign remainder fmod floor_divide maximum minimum fmax fmin heaviside "
          "logaddexp logaddexp2 arctan2 hypot less less_equal greater greater_equal equal not_equal logical_and "
          "logical_or logical_xor")
sample(_PAIRS, 5.0 * X, Y)
sample(_PAIRS, X[:, :1], 1.5)
sample("add multiply maximum minimum fmax fmin less equal not_equal", SPECIALS[:4], SPECIALS[:1])
sample("heaviside", SPECIALS, 0.5)
sample("power float_power", POSITIVE, Y)
sample("power float_power", X, 3)
sample("power", np.abs(INTS), 2)
sample("float_power", 2, -1)
sample("remainder fmod floor_divide divide bitwise_and bitwise_or bitwise_xor", INTS, OTHERS)
sample("bitwise_and bitwise_or bitwise_xor", P, Q)
sample("invert", INTS)
sample("invert", P)
sample("left_shift right_shift", INTS, np.abs(OTHERS))
sample("matmul dot", X, Y.T)
sample("matmul", A, B)
sample("matmul dot inner vdot", V, W)

# ---------------------------------------------------------------- transforms
sample("fft ifft irfft fft2 ifft2 fftn ifftn irfft2 irfftn fftshift ifftshift", Z, home=np.fft)
sample("rfft rfft2 rfftn", X, home=np.fft)
sample("fft ifft irfft", Z, 5, 0, "ortho", home=np.fft)
sample("rfft", X, 5, 0, "forward", home=np.fft)
sample("fft2 ifft2 irfft2 fftn ifftn irfftn", Z, s=(2, 6), axes=(1, 0), norm="forward", home=np.fft)
sample("rfft2 rfftn", X, s=(2, 6), axes=(1, 0), norm="ortho", home=np.fft)
sample("fftshift ifftshift", X, 1, home=np.fft)
sample("fftfreq rfftfreq", 5, 0.3, home=np.fft)
sample("fftfreq rfftfreq", 6, home=np.fft)
sample("angle", Z)
sample("angle", Z, deg=True)
sample("conjugate", 0.3 + 0.7j, home=complex)

# ---------------------------------------------------------------- elementwise
for _decimals in (2, -1):
    sample("round around", 10.0 * HALVES, _decimals)
    sample("round around", 100.0 * X, decimals=_decimals)
sample("clip", X, -0.3, 0.5)
sample("clip", X, None, Y)
sample("clip", X, min=0.1)
sample("clip", SPECIALS, 1.0, -1.0)
sample("nan_to_num", SPECIALS, nan=1.0, posinf=2.0, neginf=3.0)
sample("isclose allclose", X, X + 1e-9)
sample("isclose allclose", X, X + 1e-4, 1e-3, 1e-3)
sample("isclose allclose", SPECIALS, SPECIALS, equal_nan=True)
sample("isclose allclose", SPECIALS, SPECIALS)
sample("array_equal array_equiv", X, X)
sample("array_equal array_equiv", X, X[0])
sample("array_equal", SPECIALS, SPECIALS, equal_nan=True)
sample("array_equiv", X[0], X[:1])
sample("where", P, X, Y)
sample("where", P, X, 0.0)
sample("select", [P, Q], [X, Y], 0.5)
sample("select", [P, Q], [X, 2.0 * X])
sample("isin", INTS, np.array([5, 7]))
sample("isin", INTS, np.array([5, 7]), invert=True)

# ---------------------------------------------------------------- reductions
_SUMS = "sum nansum mean var std prod max min amax amin ptp any all argmax argmin average count_nonzero"
for _options in ({}, {"axis": 0}, {"axis": -1, "keepdims": True}):
    sample(_SUMS + " cumsum cumprod" if _options == {"axis": 0} else _SUMS, X, **_options)
    sample("max min amax amin argmax argmin", TIES, **_options)
sample("sum nansum mean var std prod max min amax amin any all", CUBE, (0, 2))
sample("cumsum cumprod", X)
sample("cumsum cumprod sum prod mean", INTS, 1)
sample("cumsum cumprod sum prod mean nansum", INTS, None, np.float32)
sample("sum nansum mean max argmax any all count_nonzero", SPECIALS)
sample("sum any all count_nonzero", P, 0)
sample("sum prod mean var std any all", X, axis=0, where=P | (Y < 0.5))
sample("max min amax amin sum nansum prod", X, 1, initial=0.25, where=P)
sample("var std", X, 1, ddof=1)
sample("var std", X, 1, correction=1, mean=np.mean(X, 1, keepdims=True), keepdims=True)
sample("var std mean", Z)
sample("average", X, 1, Y[0])
sample("average", X, weights=POSITIVE, returned=True, axis=0)
sample("diff", X)
sample("diff", X, 2, 0)
sample("diff", X, prepend=Y[:, :1], append=1.0)

# ---------------------------------------------------------------- shapes
sample("shape ndim size squeeze atleast_1d atleast_2d transpose matrix_transpose flip fliplr flipud rot90 diag "
       "diagonal tril triu ravel", X)
sample("shape ndim size atleast_1d atleast_2d ravel", 2.5)
sample("diag atleast_2d", V)
sample("tril triu diag diagonal", X, 1)
sample("size", X, 0)
sample("squeeze", X[:, :1], 1)
sample("squeeze", X[:, :1, None])
sample("expand_dims", X, (0, -1))
sample("expand_dims", X, axis=1)
sample("atleast_1d atleast_2d", 2.0, V)
sample("transpose", CUBE, (2, 0, 1))
sample("matrix_transpose", CUBE)
sample("matrix_transpose", CUBE, home=np.linalg)
sample("swapaxes moveaxis", CUBE, 0, -1)
sample("moveaxis", CUBE, (0, 1), (-1, 0))
sample("rollaxis", CUBE, 2)
sample("rollaxis", CUBE, 0, 3)
sample("flip", CUBE, (0, 2))
sample("roll", X, 2)
sample("roll", X, (1, -1), axis=(0, 1))
sample("rot90", CUBE, 3, (1, 2))
sample("diagonal", CUBE, -1, 2, 0)
sample("block", [[X, Y], [Y, X]])
sample("resize", X, (5, 3))
sample("ravel", X, "F")
sample("flatten", X, "F", home=np.ndarray)
sample("flatten", X, home=np.ndarray)
sample("reshape", X, (2, -1))
sample("reshape", X, (6, 2), order="F")
sample("broadcast_to", X[0], (2, 3, 4))
sample("broadcast_arrays", X[0], X[:, :1], 2.0)

# ---------------------------------------------------------------- creation
sample("zeros ones", (2, 3))
sample("zeros ones empty", (0, 2), np.float32)        # without entries: what `empty` holds is not said
sample("zeros ones", 3, dtype=int)
sample("full", (2, 3), 0.5)
sample("full", (2, 4), V[:4], np.float32)
sample("zeros_like ones_like", X)
sample("zeros_like ones_like empty_like", X[:0], np.float32)
sample("zeros_like ones_like", X, shape=(2,), dtype=int)
sample("full_like", X, 0.5)
sample("full_like", INTS, 2.7)
sample("full_like", X, 3, np.float32, shape=(2,))
sample("eye", 3, 4, 1, np.float32)
sample("eye tri identity", 3)
sample("hanning hamming bartlett blackman", 7)
sample("tri", 3, 4, -1)
sample("identity tri", 2, dtype=np.float32)
sample("arange", 5)
sample("arange", 0.5, 3.0, 0.3)
sample("arange", 5, 1, -2, dtype=np.float32)
sample("linspace logspace geomspace", 1.0, 2.0)
sample("linspace logspace geomspace", POSITIVE, 2.0, 4, False)
sample("linspace", 0.0, 1.0, 1)
sample("linspace logspace geomspace", X[0] ** 2, 2.0, 3, axis=-1)
sample("linspace", 0.0, 2.0, 5, True, True)
sample("logspace", 0.0, 2.0, 5, base=2.0)
sample("geomspace", -1.0, -8.0, num=4)
sample("meshgrid", V, W[:3])
sample("meshgrid", V, W[:3], indexing="ij", sparse=True)
sample("vander", V)
sample("vander", V, 3, True)
sample("indices", (2, 3))
sample("indices", (2, 3), sparse=True)
sample("triu_indices tril_indices", 3)
sample("triu_indices tril_indices", 3, 1, 4)
sample("triu_indices_from tril_indices_from", X, -1)
sample("diag_indices", 3)
sample("diag_indices", 3, ndim=3)
sample("diag_indices_from", SQUARE)
sample("ix_", np.array([0, 2]), np.array([1, 3, 0]))

# ---------------------------------------------------------------- conversions
sample("array asarray asanyarray copy ascontiguousarray", X)
sample("array asarray asanyarray", [1.0, V[0]], np.float32)
sample("array", X, ndmin=3)
sample("ascontiguousarray", 2.0)
sample("copy", X, home=np.ndarray)
sample("astype", 3.0 * X, np.int32, home=np.ndarray)
sample("astype", X, np.float32, copy=False, home=np.ndarray)
sample("astype", 3.0 * X, np.int32)
sample("conj conjugate", Z, home=np.ndarray)
sample("conj conjugate", X, home=np.ndarray)
sample("float16 float32 float64 complex64 complex128 bool_ int8 int16 int32 int64 uint8 uint16 uint32 uint64", 2.7)
sample("float16 float32 float64 complex64 complex128 bool_ int8 int16 int32 int64", 3.0 * X)

# ---------------------------------------------------------------- gathering
sample("take", X, COUNTS)
sample("take", X, np.array([[1, -1]]), 1)
sample("take_along_axis", X, PLACES, 0)
sample("take_along_axis", X, PLACES.T[:3], axis=1)
sample("sort argsort", X)
sample("sort argsort", X, 0)
sample("sort argsort", TIES, axis=1, stable=True)
sample("sort argsort", V, None)
sample("sort", SPECIALS)
sample("searchsorted", KNOTS, X)
sample("searchsorted", KNOTS, KNOTS, "right")
sample("searchsorted", KNOTS[::-1], X, sorter=np.arange(3, -1, -1))
sample("digitize", X, KNOTS)
sample("digitize", KNOTS, KNOTS[::-1], right=True)
sample("lexsort", (V, np.round(W)))
sample("lexsort", X, 0)
sample("insert", V, 1, 2.0)
sample("insert", X, np.array([0, 2]), Y[:, :2], 1)
sample("unravel_index", COUNTS, (2, 3))

# ---------------------------------------------------------------- joining
for _axis in (0, 1):
    sample("concatenate stack", (X, Y), _axis)
    sample("split", CUBE[..., :2, :], 2, _axis)
    sample("array_split", X, 2, axis=_axis)
sample("concatenate", [X, V], axis=None)
sample("concatenate stack hstack vstack", [X, Y], dtype=np.float32)
sample("hstack vstack column_stack dstack stack", (X, Y))
sample("hstack vstack column_stack dstack stack", (V, W))
sample("append", X, Y)
sample("append", X, Y, 1)
sample("split array_split hsplit vsplit", X[:2], [1])
sample("split array_split", X, [1, 3], 1)
sample("hsplit vsplit", X[:2], 2)
sample("tile repeat", X, 2)
sample("tile", X, (2, 1, 3))
sample("repeat", X, 2, 1)
sample("repeat", X, np.array([1, 0, 2]), axis=0)
for _mode in ("constant", "edge", "reflect", "symmetric", "wrap", "maximum", "mean", "linear_ramp"):
    sample("pad", X, ((1, 2), (0, 2)), _mode)
sample("pad", X, 2, constant_values=1.5)

# ---------------------------------------------------------------- products and sampling
sample("dot", CUBE, Y.T)
sample("inner", CUBE, Y)
sample("outer", X, V)
sample("trace", CUBE)
sample("trace", CUBE, 1, 0, 2, np.float32)
sample("vdot", Z, Z.T.copy())
sample("cross", A[0], A[1])
sample("cross", A[0], A[1], axis=0)
sample("cross", A[0].T, A[1], axisa=0, axisc=0)
sample("kron", X, A[0])
sample("tensordot", CUBE, X, 2)
sample("tensordot", CUBE, X, ([2, 1], [1, 0]))
sample("tensordot", V, W, axes=0)
sample("einsum", "bij,bjk->ik", A, B)
sample("einsum", "ii", SQUARE)
sample("einsum", "ij,ij,j->i", X, Y, X[0], optimize=True)
sample("interp", X, KNOTS, V[:4])
sample("interp", 5.0 * X, KNOTS, V[:4], 0.5, right=2.0)
sample("interp", 5.0 * X, KNOTS, V[:4], period=3.5)
for _mode in ("full", "same", "valid"):
    sample("convolve correlate", V, W[:3], _mode)
    sample("convolve correlate", V[:2], W, mode=_mode)
    sample("convolve correlate", Z[0], 1j * Z[1], _mode)

# ---------------------------------------------------------------- linear algebra
for _square in (SQUARE, A + 3.0 * np.eye(3)):
    sample("inv det slogdet qr svd norm", _square, home=np.linalg)
sample("svdvals", X, home=np.linalg)
sample("matrix_power", SQUARE, 3, home=np.linalg)
sample("matrix_power", SQUARE, -2, home=np.linalg)
sample("multi_dot", [X, X.T, Y], home=np.linalg)
sample("norm", V, home=np.linalg)
sample("norm", X, "nuc", home=np.linalg)
sample("norm", X, 1, 0, True, home=np.linalg)
sample("norm", X, 3, axis=1, home=np.linalg)
sample("solve", SQUARE, V[:3], home=np.linalg)
sample("solve", A, B, home=np.linalg)
sample("cholesky eigh eigvalsh", SQUARE, home=np.linalg)
sample("cholesky eigh eigvalsh", np.stack([SQUARE, SQUARE + np.diag(np.arange(3.0))]), home=np.linalg)
sample("eigh eigvalsh", SQUARE, "U", home=np.linalg)
sample("qr", X, "complete", home=np.linalg)
sample("qr", X.T, mode="r", home=np.linalg)
sample("svd", X, False, home=np.linalg)
sample("svd", X, compute_uv=False, home=np.linalg)
sample("svd", SQUARE + SQUARE.T, hermitian=True, compute_uv=False, home=np.linalg)

# ---------------------------------------------------------------- dtypes
sample("result_type", X)
sample("result_type", np.float32, np.float64)
sample("result_type", X.astype(np.float32), 2.0)
sample("can_cast", np.float32, np.float64)
sample("can_cast", "float64", "float32", "same_kind")
sample("can_cast", "float64", "float32")
sample("issubdtype", np.float32, np.floating)
sample("issubdtype", np.int32, np.floating)
sample("iscomplexobj isrealobj", X)
sample("iscomplexobj isrealobj", Z)
sample("broadcast_shapes", (3, 1), (4,), (2, 1, 1))
sample("dtype", "float32")
sample("finfo", np.float32)
sample("finfo", X.dtype)
sample("iinfo", np.int16)

# ---------------------------------------------------------------- statistics
sample("nanmean nanvar nanstd nanmax nanmin median", X)
sample("nanmean nanvar nanstd nanmax nanmin median", CUBE, axis=1, keepdims=True)
sample("nanmean nanvar nanstd nanmax nanmin", np.where(P, X, np.nan)[:, :1])
sample("nanvar nanstd", X, ddof=1)
sample("cov corrcoef", X)
sample("cov corrcoef", X, Y, False)
sample("cov", V, ddof=0)

# ---------------------------------------------------------------- integrals
sample("polyval", V, X)
sample("polyfit", KNOTS, KNOTS * KNOTS - V[:1], 1)
sample("unwrap", 4.0 * X)
sample("unwrap", 4.0 * X, None, 0)
sample("trapezoid", X)
sample("trapezoid", X, KNOTS, axis=1)
sample("trapezoid", X, None, 0.3, 0)

# ---------------------------------------------------------------- numbers
for _x in (0.7, -0.3):
    sample("abs", _x, home=builtins)
    sample("exp exp2 expm1 log1p cbrt sin cos tan sinh cosh tanh radians degrees fabs asin acos atan asinh atanh "
           "isnan isinf isfinite frexp modf erf erfc gamma lgamma", _x, home=math)
    sample("copysign fmod atan2 hypot", 5.0 * _x, -0.4, home=math)
    sample("ldexp", _x, 3, home=math)
    sample("divmod", 5.0 * _x, 0.6, home=builtins)
sample("abs", X, home=builtins)
sample("isnan isinf isfinite", math.inf, home=math)
sample("sqrt log log2 log10 acosh gamma lgamma", 2.3, home=math)
sample("fabs sqrt exp isnan gamma", 4, home=math)
sample("pow", 1.7, -2.3, home=math)
sample("pow", 2, -1, home=math)
sample("pow", X, 2, home=builtins)
sample("pow", 1.7, -2.3, home=builtins)
sample("gcd lcm", 12, 18, home=math)
sample("gcd lcm", -4, 6, home=math)

# ---------------------------------------------------------------- scipy.special
sample("expit erf erfc i0 i1 i0e i1e ndtr log_ndtr expm1 exp2 cbrt", X, home=special)
sample("logit ndtri erfinv", np.abs(UNIT), home=special)
sample("gamma entr exp1 expi log1p", POSITIVE, home=special)
sample("beta betaln xlogy xlog1py rel_entr kl_div gammainc gammaincc", POSITIVE, np.abs(UNIT), home=special)
sample("betainc", POSITIVE, POSITIVE[::-1], np.abs(UNIT), home=special)
sample("gammaln digamma", POSITIVE, home=special)
sample("logsumexp", X, 1, Y ** 2, True, home=special)
sample("logsumexp", X, axis=0, home=special)


def resolved(function: Any) -> Callable[..., Any]:
    home, _, name = str(jax_name(function)).rpartition(".")
    return getattr(importlib.import_module(home), name)


def parts(result: Any) -> list[Any]:
    """The numbers of a result; dtypes and their limits as what they say."""
    match result:
        case np.dtype():
            return [str(result)]
        case _ if hasattr(result, "eps"):
            return [str(result.dtype), float(result.eps), float(result.max)]
        case np.iinfo() | jax.numpy.iinfo():
            return [result.min, result.max]
    return list(leaves(result))


def name_of(function: Any) -> str:
    return f"{getattr(function, '__module__', None) or ''}.{function.__name__}"


CALLS = [pytest.param(function, args, options, id=f"{name_of(function)}-{number}")
         for function in SPELLED for number, (args, options) in enumerate(SAMPLES.get(function, ()))]


# ---------------------------------------------------------------- the spelling
@pytest.mark.parametrize("function", SPELLED, ids=name_of)
def test_spelling_is_a_function_of_jax(function: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")                    # JAX warns of names that are about to go
        assert callable(resolved(function))


def test_every_spelled_function_has_a_sample() -> None:
    assert [name_of(f) for f in SPELLED if f not in SAMPLES] == []
    assert [name_of(f) for f in SAMPLES if f not in SPELLED] == []


@pytest.mark.parametrize("function, args, options", CALLS)
def test_value_is_that_of_numpy(function: Any, args: tuple[Any, ...], options: dict[str, Any]) -> None:
    assert not lacking(function) & set(options)
    assert (limit := positions(function)) is None or len(args) <= limit
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        expected = parts(function(*args, **options))
    found = parts(resolved(function)(*args, **{**needed(function), **options}))
    assert len(found) == len(expected)
    for ours, theirs in zip(expected, found, strict=True):
        same_value(np.asarray(ours), np.asarray(theirs))


def same_value(expected: Any, found: Any) -> None:
    assert found.shape == expected.shape
    assert found.dtype.kind == expected.dtype.kind
    if expected.dtype.kind not in "fc":                   # JAX has some indices in int32
        return np.testing.assert_array_equal(found, expected)
    assert found.dtype == expected.dtype
    eps = 1e-12 if expected.dtype.itemsize >= 8 and expected.dtype != np.complex64 else 1e-6
    np.testing.assert_allclose(found, expected, rtol=eps, atol=eps / 100)


# ---------------------------------------------------------------- its arguments
UFUNC_OPTIONS = ("out", "where", "casting", "order", "dtype", "subok", "signature")
# taken by JAX, but refused: `out` and `order` by JAX too, when it runs; see the table for the others
TAKEN = {"out", "order", "kind", "copy", "dtype", "device", "where", "mode", "upper"}


def signature(function: Any) -> list[Parameter]:
    if isinstance(function, np.ufunc):
        inputs = [Parameter(f"x{i}", Parameter.POSITIONAL_ONLY) for i in range(function.nin)]
        options = (*UFUNC_OPTIONS, "axes", "axis", "keepdims") if function.signature else UFUNC_OPTIONS
        return inputs + [Parameter(name, Parameter.KEYWORD_ONLY) for name in options]
    try:
        return list(inspect.signature(function).parameters.values())
    except ValueError:
        rule = rule_of(function)
        names = rule.parameters if rule is not None and rule.parameters else ("x",)
        return [Parameter(name, Parameter.POSITIONAL_ONLY) for name in names]


def by_position(parameters: list[Parameter]) -> list[Parameter]:
    return [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]


def by_name(parameters: list[Parameter]) -> set[str]:
    return {p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}


WITH_SIGNATURE = [f for f in SPELLED if not isinstance(f, type)]     # types take one argument


@pytest.mark.parametrize("function", WITH_SIGNATURE, ids=name_of)
def test_what_may_be_named_has_that_name_in_jax(function: Any) -> None:
    theirs = signature(resolved(function))
    open_ended = any(p.kind is p.VAR_KEYWORD for p in theirs)
    assert by_name(signature(function)) - lacking(function) <= by_name(theirs) or open_ended


@pytest.mark.parametrize("function", WITH_SIGNATURE, ids=name_of)
def test_what_may_be_given_by_position_is_at_that_position_in_jax(function: Any) -> None:
    ours, theirs = by_position(signature(function))[:positions(function)], signature(resolved(function))
    if any(p.kind is p.VAR_POSITIONAL for p in theirs):
        theirs = ours
    for own, other in zip(ours, by_position(theirs)[:len(ours)], strict=True):
        same = own.name == other.name or own.name in lacking(function)
        assert same or own.kind is own.POSITIONAL_ONLY or isinstance(function, np.ufunc), own.name


@pytest.mark.parametrize("function", WITH_SIGNATURE, ids=name_of)
def test_a_position_that_is_left_out_differs_in_jax(function: Any) -> None:
    ours, theirs = by_position(signature(function)), by_position(signature(resolved(function)))
    limit = positions(function)
    if limit is not None and len(ours) > limit and len(theirs) > limit:
        name = ours[limit].name
        assert name != theirs[limit].name or name in lacking(function) or name in needed(function)


@pytest.mark.parametrize("function", WITH_SIGNATURE, ids=name_of)
def test_what_is_lacking_is_an_argument_that_jax_has_not_or_not_so(function: Any) -> None:
    ours, theirs = signature(function), by_name(signature(resolved(function)))
    if not any(p.kind is p.VAR_KEYWORD for p in ours):
        assert lacking(function) <= {p.name for p in ours}
    assert lacking(function) & theirs <= TAKEN


@pytest.mark.parametrize("function", SPELLED, ids=name_of)
def test_what_the_rule_understands_is_taken_or_lacking(function: Any) -> None:
    rule, theirs, limit = rule_of(function), signature(resolved(function)), positions(function)
    assert rule is not None
    places = len(by_position(theirs)) if not any(p.kind is p.VAR_POSITIONAL for p in theirs) else len(rule.parameters)
    taken = rule.parameters[:places if limit is None else limit]
    open_ended = any(p.kind is p.VAR_KEYWORD for p in theirs)
    assert open_ended or set(rule.parameters) <= {*taken, *by_name(theirs), *lacking(function)}


@pytest.mark.parametrize("function", [f for f in SPELLED if needed(f)], ids=name_of)
def test_what_is_needed_is_an_option_of_jax(function: Any) -> None:
    assert set(needed(function)) <= by_name(signature(resolved(function)))


# ---------------------------------------------------------------- where there is none
@pytest.mark.parametrize("function", [np.unique, np.nonzero, np.delete, np.partition, np.linalg.pinv, math.floor,
                                      math.isclose, np.ndarray.item, len, np.put, print])
def test_no_spelling(function: Any) -> None:
    assert jax_name(function) is None
    assert lacking(function) == frozenset() and positions(function) is None and not needed(function)


def test_what_cannot_be_hashed_has_no_spelling() -> None:
    class Unhashable:
        __hash__ = None

    assert jax_name(Unhashable()) is None and lacking(Unhashable()) == frozenset()


def test_the_table_does_not_load_jax() -> None:
    code = ("import sys, numpy as np; from s2sgrad.rules.jax_names import jax_name; print(jax_name(np.sin), "
            "*{'jax', 'scipy'} & set(sys.modules))")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["jax.numpy.sin"]
