"""Adjoints of the functions of scipy.linalg that read a part of a matrix: triangular and symmetric systems.

In: solutions or factors, their adjoints, and the options of the call. Out: the adjoint of the matrix, zero in the part
that is not read. Nothing that is passed in is written.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sgrad.runtime.factors import folded, unfolded
from s2sgrad.runtime.linalg import cholesky_adjoint


def outer_product(a: Any, b: Any) -> Any:
    """a b^T, of two vectors or of two matrices with the same number of columns."""
    return np.outer(a, b) if np.ndim(a) == 1 else a @ np.swapaxes(b, -1, -2)


def triangular_adjoint(x: Any, b_bar: Any, trans: Any, lower: Any, unit_diagonal: Any) -> Any:
    """The adjoint of `a` in x = solve_triangular(a, b, trans, lower, unit_diagonal); `b_bar` is that of b."""
    whole = outer_product(b_bar, x) if trans in (0, "N") else outer_product(x, b_bar)
    inner = 1 if unit_diagonal else 0
    return -np.tril(whole, -inner) if lower else -np.triu(whole, inner)


def system_adjoints(a: Any, b: Any, x: Any, x_bar: Any, lower: Any, assume_a: Any, transposed: Any) -> Any:
    """The adjoints of `a` and of `b` in x = scipy.linalg.solve(a, b, ...) with these options.

    One triangle of a matrix that is said to be symmetric is read. Raises ValueError for other structures.
    """
    if assume_a not in (None, "gen", "general", "sym", "symmetric", "pos", "positive definite"):
        raise ValueError(f"scipy.linalg.solve with assume_a={assume_a!r} is not differentiated; leave it out")
    symmetric = assume_a not in (None, "gen", "general")
    whole = unfolded(a, lower) if symmetric else np.swapaxes(a, -1, -2) if transposed else a
    b_bar = np.linalg.solve(np.swapaxes(whole, -1, -2), x_bar)
    whole_bar = -outer_product(b_bar, x)
    if symmetric:
        return folded(whole_bar, lower), b_bar
    return np.swapaxes(whole_bar, -1, -2) if transposed else whole_bar, b_bar


def cholesky_part_adjoint(c: Any, c_bar: Any, lower: Any) -> Any:
    """The adjoint of `a` in c = cho_factor(a, lower)[0], of which the other triangle is that of a, or
    zero (since SciPy 1.18)."""
    if lower:
        other = np.triu(c_bar, 1) * np.any(np.triu(c, 1))
        return cholesky_adjoint(np.tril(c), np.tril(c_bar)) + other
    factor_bar = cholesky_adjoint(np.swapaxes(np.triu(c), -1, -2), np.swapaxes(np.triu(c_bar), -1, -2))
    return np.swapaxes(factor_bar, -1, -2) + np.tril(c_bar, -1) * np.any(np.tril(c, -1))


def cholesky_solve_adjoint(c: Any, lower: Any, x: Any, b_bar: Any) -> Any:
    """The adjoint of `c` in x = cho_solve((c, lower), b), where `b_bar` is that of b."""
    whole = outer_product(b_bar, x)
    both = -(whole + np.swapaxes(whole, -1, -2))
    return np.tril(both @ np.tril(c)) if lower else np.triu(np.triu(c) @ both)


def unblock_diag(y_bar: Any, arrays: Any) -> list[Any]:
    """The adjoints of the blocks of y = scipy.linalg.block_diag(*arrays); a vector is a row."""
    bars, row, column = [], 0, 0
    for array in arrays:
        shape = np.shape(np.atleast_2d(array))
        bars.append(np.reshape(y_bar[row:row + shape[0], column:column + shape[1]], np.shape(array)))
        row, column = row + shape[0], column + shape[1]
    return bars
