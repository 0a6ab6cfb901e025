"""Adjoints of factorisations of matrices: eigenvalues, singular values, QR, the pseudoinverse, least squares.

In: a factorisation as np.linalg gives it, and the adjoints of its parts. Out: the adjoint of the matrix, in its shape;
leading axes are a batch. Nothing that is passed in is written.

Vectors of eigenvalues (singular values) that coincide are not unique, so they have no derivative: their adjoints give
nan there. The adjoints of the values alone do not divide by gaps, and are finite.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def folded(symmetric: Any, lower: bool) -> Any:
    """The adjoint of a symmetric matrix as that of the triangle which is read.

    Entries below (above) the diagonal stand for those on the other side too.
    """
    half = 1.0 - 0.5 * np.eye(np.shape(symmetric)[-1], dtype=symmetric.dtype)
    both = (symmetric + np.swapaxes(symmetric, -1, -2)) * half
    return np.tril(both) if lower else np.triu(both)


def unfolded(a: Any, lower: bool) -> Any:
    """The symmetric matrix of which only one triangle is read from `a`."""
    half = np.tril(a) if lower else np.triu(a)
    return half + np.swapaxes(half, -1, -2) - half * np.eye(np.shape(a)[-1], dtype=half.dtype)


def eigh_adjoint(y: Any, y_bar: Any, UPLO: str) -> Any:
    """The adjoint of `a` in y = (w, v) = np.linalg.eigh(a, UPLO), which reads one triangle of a.

    With m = v^T v_bar it is v (diag(w_bar) + (m - m^T) / (2 (w[j] - w[i]))) v^T (Giles 2008), folded to that
    triangle. Raises ValueError for complex matrices.
    """
    w, v = y[0], y[1]
    if np.iscomplexobj(v):
        raise ValueError("np.linalg.eigh of a complex matrix is not differentiated")
    one = np.eye(np.shape(w)[-1], dtype=w.dtype)
    turn = np.swapaxes(v, -1, -2) @ y_bar[1]
    gap = w[..., None, :] - w[..., :, None]
    inner = 0.5 * (turn - np.swapaxes(turn, -1, -2)) / (gap + one)
    full = v @ (inner + np.asarray(y_bar[0])[..., None, :] * one) @ np.swapaxes(v, -1, -2)
    return folded(full, UPLO.upper() == "L")


def eigvalsh_adjoint(a: Any, w_bar: Any, UPLO: str) -> Any:
    """The adjoint of `a` in w = np.linalg.eigvalsh(a, UPLO).

    It is v diag(w_bar) v^T (Giles 2008), folded to the triangle that is read. Raises ValueError for complex
    matrices.
    """
    if np.iscomplexobj(a):
        raise ValueError("np.linalg.eigvalsh of a complex matrix is not differentiated")
    lower = UPLO.upper() == "L"
    v = np.linalg.eigh(unfolded(a, lower))[1]
    return folded((v * w_bar[..., None, :]) @ np.swapaxes(v, -1, -2), lower)


def svd_adjoint(a: Any, y: Any, y_bar: Any) -> Any:
    """The adjoint of `a` in y = np.linalg.svd(a, ...), the triple (u, s, vh) or the singular values alone.

    Townsend 2016, "Differentiating the singular value decomposition". Raises ValueError for complex
    matrices, and where vectors are used that belong to no singular value (full_matrices).
    """
    if np.iscomplexobj(a):
        raise ValueError("np.linalg.svd of a complex matrix is not differentiated")
    if not isinstance(y, tuple):
        u, _, vh = np.linalg.svd(a, full_matrices=False)
        return (u * y_bar[..., None, :]) @ vh
    s = y[1]
    count = np.shape(s)[-1]
    if (np.shape(y[0])[-1] > count and np.any(y_bar[0][..., count:])
            or np.shape(y[2])[-2] > count and np.any(y_bar[2][..., count:, :])):
        raise ValueError("vectors of np.linalg.svd that belong to no singular value are not differentiated; "
                         "pass full_matrices=False")
    u, u_bar = y[0][..., :count], y_bar[0][..., :count]
    vh, v_bar = y[2][..., :count, :], np.swapaxes(y_bar[2][..., :count, :], -1, -2)
    ut, v = np.swapaxes(u, -1, -2), np.swapaxes(vh, -1, -2)
    one = np.eye(count, dtype=s.dtype)
    gap = (s[..., None, :] - s[..., :, None]) * (s[..., None, :] + s[..., :, None]) + one
    of_u, of_v = ut @ u_bar, vh @ v_bar
    inner = np.asarray(y_bar[1])[..., None, :] * one
    inner = inner + (of_u - np.swapaxes(of_u, -1, -2)) / gap * s[..., None, :]
    inner = inner + s[..., :, None] * ((of_v - np.swapaxes(of_v, -1, -2)) / gap)
    a_bar = u @ inner @ vh
    if np.shape(u)[-2] > count:
        a_bar = a_bar + (u_bar - u @ of_u) / s[..., None, :] @ vh
    if np.shape(v)[-2] > count:
        a_bar = a_bar + u @ np.swapaxes((v_bar - v @ of_v) / s[..., None, :], -1, -2)
    return a_bar


def qr_adjoint(a: Any, y: Any, y_bar: Any, mode: str) -> Any:
    """The adjoint of `a`, of full rank, in y = np.linalg.qr(a, mode), mode "reduced" or "r".

    With m = r r_bar^T - q_bar^T q it is (q_bar + q copyltu(m)) r^-T, where copyltu makes the lower triangle
    symmetric (Seeger et al. 2017, arXiv:1710.08717); columns beyond the square part are q times columns of
    r. "complete" is accepted of matrices with at least as many columns as rows. Raises ValueError for the
    others.
    """
    rows, columns = np.shape(a)[-2:]
    if np.iscomplexobj(a) or mode == "raw" or (mode == "complete" and rows > columns):
        raise ValueError(f"np.linalg.qr with mode={mode!r} is not differentiated for this matrix; "
                         "use mode='reduced' of a real one")
    if mode == "r":
        q, r = np.linalg.qr(a)
        q_bar, r_bar = np.zeros_like(q), np.triu(y_bar)
    else:
        q, r, q_bar, r_bar = y[0], y[1], y_bar[0], np.triu(y_bar[1])
    square, rest_bar = r[..., :rows], r_bar[..., rows:]
    q_bar = q_bar + a[..., rows:] @ np.swapaxes(rest_bar, -1, -2)
    m = square @ np.swapaxes(r_bar[..., :rows], -1, -2) - np.swapaxes(q_bar, -1, -2) @ q
    m = np.tril(m) + np.swapaxes(np.tril(m, -1), -1, -2)
    left = q_bar + q @ m
    a_bar = np.swapaxes(np.linalg.solve(square, np.swapaxes(left, -1, -2)), -1, -2)
    return a_bar if columns <= rows else np.concatenate([a_bar, q @ rest_bar], axis=-1)


def pinv_adjoint(a: Any, y: Any, y_bar: Any) -> Any:
    """The adjoint of `a` in y = np.linalg.pinv(a), where the rank does not change.

    Golub and Pereyra 1973, SIAM J. Numer. Anal. 10, theorem 4.3. Raises ValueError for complex matrices.
    """
    if np.iscomplexobj(a):
        raise ValueError("np.linalg.pinv of a complex matrix is not differentiated")
    yt, y_bar_t = np.swapaxes(y, -1, -2), np.swapaxes(y_bar, -1, -2)
    left = y_bar_t @ y @ yt
    right = yt @ y @ y_bar_t
    return -yt @ y_bar @ yt + left - a @ (y @ left) + right - (right @ y) @ a


def lstsq_adjoints(a: Any, b: Any, y: Any, y_bar: Any) -> Any:
    """The adjoints of `a` and of `b` in y = (x, residuals, rank, s) = np.linalg.lstsq(a, b).

    x = pinv(a) b; residuals are the squared lengths of b - a x, which is orthogonal to the columns of a; s
    are the singular values. Raises ValueError for complex matrices.
    """
    if np.iscomplexobj(a) or np.iscomplexobj(b):
        raise ValueError("np.linalg.lstsq of complex matrices is not differentiated")
    x, x_bar = (y[0][:, None], y_bar[0][:, None]) if np.ndim(b) == 1 else (y[0], y_bar[0])
    right = b[:, None] if np.ndim(b) == 1 else b
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    kept = np.arange(np.shape(s)[0]) < y[2]
    inverse = (vh.T * np.where(kept, 1.0 / np.where(kept, s, 1.0), 0.0)) @ u.T
    a_bar = pinv_adjoint(a, inverse, x_bar @ right.T) + (u * y_bar[3]) @ vh
    b_bar = inverse.T @ x_bar
    if np.shape(y[1])[0] > 0:
        gap_bar = 2.0 * (right - a @ x) * y_bar[1]
        a_bar, b_bar = a_bar - gap_bar @ x.T, b_bar + gap_bar
    return a_bar, np.reshape(b_bar, np.shape(b))


def matrix_power_adjoint(a: Any, n: Any, y_bar: Any) -> Any:
    """The adjoint of `a` in y = np.linalg.matrix_power(a, n): all ways to leave one factor out."""
    if n == 0:
        return np.zeros_like(a)
    factor = np.swapaxes(a if n > 0 else np.linalg.inv(a), -1, -2)
    powers = [np.broadcast_to(np.eye(np.shape(a)[-1], dtype=factor.dtype), np.shape(a))]
    for _ in range(abs(n) - 1):
        powers.append(powers[-1] @ factor)
    factor_bar = sum(p @ y_bar @ q for p, q in zip(powers, reversed(powers), strict=True))
    return factor_bar if n > 0 else -factor @ factor_bar @ factor


def multi_dot_adjoints(arrays: Any, y_bar: Any) -> list[Any]:
    """The adjoints of the factors in y = np.linalg.multi_dot(arrays), the outer ones vectors or not."""
    first, *inner, last = arrays
    factors = [np.atleast_2d(first), *inner, last[:, None] if np.ndim(last) == 1 else last]
    bar = np.reshape(y_bar, (np.shape(factors[0])[0], np.shape(factors[-1])[1]))
    bar = bar.astype(np.result_type(*factors))
    bars = []
    for k, factor in enumerate(arrays):
        part = bar
        for before in factors[:k]:
            part = before.T @ part
        for after in reversed(factors[k + 1:]):
            part = part @ after.T
        bars.append(np.reshape(part, np.shape(factor)))
    return bars
