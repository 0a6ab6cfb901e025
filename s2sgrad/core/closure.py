"""Functions as values inside a program: nested functions and lambdas, before they are inlined where they are called."""

from __future__ import annotations

from dataclasses import dataclass, field

from s2sgrad.core.nodes import Function


@dataclass(frozen=True)
class Closure:
    """A nested function; names of the enclosing function stand in its body as they are (bound late, as in Python)."""

    function: Function
    owned: frozenset[str] = field(default_factory=frozenset)     # its own parameters and locals

    def __repr__(self) -> str:
        return f"<closure {self.function.name}>"
