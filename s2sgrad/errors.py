"""Every error of the package: place (with a caret), cause, remedy.

All derive from `S2SGradError`; those that are about a wrong kind of value are also `TypeError`, those about a wrong
value also `ValueError`, so that callers who know nothing of s2sgrad catch what they expect.
"""

from __future__ import annotations

import linecache
from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    """Where in the user's source a statement comes from, and its text (one line) for captions and messages."""

    file: str
    line: int
    column: int = 0
    end_column: int | None = None
    text: str = ""
    function: str = ""


NOWHERE = Origin("", 0)


class S2SGradError(Exception):
    """Base class. `origin` is the place in the user's source, `cause` one sentence, `remedy` what to write instead."""

    def __init__(self, cause: str, remedy: str = "", origin: Origin = NOWHERE) -> None:
        self.cause, self.remedy, self.origin = cause, remedy, origin
        super().__init__(render(cause, remedy, origin))

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.cause, self.remedy, self.origin)


class SourceError(S2SGradError, TypeError):
    """The source of a function cannot be found or read."""


class UnsupportedError(S2SGradError):
    """A construct that is not supported (yet)."""


class NotDifferentiableError(S2SGradError, TypeError):
    """A value that cannot carry a derivative stands where one is needed."""


class UnknownFunctionError(S2SGradError, TypeError):
    """A function that nothing is known of is called with a value that is differentiated."""


class AliasError(S2SGradError):
    """A write to memory that may be shared in a way that cannot be followed."""


class FactsError(S2SGradError, TypeError):
    """The declared facts do not suffice for a general program."""


class ArgumentError(S2SGradError, TypeError, ValueError):
    """The arguments of a gradient function, or of `grad`, do not fit."""


class SharedWriteError(AliasError):
    """A write that a second name would have to see, on a back end on which every array is a value."""


class LengthError(UnsupportedError):
    """The length of an array would have to be known. length: its symbol in the kinds, where it has one."""

    length: str | None = None


class WholeObjectError(UnsupportedError):
    """An object is used as a whole where its fields would have to be followed."""


class SharedObjectError(AliasError):
    """A field is bound anew of an object that several names may hold."""


class NonScalarError(S2SGradError, TypeError, ValueError):
    """The function's value is not a real scalar, so it has no gradient."""


class MissingPackageError(S2SGradError, ImportError):
    """A package that is needed only here is not installed."""


class InternalError(S2SGradError):
    """A fault of s2sgrad itself: the derivation stopped, and what stopped it is the exception's cause."""


def render(cause: str, remedy: str = "", origin: Origin = NOWHERE) -> str:
    """The message: place, the line with a caret, cause, remedy."""
    lines = []
    if origin.file:
        where = f" in {origin.function}" if origin.function else ""
        lines.append(f"{origin.file}:{origin.line}{where}")
        source = linecache.getline(origin.file, origin.line).rstrip("\n")
        if source.strip():
            column = len(source[: origin.column].expandtabs(4))
            end = origin.end_column if origin.end_column is not None else origin.column + 1
            width = max(1, min(end, len(source)) - origin.column)
            lines += ["    " + source.expandtabs(4), "    " + " " * column + "^" * width]
    lines.append(cause)
    if remedy:
        lines.append(f"Remedy: {remedy}")
    return "\n".join(lines)
