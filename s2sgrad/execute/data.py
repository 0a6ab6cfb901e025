"""What a derivative must look at before each call: live data, and whether the names still mean what they meant.

Global and closure *data* are copied into the namespace of the emitted code at each call, so that `scale = 2` works as
in the user's function. *Functions* and classes were read when the derivative was made: where a name now resolves to
another one, the derivative is out of date.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from s2sgrad.core.nodes import Datum

MISSING = object()      # the expected value of a name that is not there: a builtin that no global hides


class LiveData:
    """The names that emitted code reads from the user's modules and closures."""

    def __init__(self, data: Iterable[Datum]) -> None:
        self._mappings: list[tuple[str, Mapping[str, Any], str]] = []
        self._cells: list[tuple[str, types.CellType]] = []
        for datum in data:
            match datum.holder:
                case types.CellType():
                    self._cells.append((datum.name, datum.holder))
                case _:
                    self._mappings.append((datum.name, datum.holder, datum.key))

    def refresh(self, namespace: dict[str, Any]) -> None:
        """Bind each name to the value that it has now.

        Raises: NameError, as Python does where the user's function reads the name, when it is not bound (any more).
        """
        for name, holder, key in self._mappings:
            try:
                namespace[name] = holder[key]
            except KeyError:
                raise NameError(f"name {key!r} is not defined", name=key) from None
        for name, cell in self._cells:
            try:
                namespace[name] = cell.cell_contents
            except ValueError:
                raise NameError(f"cannot access free variable {name!r} where it is not associated with a value in "
                                "enclosing scope", name=name) from None


@dataclass(frozen=True, slots=True, eq=False)
class Dependency:
    """`holder[key]` (or the contents of a closure cell) resolved to `expected`, which ran `code` (None: no function).

    holder: the `__dict__` of a module or class, or a cell. A chain of attributes `package.module.f` is one dependency
    for each link.
    """

    holder: Any
    key: str
    expected: Any
    code: types.CodeType | None

    def changed(self) -> bool:
        """Does the name mean something else now?"""
        match self.holder:
            case types.CellType():
                try:
                    value = self.holder.cell_contents
                except ValueError:
                    value = MISSING
            case _:
                value = self.holder.get(self.key, MISSING)
        return value is not self.expected or self.code is not None and value.__code__ is not self.code


class Dependencies:
    """All dependencies of one derivative, laid out so that looking at them costs next to nothing."""

    def __init__(self, dependencies: Iterable[Dependency]) -> None:
        every = tuple(dependencies)
        self._cells = tuple(d for d in every if isinstance(d.holder, types.CellType))
        named = [d for d in every if not isinstance(d.holder, types.CellType)]
        self._plain = tuple((d.holder, d.key, d.expected) for d in named if d.code is None)
        self._coded = tuple((d.holder, d.key, d.expected, d.code) for d in named if d.code is not None)

    def changed(self) -> bool:
        """Does any name mean something else now?"""
        for holder, key, expected in self._plain:
            if holder.get(key, MISSING) is not expected:
                return True
        for holder, key, expected, code in self._coded:
            if holder.get(key, MISSING) is not expected or expected.__code__ is not code:
                return True
        return any(d.changed() for d in self._cells) if self._cells else False
