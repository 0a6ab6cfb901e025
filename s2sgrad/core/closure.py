"""Functions as values inside a program: nested functions and lambdas, before they are inlined where they are called."""

from __future__ import annotations

from dataclasses import dataclass, field

from s2sgrad.core.nodes import Function
from s2sgrad.errors import Origin, UnsupportedError


@dataclass(frozen=True)
class Closure:
    """A nested function; names of the enclosing function stand in its body as they are (bound late, as in Python)."""

    function: Function
    owned: frozenset[str] = field(default_factory=frozenset)     # its own parameters and locals

    def __repr__(self) -> str:
        return f"<closure {self.function.name}>"


def kept_function(at: Origin) -> UnsupportedError:
    """The refusal of a nested function that is no longer known where it is called."""
    return UnsupportedError("A function that is made here (`def` or `lambda` in a function) is kept in a list, a dict "
                            "or a variable, and called as what is found there: which one that is, and with which "
                            "variables, is not followed.",
                            "Call it by its own name, or give a function of the module what it needs as arguments, and "
                            "keep those in the list.", at)
