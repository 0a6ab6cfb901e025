"""Adjoints of the functions of np.linalg that have no short text, or whose ranks are not known while transforming.

In: the adjoint of a result, the result, the arguments. Out: the adjoint of an argument, in its shape. Nothing that is
passed in is written.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sgrad.runtime.broadcasting import unbroadcast
from s2sgrad.runtime.reductions import expand_reduced, product_of_others, tie_share


def norm_adjoint(y: Any, x: Any, ord: Any, axis: Any, keepdims: Any, y_bar: Any) -> Any:
    """The adjoint of `x` in y = np.linalg.norm(x, ord, axis, keepdims); zero where the norm is zero.

    ord: all that np.linalg.norm takes; ties in inf share equally, also of sums of rows and columns and of
    singular values. Returns an array of the shape of x. Raises ValueError for spectral norms of complex
    matrices.
    """
    if isinstance(axis, tuple) and len(axis) == 1:
        axis = axis[0]
    y, y_bar = expand_reduced(y, axis, keepdims), expand_reduced(y_bar, axis, keepdims)
    count = np.ndim(x) if axis is None else len(axis) if isinstance(axis, tuple) else 1
    if ord is None or (ord == "fro" and count == 2) or (ord == 2 and count == 1):
        return y_bar / np.where(y == 0.0, 1.0, y) * np.conj(x)
    if ord == 1 and count == 1:
        return y_bar * np.conj(np.sign(x))
    if ord in (np.inf, -np.inf) and count == 1:
        return y_bar * np.conj(np.sign(x)) * tie_share(np.abs(x), y, axis)
    if count == 1:
        if ord == 0:
            return np.zeros_like(x)
        safe = np.where(y == 0.0, 1.0, y)
        powers = (np.abs(x) / safe) ** (ord - 1)
        return np.where(y == 0.0, 0.0, y_bar * powers) * np.conj(np.sign(x))
    axes = tuple(k % np.ndim(x) for k in ((0, 1) if axis is None else axis))
    if ord in (1, -1, np.inf, -np.inf):
        summed, left = axes if ord in (1, -1) else axes[::-1]
        sums = np.sum(np.abs(x), axis=summed, keepdims=True)
        return y_bar * np.conj(np.sign(x)) * tie_share(sums, y, left)
    if np.iscomplexobj(x):
        raise ValueError(f"np.linalg.norm of complex matrices with ord={ord!r} is not differentiated")
    matrices = np.moveaxis(x, axes, (-2, -1))
    u, s, vh = np.linalg.svd(matrices, full_matrices=False)
    bar = np.reshape(y_bar, (*np.shape(matrices)[:-2], 1)).astype(s.dtype)
    share = np.sign(s) if ord == "nuc" else np.where(s == 0.0, 0.0, tie_share(s, extreme(s, ord), -1))
    return np.moveaxis((u * (bar * share)[..., None, :]) @ vh, (-2, -1), axes)


def extreme(s: Any, ord: Any) -> Any:
    """The largest (ord 2) or the smallest (ord -2) of singular values."""
    return np.max(s, axis=-1, keepdims=True) if ord == 2 else np.min(s, axis=-1, keepdims=True)


def cond_adjoint(x: Any, p: Any, y_bar: Any) -> Any:
    """The adjoint of `x` in y = np.linalg.cond(x, p): a quotient of singular values, or a product of norms.

    Raises ValueError for complex matrices with p None, 2 or -2.
    """
    if p not in (None, 2, -2):
        inverse = np.linalg.inv(x)
        one, other = np.linalg.norm(x, p, (-2, -1)), np.linalg.norm(inverse, p, (-2, -1))
        inverse_bar = norm_adjoint(other, inverse, p, (-2, -1), False, y_bar * one)
        turned = np.swapaxes(inverse, -1, -2)
        return norm_adjoint(one, x, p, (-2, -1), False, y_bar * other) - turned @ inverse_bar @ turned
    if np.iscomplexobj(x):
        raise ValueError("np.linalg.cond of a complex matrix is not differentiated")
    u, s, vh = np.linalg.svd(x, full_matrices=False)
    above, below = (-1, 0) if p == -2 else (0, -1)
    places = np.arange(np.shape(s)[-1])
    top, bottom = places == above % np.shape(s)[-1], places == below % np.shape(s)[-1]
    high, low = s[..., above, None], s[..., below, None]
    s_bar = np.asarray(y_bar, dtype=s.dtype)[..., None] * (top - bottom * (high / low)) / low
    return (u * s_bar[..., None, :]) @ vh


def trace_adjoint(shape: tuple[int, ...], dtype: Any, offset: Any, axis1: Any, axis2: Any, y_bar: Any) -> Any:
    """The adjoint of an array of this shape and dtype in y = np.trace(array, offset, axis1, axis2)."""
    ones = np.eye(shape[axis1], shape[axis2], offset, dtype=dtype)
    return np.moveaxis(np.multiply.outer(np.asarray(y_bar, dtype=dtype), ones), (-2, -1), (axis1, axis2))


def solve_adjoints(a: Any, shape: tuple[int, ...], x: Any, x_bar: Any) -> tuple[Any, Any]:
    """The adjoints of `a` and of `b`, which has this shape, in x = np.linalg.solve(a, b); batch axes
    broadcast.

    b_bar = a^-T x_bar and a_bar = -b_bar x^T (Giles 2008).
    """
    vector = len(shape) == 1
    x, x_bar = (np.expand_dims(x, -1), np.expand_dims(x_bar, -1)) if vector else (x, x_bar)
    b_bar = np.linalg.solve(np.swapaxes(a, -1, -2), x_bar)
    a_bar = -(b_bar @ np.swapaxes(x, -1, -2))
    return unbroadcast(a_bar, a), unbroadcast(b_bar[..., 0] if vector else b_bar, np.empty(shape))


def cholesky_adjoint(factor: Any, factor_bar: Any) -> Any:
    """The adjoint of `a` in factor = np.linalg.cholesky(a), which reads the lower triangle of a only.

    With l the factor and s = l^-T phi(l^T l_bar) l^-1, where phi takes the lower triangle and half the
    diagonal (Giles 2008; Murray 2016, arXiv:1602.07527), s + s^T is folded to the lower triangle: a change of
    a[i, j] below the diagonal stands for that of a[j, i] too. Returns an array of the shape of a, zero above
    the diagonal.
    """
    diagonal = np.eye(np.shape(factor)[-1], dtype=factor.dtype)
    upper = np.swapaxes(factor, -1, -2)
    phi = np.tril(upper @ np.tril(factor_bar)) * (1.0 - 0.5 * diagonal)
    half = np.linalg.solve(upper, phi)
    s = np.linalg.solve(upper, np.swapaxes(half, -1, -2))      # the transposed of the s above
    return np.tril(s + np.swapaxes(s, -1, -2)) * (1.0 - 0.5 * diagonal)


def cofactors(a: Any, det: Any) -> Any:
    """The derivative of det = np.linalg.det(a) by each entry of `a`: det * inv(a)^T, also of singular
    matrices.

    Where the inverse would lose more than half of the digits (or is none) it is
    |u| |v^T| conj(u) diag(products of the other singular values) conj(v^T), with a = u diag(s) v^T.
    Leading axes are a batch.
    """
    axes = (-2, -1)
    try:
        inverse = np.linalg.inv(a)
        condition = np.linalg.norm(a, axis=axes) * np.linalg.norm(inverse, axis=axes)
        if not np.any(condition * condition * np.finfo(inverse.dtype).eps > 1.0):
            return np.expand_dims(det, axes) * np.swapaxes(inverse, -1, -2)
    except np.linalg.LinAlgError:
        pass
    u, s, vh = np.linalg.svd(a)
    sign = (np.linalg.det(u) * np.linalg.det(vh))[..., None, None]
    return sign * (np.conj(u) * product_of_others(s, -1)[..., None, :]) @ np.conj(vh)


def cofactors_adjoint(a: Any, z_bar: Any) -> Any:
    """The adjoint of `a` in z = cofactors(a, np.linalg.det(a)).

    In the frame of the singular vectors z changes by the products of all singular values but two: entry
    (i, j) by -e[j, i] of a change e of a, entry (i, i) by all e[k, k] but its own.
    """
    u, s, vh = np.linalg.svd(a)
    own = np.eye(np.shape(a)[-1], dtype=bool)
    without = np.where(own, np.ones_like(s[..., None, :]), s[..., None, :])     # row i: all but number i
    products = np.where(own, 0.0, product_of_others(without, -1))
    turned = np.swapaxes(np.conj(u), -1, -2) @ z_bar @ np.swapaxes(np.conj(vh), -1, -2)
    along = np.diagonal(turned, axis1=-2, axis2=-1)[..., None, :]
    straight = np.sum(products * along, axis=-1)[..., None]
    inner = np.where(own, straight, -np.swapaxes(turned, -1, -2) * products)
    sign = (np.linalg.det(u) * np.linalg.det(vh))[..., None, None]
    return sign * np.conj(u) @ inner @ np.conj(vh)
