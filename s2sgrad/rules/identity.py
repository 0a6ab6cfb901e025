"""Functions that return their argument and say something about its derivative."""

from __future__ import annotations

from typing import TypeVar

from s2sgrad.core.kinds import Kind
from s2sgrad.rules.registry import SAME, zero_derivative

T = TypeVar("T")


def stop_gradient(x: T) -> T:
    """`x` itself, taken as a constant by differentiation: no adjoint passes through.

    Args: x: any value, array or structure. Returns: the same object.
    """
    return x


def _same_kind(x: Kind) -> Kind:
    return x


zero_derivative(stop_gradient, kind=_same_kind, result=SAME)
