"""The golden programs with arguments of realistic size."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from benchmarks import handwritten
from s2sgrad import grad, value_and_grad
from s2sgrad.api import GradFunction

PRIMALS = Path(__file__).parents[1] / "tests" / "golden" / "primals.py"


@dataclass(frozen=True)
class Case:
    """A program, its arguments, which of them are differentiated, and its gradient emitted and written by hand."""

    name: str
    primal: Callable[..., Any]
    args: tuple[Any, ...]
    emitted: Callable[..., Any]
    by_hand: Callable[..., Any]


def _primals() -> ModuleType:
    """The golden programs, which live with the tests."""
    spec = importlib.util.spec_from_file_location("benchmarks.primals", PRIMALS)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def cases() -> list[Case]:
    """All nine programs."""
    primals, r = _primals(), np.random.default_rng(0)
    M = r.normal(size=(60, 60))
    arguments: dict[str, tuple[int | tuple[int, ...], tuple[Any, ...]]] = {
        "logistic_loss": (0, (0.1 * r.normal(size=50), r.normal(size=(2000, 50)), 1.0 * r.integers(0, 2, 2000))),
        "rosenbrock": (0, (r.normal(size=10_000),)),
        "rnn": ((0, 1, 2), (0.1 * r.normal(size=(64, 64)), r.normal(size=(64, 32)), r.normal(size=64),
                            r.normal(size=(100, 32)), r.normal(size=64))),
        "orbit": ((0, 1, 2), (0.3, 1.7, 0.2, 10_000)),
        "kepler": ((0, 1), (1.1, 0.4)),
        "diffuse": (0, (r.normal(size=10_000), 100, 0.1)),
        "grow": ((0, 1), (r.random(10_000), 0.8, 100, 0.05)),
        "log_det": (0, (M @ M.T + 60.0 * np.eye(60),)),
        "leapfrog": ((0, 1, 2), (r.normal(size=(100, 3)), r.normal(size=(100, 3)), r.random(100), 0.3, 0.01, 20)),
    }
    return [_case(getattr(primals, name), *arguments[name]) for name in arguments]


def _case(primal: Callable[..., Any], argnums: int | tuple[int, ...], args: tuple[Any, ...]) -> Case:
    make, suffix = (value_and_grad, "value_and_grad") if primal.__name__ == "rosenbrock" else (grad, "grad")
    return Case(primal.__name__, primal, args, emitted_function(make(primal, argnums=argnums), args),
                getattr(handwritten, f"{primal.__name__}_{suffix}"))


def emitted_function(df: GradFunction, args: tuple[Any, ...]) -> Callable[..., Any]:
    """The function that a call with these arguments ends in; there is no public way to leave the rest out."""
    return df._program(args).call
