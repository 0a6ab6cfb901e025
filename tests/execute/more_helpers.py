"""Calls of runtime helpers on which those for NumPy and those for JAX must agree: (name, *arguments)."""

from __future__ import annotations

from typing import Any

import numpy as np

RNG = np.random.default_rng(11)
M, T = RNG.normal(size=(3, 4)), RNG.normal(size=(2, 3, 4))
SQUARE = RNG.normal(size=(3, 3)) + np.diag([1.0, 4.0, 9.0])
SYMMETRIC = SQUARE + SQUARE.T
N3, N4 = RNG.normal(size=3), np.cumsum(RNG.uniform(0.5, 1.5, 4))


def like(parts: Any) -> list[Any]:
    """Something with the shapes of the parts of a result."""
    return [RNG.normal(size=np.shape(part)) for part in parts]


EIGH, SVD, WIDE, QR = np.linalg.eigh(SYMMETRIC), np.linalg.svd(SQUARE), np.linalg.svd(M, False), np.linalg.qr(M.T)
LSTSQ = np.linalg.lstsq(M.T, N4, None)
FACTORS: list[tuple[Any, ...]] = [
    ("folded", SYMMETRIC, True), ("folded", SYMMETRIC, False), ("unfolded", SQUARE, True), ("unfolded", SQUARE, False),
    ("eigh_adjoint", tuple(EIGH), like(EIGH), "L"), ("eigh_adjoint", tuple(EIGH), like(EIGH), "U"),
    ("eigvalsh_adjoint", SQUARE, N3, "L"),
    ("svd_adjoint", SQUARE, tuple(SVD), like(SVD)), ("svd_adjoint", M, tuple(WIDE), like(WIDE)),
    ("svd_adjoint", M, WIDE[1], N3),
    ("qr_adjoint", M.T, tuple(QR), like(QR), "reduced"),
    ("pinv_adjoint", M, np.linalg.pinv(M), M.T),
    ("lstsq_adjoints", M.T, N4, LSTSQ, [N3, np.ones(1), 0.0, N3]),
    ("matrix_power_adjoint", SQUARE, 3, SYMMETRIC), ("matrix_power_adjoint", SQUARE, -2, SYMMETRIC),
    ("matrix_power_adjoint", SQUARE, 0, SYMMETRIC),
    ("multi_dot_adjoints", [N3, M, N4], 0.5), ("multi_dot_adjoints", [M, M.T, SQUARE], SYMMETRIC),
]
CALCULUS: list[tuple[Any, ...]] = [
    ("steps_along", N3, 2, 0), ("steps_along", M, 2, 1), ("differenced", M, 1), ("differenced", N3, 0),
    ("halves", M, 0), ("halves", N3, -1),
    ("trapezoid_adjoint", 0.5, (4,), None, 0.3, -1), ("trapezoid_adjoint", N3, (3, 4), N4, 1.0, 1),
    ("trapezoid_adjoint", N4, (1, 4), None, 1.0, 0),
    ("trapezoid_nodes_adjoint", N3, M, N4, 1), ("trapezoid_nodes_adjoint", N3, M, M, 1),
    ("trapezoid_step_adjoint", N3, M, None, 0.3, 1), ("trapezoid_step_adjoint", N3, M, N4, 0.3, 1),
    ("slope_weights", N3, 1), ("slope_weights", N3, 2), ("gradient_adjoint", N4, (4,), (), None, 2),
    ("gradient_adjoint", [M, M + 1.0], (3, 4), (0.5, N4), None, 1), ("gradient_adjoint", M, (3, 4), (0.5,), 0, 1),
    ("polyval_adjoint", M, N3, M + 1.0),
    ("polyfit_adjoints", N3, N3 * N3, N3[:2], N3[1:]), ("coefficients_adjoint", M, 3, M + 1.0),
    ("vander_adjoint", M, np.vander(N3, 4), False), ("vander_adjoint", M, np.vander(N3, 4, True), True),
]
DEFINITE = SQUARE @ SQUARE.T + np.eye(3)
SYSTEMS: list[tuple[Any, ...]] = [
    ("outer_product", N3, N4), ("outer_product", M, M), ("triangular_adjoint", N3, SQUARE[0], 0, True, False),
    ("triangular_adjoint", M, M + 1.0, 1, False, True),
    ("system_adjoints", SQUARE, N3, SQUARE[0], SQUARE[1], False, None, False),
    ("system_adjoints", SQUARE, M, M, M + 1.0, False, "gen", True),
    ("system_adjoints", DEFINITE, N3, SQUARE[0], SQUARE[1], True, "pos", False),
    ("cholesky_part_adjoint", SQUARE, SYMMETRIC, True), ("cholesky_part_adjoint", SQUARE, SYMMETRIC, False),
    ("cholesky_solve_adjoint", SQUARE, True, N3, SQUARE[0]), ("cholesky_solve_adjoint", SQUARE, False, M, M + 1.0),
    ("unblock_diag", np.arange(35.0).reshape(5, 7), [SQUARE, N3, N3[:1]]),
]
HOLES = np.where(np.abs(M) < 0.4, np.nan, M)
MASK = M > 0.0
REDUCTIONS: list[tuple[Any, ...]] = [
    *[("norm_adjoint", np.linalg.norm(M, ord), M, ord, None, False, 0.7) for ord in (1, -1, 2, -2, "nuc")],
    ("norm_adjoint", np.linalg.norm(M, 3, 1), M, 3, 1, False, N3),
    ("norm_adjoint", np.linalg.norm(T, 2, (0, 2)), T, 2, (0, 2), False, N3),
    ("cond_adjoint", SQUARE, None, 0.7), ("cond_adjoint", SQUARE, -2, 0.7), ("cond_adjoint", SQUARE, "fro", 0.7),
    ("extreme", np.abs(M), 2), ("extreme", np.abs(M), -2),
    ("counted_mean_adjoint", N3, MASK | (np.arange(4) > 1), 1, False),
    ("bounded_extreme_adjoints", np.max(M, 1, initial=0.1), M, 1, False, 0.1, True, N3),
    ("bounded_extreme_adjoints", np.max(M, initial=0.1, where=MASK), M, None, False, 0.1, MASK, 0.7),
    ("selected_product_adjoints", np.prod(M, 1, initial=0.1, where=MASK), M, 1, False, MASK, 0.1, N3),
    ("extended_diff_adjoints", M, 2, 1, 0.3, M[:, :2], np.hstack([M, N3[:, None]])),
    ("extended_diff_adjoints", M, 1, 0, None, M[:1], M),
]
STATISTICS: list[tuple[Any, ...]] = [
    *[("places_between", 5, np.array([0.1, 0.7]), m) for m in ("linear", "lower", "higher", "midpoint", "nearest")],
    ("quantile_adjoint", M, 0.3, 1, "linear", False, N3),
    ("quantile_adjoint", T, np.array([0.1, 0.6]), (0, 2), "linear", False, T[:, :, 0]),
    ("quantile_place_adjoint", M, np.array([0.1, 0.6]), 0, "linear", M[:2]),
    ("nan_mean_adjoint", HOLES, 0, False, N4), ("nan_var_adjoint", HOLES, 1, 0, True, N3[:, None]),
    ("observations", M, N4, True), ("observations", M, N3, False), ("split_observations", T[0], M[:2], M[2], True),
    ("covariance_adjoints", M, N4, True, False, None, np.ones((4, 4))),
    ("covariance_adjoints", N4, None, True, False, 0, 0.7),
    ("correlation_adjoints", M, None, True, np.corrcoef(M), SQUARE),
]
PLACES = np.array([[2, -1], [0, 3]])
REARRANGING: list[tuple[Any, ...]] = [
    ("positions", (2, 3)), ("positions", ()), ("untake_known", M[:2, :2], (5,), PLACES),
    ("reordered_adjoint", M, np.sort(M, 1)[:, ::-1], 1, T[0]), ("reordered_adjoint", M, np.sort(M.ravel()), None,
                                                               T[0].ravel()),
    ("unchoose", M, np.array([0, 1, 1, 0]), [N4, 0.5]),
    ("unblock", np.arange(20.0).reshape(4, 5), [[M, N3[:, None]], [N4, 0.5]]), ("unblock", N4, [N3, 0.5]),
    ("unmesh", [M.T, M.T + 1.0], [N3, N4], "xy"), ("unmesh", [M, M + 1.0], [N3, N4], "ij"),
    ("unmesh", [N3], [N3], "xy"),
]
RUNNING: list[tuple[Any, ...]] = [
    ("running_extreme_adjoint", M, np.maximum.accumulate(M, 1), 1, T[0]),
    ("running_extreme_adjoint", M, np.minimum.accumulate(M, 0), 0, T[0]),
    ("number_product_adjoint", [1.5, 0.0, 3.0], 2.0, 0.7), ("distance_adjoint", 5.0, (1.0, 2.0), (4.0, 6.0), 0.7),
    ("distance_adjoint", 0.0, (1.0, 2.0), (1.0, 2.0), 0.7), *[("digamma", x) for x in (0.3, 4.7, -1.6, 20.0)],
]
CASES = FACTORS + CALCULUS + SYSTEMS + REDUCTIONS + STATISTICS + REARRANGING + RUNNING
