"""Functions that return their argument and say something about its derivative."""

from __future__ import annotations

from typing import Any, TypeVar

from s2sgrad.core.kinds import NEVER, Kind, Known, Maybe
from s2sgrad.core.primitives import present
from s2sgrad.rules.registry import SAME, adjoint, zero_derivative

T = TypeVar("T")


def stop_gradient(x: T) -> T:
    """`x` itself, taken as a constant by differentiation: no adjoint passes through.

    Args: x: any value, array or structure. Returns: the same object.
    """
    return x


def _same_kind(x: Kind) -> Kind:
    return x


def _present_kind(value: Kind) -> Kind:
    if value == Known(None):
        return NEVER                            # only None has been seen so far
    return value.kind if isinstance(value, Maybe) else value


@adjoint(present, kind=_present_kind, result=SAME)
def presence(y: Any, value: Any, *, y_bar: Any) -> Any:
    return y_bar


zero_derivative(stop_gradient, kind=_same_kind, result=SAME)
