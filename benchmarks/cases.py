"""The rows of the table: a program, its arguments at full size and at a size for tests, and what is differentiated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks import exercises, handwritten, programs

Generator = np.random.Generator


@dataclass(frozen=True)
class Case:
    """One row.

    name: what one types and reads. program: the function's name, the same in `programs` or `exercises`, in
    `handwritten` and in every file of peers. argnums: what is differentiated. arguments: makes them. tiny: sizes for
    tests. counted: is it one of the ten that the geometric means are of? writes: does it write to its arguments?
    """

    name: str
    program: str
    argnums: tuple[int, ...]
    arguments: Callable[..., tuple[Any, ...]]
    full: Mapping[str, int] = field(default_factory=dict)
    tiny: Mapping[str, int] = field(default_factory=dict)
    counted: bool = True
    writes: bool = False

    @property
    def primal(self) -> Callable[..., Any]:
        """The program as it was written."""
        found: Callable[..., Any] = getattr(programs, self.program, None) or getattr(exercises, self.program)
        return found

    @property
    def by_hand(self) -> Callable[..., Any]:
        """Its value and gradient written by hand."""
        found: Callable[..., Any] = getattr(handwritten, self.program)
        return found

    def args(self, small: bool = False) -> tuple[Any, ...]:
        """Arguments, the same ones each time."""
        return self.arguments(np.random.default_rng(0), **(self.tiny if small else self.full))


def _recurrence(_: Generator, n: int) -> tuple[Any, ...]:
    return 0.3, 1.7, 0.2, n


def _rosenbrock(r: Generator, n: int) -> tuple[Any, ...]:
    return (r.normal(size=n),)


def _mlp(r: Generator, inputs: int, hidden: int, outputs: int, batch: int) -> tuple[Any, ...]:
    return (r.normal(size=(inputs, hidden)) / inputs**0.5, 0.1 * r.normal(size=hidden),
            r.normal(size=(hidden, outputs)) / hidden**0.5, 0.1 * r.normal(size=outputs),
            r.normal(size=(batch, inputs)), np.eye(outputs)[r.integers(0, outputs, batch)])


def _lstm(r: Generator, steps: int, size: int) -> tuple[Any, ...]:
    return (r.normal(size=(4 * size, size)) / size**0.5, r.normal(size=(4 * size, size)) / size**0.5,
            0.1 * r.normal(size=4 * size), r.normal(size=(steps, size)), np.zeros(size), np.zeros(size))


def _jacobi_2d(r: Generator, n: int, steps: int) -> tuple[Any, ...]:
    return r.normal(size=(n, n)), r.normal(size=(n, n)), steps


def _gray_scott(r: Generator, n: int, steps: int) -> tuple[Any, ...]:
    return 1.0 - 0.5 * r.random((n, n)), 0.5 * r.random((n, n)), 0.04, 0.06, steps


def _cholesky(r: Generator, n: int) -> tuple[Any, ...]:
    M = r.normal(size=(n, n))
    return (M @ M.T + n * np.eye(n),)


def _asian_option(r: Generator, paths: int, steps: int) -> tuple[Any, ...]:
    return 100.0, 0.05, 0.2, 100.0, 1.0, r.normal(size=(steps, paths))


def _n_body(r: Generator, bodies: int, steps: int) -> tuple[Any, ...]:
    return r.normal(size=(bodies, 3)), r.normal(size=(bodies, 3)), r.random(bodies) / bodies, 0.3, 0.01, steps


def _newton(_: Generator, n: int) -> tuple[Any, ...]:
    return 0.4, 0.1, 2.0 / n, n


def _sine(_: Generator) -> tuple[Any, ...]:
    return (1.3,)


def _regression(_: Generator) -> tuple[Any, ...]:
    return 0.5, 0.1, np.array([0.0, 1.0, 2.0, 3.0]), np.array([0.5, 2.1, 3.9, 5.2])


def _classifier(r: Generator, inputs: int, first: int, second: int, outputs: int, batch: int) -> tuple[Any, ...]:
    shapes = ((inputs, first), (first,), (first, second), (second,), (second, outputs), (outputs,))
    weights = tuple((r.normal(size=shape) / shape[0]**0.5).astype(np.float32) for shape in shapes)
    return *weights, r.random((batch, inputs)).astype(np.float32), r.integers(0, outputs, batch)


_LAYERS = {"inputs": 784, "first": 64, "second": 128, "outputs": 10}
_FEW = {"inputs": 6, "first": 5, "second": 4, "outputs": 3, "batch": 7}
_WEIGHTS = (0, 1, 2, 3, 4, 5)

TEN = (
    Case("recurrence", "recurrence", (0, 1, 2), _recurrence, {"n": 10_000}, {"n": 20}),
    Case("rosenbrock", "rosenbrock", (0,), _rosenbrock, {"n": 1000}, {"n": 6}),
    Case("mlp", "mlp", (0, 1, 2, 3), _mlp, {"inputs": 784, "hidden": 128, "outputs": 10, "batch": 128},
         {"inputs": 5, "hidden": 4, "outputs": 3, "batch": 6}),
    Case("lstm", "lstm", (0, 1, 2), _lstm, {"steps": 100, "size": 64}, {"steps": 4, "size": 3}),
    Case("jacobi-2d", "jacobi_2d", (0, 1), _jacobi_2d, {"n": 250, "steps": 100}, {"n": 6, "steps": 3}, writes=True),
    Case("reaction-diffusion", "gray_scott", (0, 1, 2, 3), _gray_scott, {"n": 128, "steps": 100},
         {"n": 6, "steps": 3}, writes=True),
    Case("cholesky", "cholesky", (0,), _cholesky, {"n": 100}, {"n": 5}, writes=True),
    Case("asian-option", "asian_option", (0, 1, 2), _asian_option, {"paths": 100_000, "steps": 50},
         {"paths": 40, "steps": 4}),
    Case("n-body", "n_body", (0, 1, 2), _n_body, {"bodies": 100, "steps": 20}, {"bodies": 4, "steps": 3}),
    Case("newton", "newton", (0, 1, 2), _newton, {"n": 1000}, {"n": 4}),
)
SIZES = (
    Case("rosenbrock-10", "rosenbrock", (0,), _rosenbrock, {"n": 10}, {"n": 4}, counted=False),
    Case("rosenbrock-1e6", "rosenbrock", (0,), _rosenbrock, {"n": 1_000_000}, {"n": 5}, counted=False),
)
EXERCISES = (
    Case("sine", "sine", (0,), _sine, counted=False),
    Case("regression", "regression", (0, 1), _regression, counted=False),
    Case("classifier-32", "classifier", _WEIGHTS, _classifier, {**_LAYERS, "batch": 32}, _FEW, counted=False),
    Case("classifier-1000", "classifier", _WEIGHTS, _classifier, {**_LAYERS, "batch": 1000}, {**_FEW, "batch": 3},
         counted=False),
)
CASES = {case.name: case for case in (*TEN, *SIZES, *EXERCISES)}
