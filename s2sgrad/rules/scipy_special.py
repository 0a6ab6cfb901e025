"""Special functions of SciPy: expit, erf, erfc, gammaln, digamma, logsumexp.

SciPy is not loaded by loading this file: `register_scipy` is called once the user's own module has loaded it.
Source of the derivatives: NIST Digital Library of Mathematical Functions, 5.2 and 7.2.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sgrad.core.kinds import Kind, Known
from s2sgrad.rules.registry import adjoint, elementwise
from s2sgrad.rules.shapes import arithmetic, float_dtype, promote, reduction
from s2sgrad.rules.ufunc_kinds import like_ufunc, with_dtype
from s2sgrad.runtime.broadcasting import unbroadcast

special: Any = None


def expit(y: Any, x: Any) -> Any:
    return y * (1.0 - y)


def erf(y: Any, x: Any) -> Any:
    """2 / sqrt(pi) * exp(-x**2)."""
    return 1.1283791670955126 * np.exp(-x * x)


def erfc(y: Any, x: Any) -> Any:
    """-2 / sqrt(pi) * exp(-x**2)."""
    return -1.1283791670955126 * np.exp(-x * x)


def gammaln(y: Any, x: Any) -> Any:
    return special.digamma(x)


def digamma(y: Any, x: Any) -> Any:
    """The trigamma function, as a Hurwitz zeta function (DLMF 25.11.12)."""
    return special.zeta(2.0, x)


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


def register_scipy() -> None:
    """Make the rules of this file known. Loads `scipy.special`; calling it again changes nothing."""
    global special
    from scipy import special as loaded

    if special is loaded:
        return
    special = loaded
    for function, rule in ((special.expit, expit), (special.erf, erf), (special.erfc, erfc),
                           (special.gammaln, gammaln), (special.digamma, digamma)):
        elementwise(function, kind=like_ufunc(function), jax=f"jax.scipy.special.{rule.__name__}")(rule)
    adjoint(special.logsumexp, kind=_logsumexp, jax="jax.scipy.special.logsumexp")(logsumexp)
