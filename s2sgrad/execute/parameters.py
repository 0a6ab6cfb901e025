"""The parameters of a function: which of them are differentiated, and the values that a call gives them.

In goes a plain Python function; out comes a table, made once, by which calls are resolved without `inspect`. Defaults
are read from the function at each call, so that a changed default counts. Messages about missing or unexpected
arguments are those of Python itself.
"""

from __future__ import annotations

import inspect
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Any, NoReturn

import numpy as np

from s2sgrad.errors import ArgumentError


@dataclass(frozen=True)
class Parameters:
    """The table. names are in the order of the signature: positional, *args, keyword-only, **kwargs.

    positional_only counts the parameters before `/`; bound the leading ones that a method has filled already.
    """

    function: FunctionType
    code: CodeType
    names: tuple[str, ...]
    positional: int
    positional_only: int
    args: bool
    keyword_only: tuple[str, ...]
    kwargs: bool
    bound: int

    @property
    def only_positional(self) -> bool:
        """Is a call with one positional argument per parameter complete as it stands?"""
        return not (self.args or self.keyword_only or self.kwargs or self.bound)

    # ------------------------------------------------------------ calls
    def arrange(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Any, ...]:
        """One value per parameter, defaults filled in; for *args a tuple, for **kwargs a dict.

        Raises ArgumentError (a TypeError) for calls that Python would refuse.
        """
        given, used = len(args), 0
        if given > self.positional and not self.args:
            self._too_many(given)
        values = list(args[:self.positional])
        defaults = self.function.__defaults__ or ()
        first_default = self.positional - len(defaults)
        missing = []
        for i in range(given, self.positional):
            name = self.names[i]
            if name in kwargs and i >= self.positional_only:
                values.append(kwargs[name])
                used += 1
            elif i >= first_default:
                values.append(defaults[i - first_default])
            else:
                missing.append(name)
        keyword_only, missing_keywords = [], []
        keyword_defaults = self.function.__kwdefaults__ or {}
        for name in self.keyword_only:
            if name in kwargs:
                keyword_only.append(kwargs[name])
                used += 1
            elif name in keyword_defaults:
                keyword_only.append(keyword_defaults[name])
            else:
                missing_keywords.append(name)
        rest = self._rest(given, kwargs) if used < len(kwargs) else {}
        if missing or missing_keywords:
            self._missing(missing or missing_keywords, "positional" if missing else "keyword-only")
        if self.args:
            values.append(tuple(args[self.positional:]))
        values += keyword_only
        if self.kwargs:
            values.append(rest)
        return tuple(values)

    def spread(self, values: Sequence[Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The inverse of `arrange`: positional and keyword arguments of a call."""
        positional, after = tuple(values[:self.positional]), self.positional + self.args
        keywords = dict(zip(self.keyword_only, values[after:], strict=False))
        if self.kwargs:
            keywords.update(values[-1])
        return positional + (values[self.positional] if self.args else ()), keywords

    def _rest(self, given: int, kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """The keyword arguments that no parameter takes: those of **kwargs."""
        by_keyword = {*self.names[self.positional_only:self.positional], *self.keyword_only}
        for name in kwargs:
            if name in self.names[self.positional_only:min(given, self.positional)]:
                self._refuse(f"got multiple values for argument {name!r}")
            if name not in by_keyword and not self.kwargs:
                if name in self.names[:self.positional_only]:
                    self._refuse(f"got some positional-only arguments passed as keyword arguments: {name!r}")
                self._refuse(f"got an unexpected keyword argument {name!r}")
        return {name: value for name, value in kwargs.items() if name not in by_keyword}

    def _too_many(self, given: int) -> NoReturn:
        least = self.positional - len(self.function.__defaults__ or ())
        takes = f"from {least} to {self.positional}" if least < self.positional else str(self.positional)
        self._refuse(f"takes {takes} positional argument{'s' * (self.positional != 1)} but {given} "
                     f"{'was' if given == 1 else 'were'} given")

    def _missing(self, names: list[str], form: str) -> NoReturn:
        quoted = [repr(name) for name in names]
        comma = "," if len(quoted) > 2 else ""
        text = ", ".join(quoted[:-1]) + f"{comma} and {quoted[-1]}" if len(quoted) > 1 else quoted[0]
        self._refuse(f"missing {len(names)} required {form} argument{'s' * (len(names) != 1)}: {text}")

    def _refuse(self, text: str) -> NoReturn:
        raise ArgumentError(f"{self.function.__qualname__}() {text}")

    # ------------------------------------------------------------ what is differentiated
    def by_number(self, argnums: int | Sequence[int]) -> tuple[int, ...]:
        """Indices of the parameters at these positions; a negative one counts from the last positional parameter.

        Raises ArgumentError for a position that is out of range, named twice, or not an int.
        """
        count = self.positional - self.bound
        found = []
        for n in positions(argnums):
            if not -count <= n < count:
                more = f" (*{self.names[self.positional]} cannot be differentiated)" if self.args else ""
                raise ArgumentError(f"argnums={n} is out of range: {self.function.__qualname__}() has {count} "
                                    f"positional parameter{'s' * (count != 1)}{more}",
                                    f"choose from {list(range(count))}, or name parameters with argnames=")
            found.append(n % count + self.bound)
        return self._distinct(found, "argnums", argnums)

    def by_name(self, argnames: str | Sequence[str]) -> tuple[int, ...]:
        """Indices of the parameters of these names. Raises ArgumentError for an unknown or a repeated name."""
        names = [argnames] if isinstance(argnames, str) else list(argnames)
        choice = [name for i, name in enumerate(self.names)
                  if self.bound <= i < self.positional or name in self.keyword_only]
        for name in names:
            if name not in choice:
                raise ArgumentError(f"{self.function.__qualname__}() has no parameter {name!r} to differentiate",
                                    f"choose from {', '.join(choice)}" if choice else "")
        return self._distinct([self.names.index(name) for name in names], "argnames", argnames)

    @staticmethod
    def _distinct(found: list[int], what: str, given: Any) -> tuple[int, ...]:
        if not found:
            raise ArgumentError(f"{what}={given!r} names nothing to differentiate")
        if len(set(found)) < len(found):
            raise ArgumentError(f"{what}={given!r} names a parameter twice", "name each parameter once")
        return tuple(found)


def is_position(value: Any) -> bool:
    """Is it one integer, of Python or of NumPy? A bool is none."""
    return hasattr(type(value), "__index__") and not isinstance(value, (bool, np.bool_)) and not (
        isinstance(value, np.ndarray) and value.ndim > 0)


def positions(argnums: Any) -> list[int]:
    """The integers that argnums holds. Raises ArgumentError where it holds anything else."""
    try:
        found = [argnums] if is_position(argnums) else list(argnums)
        if all(map(is_position, found)):
            return list(map(operator.index, found))
    except TypeError:                       # nothing to run through, or an array that is no integer
        pass
    raise ArgumentError(f"argnums must be an int or a tuple of ints, not {argnums!r}",
                        "name the parameters with argnames=")


def parameters_of(function: FunctionType, bound: int = 0) -> Parameters:
    """The table of a function; bound: how many leading parameters a method call fills by itself."""
    code = function.__code__
    args, kwargs = bool(code.co_flags & inspect.CO_VARARGS), bool(code.co_flags & inspect.CO_VARKEYWORDS)
    positional, total = code.co_argcount, code.co_argcount + code.co_kwonlyargcount
    # co_varnames holds positional and keyword-only names first, then those of *args and **kwargs
    named, stars = code.co_varnames[:total], code.co_varnames[total:total + args + kwargs]
    names = named[:positional] + stars[:args] + named[positional:] + stars[args:]
    return Parameters(function, code, names, positional, code.co_posonlyargcount, args, named[positional:], kwargs,
                      bound)
