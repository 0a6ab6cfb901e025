"""Emitted gradients against those written by hand, and a scalar loop against its primal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.programs import Case, cases
from benchmarks.report import Row, time_of
from benchmarks.timing import seconds
from s2sgrad import value_and_grad


def against_handwritten() -> Iterator[Row]:
    """Time of the emitted gradient as a multiple of the one written by hand, for each golden program."""
    for case in cases():
        args = case.args
        _agree(case)
        emitted, by_hand, primal = seconds(lambda c=case, a=args: c.emitted(*a), lambda c=case, a=args: c.by_hand(*a),
                                           lambda c=case, a=args: c.primal(*(np.copy(v) if isinstance(v, np.ndarray)
                                                                             else v for v in a)))
        yield Row(case.name, emitted / by_hand, "x by hand", 1.5,
                  f"{time_of(emitted)} : {time_of(by_hand)}, primal {time_of(primal)}")


def scalar_loop() -> Iterator[Row]:
    """Value and gradient of a scalar loop with a branch, 10,000 trips, as a multiple of the primal."""
    case = next(c for c in cases() if c.name == "orbit")
    both = value_and_grad(case.primal, argnums=(0, 1, 2))
    slow, fast = seconds(lambda: both(*case.args), lambda: case.primal(*case.args))
    yield Row("orbit, 10,000 trips", slow / fast, "x primal", 4.0, f"{time_of(slow)} : {time_of(fast)}")


def _agree(case: Case) -> None:
    """Fail if the gradient written by hand is not that of the program."""
    for one, other in zip(_leaves(case.emitted(*case.args)), _leaves(case.by_hand(*case.args)), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-7, atol=1e-9, err_msg=case.name)


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, tuple):
        for item in value:
            yield from _leaves(item)
    else:
        yield value
