"""Special functions of SciPy: the error, gamma, logistic and Bessel functions, entropies, logsumexp and softmax.

SciPy is not loaded by loading this file: `register_scipy` is called once the user's own module has loaded it.
Source of the derivatives that are not elementary: NIST Digital Library of Mathematical Functions (DLMF), as named.
An order or a shape parameter of which no closed derivative is known carries none, and an active one is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from s2sgrad.core.kinds import Kind, Known
from s2sgrad.rules.registry import adjoint, elementwise, rule_of
from s2sgrad.rules.shapes import arithmetic, float_dtype, promote, reduction
from s2sgrad.rules.ufunc_kinds import like_ufunc, with_dtype
from s2sgrad.runtime.broadcasting import unbroadcast

special: Any = None


# ---------------------------------------------------------------- logistic functions
def expit(y: Any, x: Any) -> Any:
    return y * (1.0 - y)


def log_expit(y: Any, x: Any) -> Any:
    return special.expit(-x)


def logit(y: Any, x: Any) -> Any:
    return np.divide(1.0, x * (1.0 - x))


# ---------------------------------------------------------------- error functions and the normal distribution, DLMF 7.2
def erf(y: Any, x: Any) -> Any:
    """2 / sqrt(pi) * exp(-x**2)."""
    return 1.1283791670955126 * np.exp(-x * x)


def erfc(y: Any, x: Any) -> Any:
    """-2 / sqrt(pi) * exp(-x**2)."""
    return -1.1283791670955126 * np.exp(-x * x)


def erfcx(y: Any, x: Any) -> Any:
    return 2.0 * x * y - 1.1283791670955126


def erfinv(y: Any, x: Any) -> Any:
    """sqrt(pi) / 2 * exp(y**2)."""
    return 0.886226925452758 * np.exp(y * y)


def erfcinv(y: Any, x: Any) -> Any:
    return -0.886226925452758 * np.exp(y * y)


def dawsn(y: Any, x: Any) -> Any:
    return 1.0 - 2.0 * x * y


def ndtr(y: Any, x: Any) -> Any:
    """exp(-x**2 / 2) / sqrt(2 pi)."""
    return 0.3989422804014327 * np.exp(-0.5 * x * x)


def log_ndtr(y: Any, x: Any) -> Any:
    return 0.3989422804014327 * np.exp(-0.5 * x * x - y)


def ndtri(y: Any, x: Any) -> Any:
    return 2.5066282746310002 * np.exp(0.5 * y * y)


# ---------------------------------------------------------------- gamma functions, DLMF 5.2, 5.12 and 8.8
def gammaln(y: Any, x: Any) -> Any:
    return special.digamma(x)


def gamma(y: Any, x: Any) -> Any:
    return y * special.digamma(x)


def rgamma(y: Any, x: Any) -> Any:
    return -y * special.digamma(x)


def digamma(y: Any, x: Any) -> Any:
    """The trigamma function, as a Hurwitz zeta function (DLMF 25.11.12)."""
    return special.zeta(2.0, x)


def zeta(y: Any, x: Any, q: Any) -> Any:
    """DLMF 25.11.17."""
    return None, -(x * special.zeta(x + 1.0, q))


def polygamma(y: Any, n: Any, x: Any) -> Any:
    return None, special.polygamma(n + 1, x)


def beta(y: Any, a: Any, b: Any) -> Any:
    whole = special.digamma(a + b)
    return y * (special.digamma(a) - whole), y * (special.digamma(b) - whole)


def betaln(y: Any, a: Any, b: Any) -> Any:
    whole = special.digamma(a + b)
    return special.digamma(a) - whole, special.digamma(b) - whole


def gammainc(y: Any, a: Any, x: Any) -> Any:
    shape = 1.0 * a
    density = np.exp(special.xlogy(a - 1.0, x) - x - special.gammaln(shape))
    return None, density.astype(y.dtype)


def gammaincc(y: Any, a: Any, x: Any) -> Any:
    shape = 1.0 * a
    density = np.exp(special.xlogy(a - 1.0, x) - x - special.gammaln(shape))
    return None, -density.astype(y.dtype)


def betainc(y: Any, a: Any, b: Any, x: Any) -> Any:
    """DLMF 8.17.20 is the integral of this density."""
    density = np.exp(special.xlogy(a - 1.0, x) + special.xlog1py(b - 1.0, -x) - special.betaln(a, b))
    return None, None, density.astype(y.dtype)


def exp1(y: Any, x: Any) -> Any:
    """DLMF 6.2."""
    return -np.exp(-x) / x


def expi(y: Any, x: Any) -> Any:
    return np.exp(x) / x


# ---------------------------------------------------------------- Bessel functions, DLMF 10.6 and 10.29
def j0(y: Any, x: Any) -> Any:
    return -special.j1(x)


def j1(y: Any, x: Any) -> Any:
    return 0.5 * (special.j0(x) - special.jv(2, x))


def jv(y: Any, v: Any, z: Any) -> Any:
    order = 1.0 * v
    return None, 0.5 * (special.jv(order - 1, z) - special.jv(order + 1, z))


def y0(y: Any, x: Any) -> Any:
    return -special.y1(x)


def y1(y: Any, x: Any) -> Any:
    return 0.5 * (special.y0(x) - special.yv(2, x))


def yv(y: Any, v: Any, z: Any) -> Any:
    order = 1.0 * v
    return None, 0.5 * (special.yv(order - 1, z) - special.yv(order + 1, z))


def i0(y: Any, x: Any) -> Any:
    return special.i1(x)


def i1(y: Any, x: Any) -> Any:
    return 0.5 * (special.i0(x) + special.iv(2, x))


def i0e(y: Any, x: Any) -> Any:
    return special.i1e(x) - np.sign(x) * y


def i1e(y: Any, x: Any) -> Any:
    return 0.5 * (special.i0e(x) + special.ive(2, x)) - np.sign(x) * y


def iv(y: Any, v: Any, z: Any) -> Any:
    order = 1.0 * v
    return None, 0.5 * (special.iv(order - 1, z) + special.iv(order + 1, z))


def k0(y: Any, x: Any) -> Any:
    return -special.k1(x)


def k1(y: Any, x: Any) -> Any:
    return -0.5 * (special.k0(x) + special.kv(2, x))


def kv(y: Any, v: Any, z: Any) -> Any:
    order = 1.0 * v
    return None, -0.5 * (special.kv(order - 1, z) + special.kv(order + 1, z))


# ---------------------------------------------------------------- entropies and robust losses
def xlogy(z: Any, x: Any, y: Any) -> Any:
    """A term with x = 0 is zero for every y."""
    if isinstance(y, float):
        slope = float(np.log(y))
    else:
        slope = np.log(1.0 * y)
    return slope, np.where(x == 0.0, 0.0, np.divide(x, np.where(x == 0.0, 1.0, y)))


def xlog1py(z: Any, x: Any, y: Any) -> Any:
    """A term with x = 0 is zero for every y."""
    if isinstance(y, float):
        slope = float(np.log1p(y))
    else:
        slope = np.log1p(1.0 * y)
    return slope, np.where(x == 0.0, 0.0, np.divide(x, np.where(x == 0.0, 1.0, 1.0 + y)))


def entr(y: Any, x: Any) -> Any:
    return -np.log(x) - 1.0


def rel_entr(z: Any, x: Any, y: Any) -> Any:
    return np.log(np.divide(x, y)) + 1.0, -np.divide(x, y)


def kl_div(z: Any, x: Any, y: Any) -> Any:
    return np.log(np.divide(x, y)), 1.0 - np.divide(x, y)


def huber(y: Any, delta: Any, r: Any) -> Any:
    bound = 1.0 * delta
    residual = 1.0 * r
    return np.maximum(abs(residual) - bound, 0.0), np.minimum(np.maximum(residual, -bound), bound)


def pseudo_huber(y: Any, delta: Any, r: Any) -> Any:
    slope = np.divide(r, delta)
    length = np.sqrt(1.0 + slope * slope)
    return 2.0 * delta * (length - 1.0) - r * slope / length, r / length


# ---------------------------------------------------------------- sums of exponentials
def softmax(y: Any, x: Any, axis: Any = None, *, y_bar: Any) -> Any:
    share = y * y_bar
    x_bar = share - y * np.sum(share, axis=axis, keepdims=True)
    return x_bar


def log_softmax(y: Any, x: Any, axis: Any = None, *, y_bar: Any) -> Any:
    x_bar = y_bar - np.exp(y) * np.sum(y_bar, axis=axis, keepdims=True)
    return x_bar


def logsumexp(y: Any, a: Any, axis: Any = None, b: Any = None, keepdims: Any = False, *, y_bar: Any) -> Any:
    """`y = log(sum(b * exp(a)))`; the shape of b is one that broadcasts with that of a."""
    if b is None and (axis is None or keepdims):
        a_bar = y_bar * np.exp(a - y)
        b_bar = None
    elif b is None:
        a_bar = np.expand_dims(y_bar, axis) * np.exp(a - np.expand_dims(y, axis))
        b_bar = None
    elif axis is None or keepdims:
        share = y_bar * np.exp(a - y)
        a_bar = unbroadcast(share * b, a)
        b_bar = unbroadcast(share * np.ones_like(b), b)
    else:
        share = np.expand_dims(y_bar, axis) * np.exp(a - np.expand_dims(y, axis))
        a_bar = unbroadcast(share * b, a)
        b_bar = unbroadcast(share * np.ones_like(b), b)
    return a_bar, None, b_bar


def _logsumexp(a: Kind, axis: Kind | None = None, b: Kind | None = None, keepdims: Kind | None = None,
               **_: Kind) -> Kind:
    operands = (a,) if b is None or b == Known(None) else (a, b)
    whole = with_dtype(arithmetic(*operands), float_dtype(promote(*operands)))
    return reduction(whole, axis, keepdims=keepdims)


def _same_floats(x: Kind, *_: Kind, **__: Kind) -> Kind:
    return with_dtype(arithmetic(x), float_dtype(promote(x)))


def _of_some_floats(*kinds: Kind, **_: Kind) -> Kind:
    """A function that is no ufunc: of the shape of its arguments together."""
    return with_dtype(arithmetic(*kinds), None)


_ELEMENTWISE = (
    expit, log_expit, logit, erf, erfc, erfcx, erfinv, erfcinv, dawsn, ndtr, log_ndtr, ndtri, gammaln, gamma, rgamma,
    digamma, zeta, beta, betaln, gammainc, gammaincc, betainc, exp1, expi, j0, j1, jv, y0, y1, yv, i0, i1, i0e, i1e, iv,
    k0, k1, kv, xlogy, xlog1py, entr, rel_entr, kl_div, huber, pseudo_huber)
_IN_JAX = frozenset({
    "expit", "logit", "erf", "erfc", "erfinv", "ndtr", "log_ndtr", "ndtri", "gammaln", "gamma", "digamma",
    "beta", "betaln", "gammainc", "gammaincc", "betainc", "exp1", "expi", "i0", "i1", "i0e", "i1e", "xlogy", "xlog1py",
    "entr", "rel_entr", "kl_div"})
# ufuncs of SciPy that mean the same as those of NumPy
_OF_NUMPY = {"expm1": np.expm1, "log1p": np.log1p, "exp2": np.exp2, "cbrt": np.cbrt}


def register_scipy() -> None:
    """Make the rules of this file known. Loads `scipy.special`; calling it again changes nothing."""
    global special
    from scipy import special as loaded

    if special is loaded:
        return
    special = loaded
    for rule in _ELEMENTWISE:
        name, function = rule.__name__, getattr(special, rule.__name__)
        kind = like_ufunc(function) if isinstance(function, np.ufunc) else _of_some_floats
        _enter(elementwise(function, kind=kind, jax=f"jax.scipy.special.{name}" if name in _IN_JAX else None), function,
               rule)
    for name, numpy_function in _OF_NUMPY.items():
        function, known = getattr(special, name), rule_of(numpy_function)
        assert known is not None and known.implementation is not None
        _enter(elementwise(function, kind=like_ufunc(function), jax=known.jax), function, known.implementation)
    _enter(elementwise(special.polygamma, kind=_of_some_floats), special.polygamma, polygamma)
    _enter(adjoint(special.logsumexp, kind=_logsumexp, jax="jax.scipy.special.logsumexp"), special.logsumexp, logsumexp)
    _enter(adjoint(special.softmax, kind=_same_floats), special.softmax, softmax)
    _enter(adjoint(special.log_softmax, kind=_same_floats), special.log_softmax, log_softmax)


def _enter(enter: Callable[[Callable[..., Any]], Any], function: Any, rule: Callable[..., Any]) -> None:
    """Register a rule, but not over one that the user has stated."""
    if rule_of(function) is None:
        enter(rule)
