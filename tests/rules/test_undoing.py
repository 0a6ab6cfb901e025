"""The runtime helpers of adjoints are differentiable themselves."""

from __future__ import annotations

import numpy as np
from harness import Case, check_case, every

from s2sgrad import runtime

RNG = np.random.default_rng(9)
V, W, M, T = (RNG.standard_normal(s) for s in ((4,), (3,), (3, 4), (2, 3, 4)))
XP, FP, X = np.array([-1.0, 0.0, 0.5, 2.0]), RNG.standard_normal(4), np.array([-1.7, -0.3, 0.2, 1.4, 2.6])
FLOAT = np.dtype("float64")

CASES = [
    Case(runtime.cast_back, M, FLOAT, FLOAT),
    Case(runtime.from_diagonal, W, (3, 4)),
    Case(runtime.from_diagonal, M, (4, 3, 5), 1, 0, 2, argnums=(0,)),
    Case(runtime.add_windows, M, (6,), 4),
    Case(runtime.add_windows, RNG.standard_normal((2, 3, 2, 2)), (3, 4), (2, 2)),
    Case(runtime.add_windows, RNG.standard_normal((3, 2, 3)), (3, 4), 3, 1),
    Case(runtime.undiag, W, (3, 3)),
    Case(runtime.undiag, M[:, :3], (3,)),
    Case(runtime.split_like, RNG.standard_normal(7), [V, W], argnums=(0,)),
    Case(runtime.split_like, RNG.standard_normal((3, 8)), [M, M], 1, argnums=(0,)),
    Case(runtime.split_like, RNG.standard_normal(16), [M, V], None, argnums=(0,)),
    Case(runtime.hsplit_like, RNG.standard_normal((3, 8)), [M, M], argnums=(0,)),
    Case(runtime.vsplit_like, RNG.standard_normal((4, 4)), [M, V], argnums=(0,)),
    Case(runtime.column_split_like, RNG.standard_normal((3, 5)), [M, W], argnums=(0,)),
    Case(runtime.dsplit_like, RNG.standard_normal((3, 4, 2)), [M, M], argnums=(0,)),
    Case(runtime.unstack_like, M, [V, V, V], argnums=(0,)),
    Case(runtime.unstack_like, M, [W, W, W, W], 1, argnums=(0,)),
    Case(runtime.untile, T, (3, 2), (2, 1, 2)),
    Case(runtime.unrepeat, M, (3, 2), 2, 1),
    Case(runtime.unrepeat, V, (3,), [2, 0, 2]),
    Case(runtime.unpad, M, (1, 2), ((1, 1), (0, 2))),
    Case(runtime.untake, V, (3,), [0, 2, 2, 1]),
    Case(runtime.untake, T, (2, 5, 4), [0, 2, 2], 1),
    Case(runtime.untake_along_axis, M, (3, 6), np.argsort(M, axis=1), 1),
    Case(runtime.unselect, M, [M > 0.0, M < -0.5], [M, V], argnums=(0,)),
    Case(runtime.in_full_convolution, V, 7),
    Case(runtime.in_full_convolution, V, 7, True),
    Case(runtime.interp_slope, X, XP, FP),
    Case(runtime.interp_slope, 0.3, XP, FP),
    Case(runtime.interp_adjoint, RNG.standard_normal(5), X, XP, FP),
    Case(runtime.scatter_to_nodes, RNG.standard_normal(5), X, XP, FLOAT),
]


@every(CASES)
def test_rule(case: Case, dtype: str, variant: str) -> None:
    if dtype == "float64":
        check_case(case, dtype, variant)
