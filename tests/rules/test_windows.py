"""Windows that overlap: the rule against differences, and the actual kinds."""

from __future__ import annotations

import numpy as np
from harness import Case, check_case, every
from numpy.lib.stride_tricks import sliding_window_view

RNG = np.random.default_rng(4)
V, M = RNG.standard_normal(6), RNG.standard_normal((3, 4))

CASES = [
    Case(sliding_window_view, V, 3),
    Case(sliding_window_view, V, 6),
    Case(sliding_window_view, M, (2, 3)),
    Case(sliding_window_view, M, 2, 1),
    Case(sliding_window_view, M, (2, 2), (0, 0)),
]


@every(CASES)
def test_rule(case: Case, dtype: str, variant: str) -> None:
    check_case(case, dtype, variant)

