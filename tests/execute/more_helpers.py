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
    ("vander_adjoint", M, np.vander(N3, 4), False), ("vander_adjoint", M, np.vander(N3, 4, True), True),
]
CASES = FACTORS + CALCULUS
