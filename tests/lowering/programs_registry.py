"""How the programs of a file are listed with the arguments that they are called with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Case = tuple[Callable[..., Any], tuple[tuple[Any, ...], ...]]

V = np.array([0.7, -1.3, 2.1, 0.4, -0.6])
W = np.array([1.5, 0.8, -0.9, 2.3, 1.1])
M = np.array([[1.2, -0.4, 0.9, 0.3], [0.5, 2.2, -1.1, 0.8], [-0.7, 0.6, 1.9, -1.4]])
S = np.array([[2.0, 0.3, -0.1], [0.4, 3.0, 0.5], [0.2, -0.6, 1.5]])


def listed() -> tuple[list[Case], Callable[..., Any]]:
    """An empty list, and the decorator that puts a program into it; the arguments are tuples, one for each call."""
    cases: list[Case] = []

    def program(*inputs: tuple[Any, ...]) -> Callable[..., Any]:
        def register(f: Callable[..., Any]) -> Callable[..., Any]:
            cases.append((f, inputs))
            return f
        return register
    return cases, program
