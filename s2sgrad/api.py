"""What users import to differentiate: `grad` and `value_and_grad`.

In goes a plain Python function; out comes a `GradFunction`, which is called like the function itself. Each set of call
facts gets its own program, made at the first such call and kept in a small cache; a call then costs the look-up, the
check that no function involved was redefined, and the emitted function.
"""

from __future__ import annotations

import functools
import sys
import threading
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from pathlib import Path
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any, overload

from s2sgrad.errors import AliasError, ArgumentError, LengthError, UnsupportedError
from s2sgrad.execute.arguments import check_arguments
from s2sgrad.execute.deep import with_room
from s2sgrad.execute.jax_backend import stand_ins
from s2sgrad.execute.parameters import is_position, parameters_of
from s2sgrad.execute.signature import NOTHING, Asked, kinds_of, names_length, shared_memory, signature_key

if TYPE_CHECKING:
    from s2sgrad.core.kinds import Kind
    from s2sgrad.pipeline import Derived

CACHE_SIZE = 64
BACKENDS = ("numpy", "jax")


class Program:
    """One derived program with what a call of it needs."""

    __slots__ = ("call", "changed", "derived", "refresh", "used", "writes")

    def __init__(self, derived: Derived, call: Callable[..., Any]) -> None:
        self.derived = derived
        self.call = call                          # takes one value per parameter
        self.changed = derived.changed
        self.refresh: Callable[[], None] | None = derived.refresh
        self.writes = derived.writes_arguments or derived.binds_fields
        self.used = False                         # since the last search for one to drop


class GradFunction:
    """The gradient of a function, as a function of the same arguments.

    Made by `grad` and `value_and_grad`. It can be pickled where its primal can, called from several threads, and
    stored as a class attribute, where it binds like a function.
    """

    def __init__(self, primal: Callable[..., Any], argnums: int | Sequence[int] | None,
                 argnames: str | Sequence[str] | None, value: bool, has_aux: bool, backend: str) -> None:
        functools.update_wrapper(self, primal)
        if argnums is not None and argnames is not None:
            raise ArgumentError("argnums and argnames were both given", "give one of them")
        if backend not in BACKENDS:
            raise ArgumentError(f"there is no back end {backend!r}", f"choose from {', '.join(BACKENDS)}")
        self._primal = primal
        self._function, self._bound = _function_of(primal)
        self._options = (argnums, argnames, value, has_aux, backend)
        self._lock = threading.RLock()
        self._inspect()

    def _inspect(self) -> None:
        """Read the signature (again, after the function's code was replaced) and start with an empty cache."""
        argnums, argnames, *_ = self._options
        parameters = parameters_of(self._function, len(self._bound))
        if argnames is not None:
            self._argnums, self._single = parameters.by_name(argnames), isinstance(argnames, str)
        else:
            argnums = 0 if argnums is None else argnums
            self._argnums, self._single = parameters.by_number(argnums), is_position(argnums)
        self._parameters = parameters
        self._count = parameters.positional if parameters.only_positional else -1
        self._programs: dict[Hashable, Program] = {}
        self._asked = NOTHING
        self._declared: Derived | None = None

    # ------------------------------------------------------------ calls
    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        values = args if len(args) == self._count and not kwargs else self._arrange(args, kwargs)
        program = self._programs.get(tuple(map(type, values)))      # the key itself, for numbers
        if program is None or self._function.__code__ is not self._parameters.code or program.changed():
            values = self._arrange(args, kwargs)
            program = self._program(values)
        program.used = True
        if program.writes:
            self._refuse_overlap(values, program.derived.writes_arguments)
        if program.refresh is not None:
            program.refresh()
        return program.call(*values)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else MethodType(self, instance)

    def _arrange(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        if self._function.__code__ is not self._parameters.code:
            with self._lock:
                self._inspect()
        if len(args) == self._count and not kwargs:
            return args
        return self._parameters.arrange(self._bound + args, kwargs)

    def _program(self, values: tuple[Any, ...]) -> Program:
        """The program for these arguments, from the cache or new."""
        described = values if self._options[-1] == "numpy" else stand_ins(values, self._parameters.names)
        key = signature_key(described, self._asked)
        program = self._programs.get(key)
        if program is not None and not program.changed():
            return program
        with self._lock:
            program = self._programs.get(key)
            if program is None or program.changed():
                check_arguments(self._parameters.names, described, self._argnums)
                program = with_room(self._function, lambda: self._made(described))
                key = signature_key(described, self._asked)
                self._programs.pop(key, None)
                self._programs[key] = program
                self._make_room()
        return program

    def _made(self, values: tuple[Any, ...]) -> Program:
        """A program for these arguments. Where it needs to know lengths, or has less broadcasting to undo if it knows
        which are multiples of others, or as long as what it makes itself, keys say so from here on."""
        kinds = kinds_of(values, self._argnums, Asked(exact=self._asked.exact))
        try:
            program = self._load(self._derive(kinds))
        except LengthError as refusal:
            holders = frozenset(k for k, kind in enumerate(kinds) if names_length(kind, refusal.length or ""))
            if holders <= self._asked.exact:
                raise
            self._asked = replace(self._asked, exact=self._asked.exact | holders)
            return self._made(values)
        if "unbroadcast(" not in program.derived.text:
            return program
        from s2sgrad.analyse.lengths import constants, divisor
        body = program.derived.stages["split"].body
        self._asked = replace(self._asked, divisor=self._asked.divisor or divisor(body),
                              short=self._asked.short or constants(body))
        more = kinds_of(values, self._argnums, self._asked)
        other = self._load(self._derive(more)) if more != kinds else program
        return min(program, other, key=lambda p: p.derived.text.count("unbroadcast("))

    def _make_room(self) -> None:
        """Drop the oldest programs that were not used since this last came by."""
        while len(self._programs) > CACHE_SIZE:
            key = next(iter(self._programs))
            program = self._programs.pop(key)
            if program.used:
                program.used = False
                self._programs[key] = program

    def _load(self, derived: Derived) -> Program:
        return Program(derived, self._by_value(derived.call))

    def _by_value(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """A function of the parameters as one that takes a value for each of them."""
        if len(self._parameters.names) == self._parameters.positional:
            return call
        spread = self._parameters.spread

        def call_spread(*values: Any) -> Any:
            args, kwargs = spread(values)
            return call(*args, **kwargs)
        return call_spread

    def _derive(self, kinds: tuple[Kind, ...] | None) -> Derived:
        # reading and printing are not needed to import, unpickle or call what is cached, so they load here
        from s2sgrad.pipeline import Request, derive
        _, _, value, has_aux, backend = self._options
        request = Request(argnums=self._argnums, value=value, has_aux=has_aux, single=self._single, kinds=kinds,
                          backend=backend)
        return derive(self._function, request)

    def _refuse_overlap(self, values: tuple[Any, ...], arrays: bool) -> None:
        for i, j in shared_memory(values, arrays):
            first, second = self._parameters.names[i], self._parameters.names[j]
            which = f"the arguments {first} and {second} share" if i != j else f"arrays in the argument {first} share"
            raise AliasError(f"{which} memory, and {self._function.__qualname__}() writes to its arguments",
                             f"pass a copy, for example {second}.copy()" if i != j else "pass copies of the arrays")

    # ------------------------------------------------------------ what was made
    @property
    def primal(self) -> Callable[..., Any]:
        """The function as the user wrote it, the same object."""
        return self._primal

    @property
    def jax_function(self) -> Callable[..., Any]:
        """The same as a pure function of JAX arrays, for `jax.jit`, `jax.vmap`, `jax.jvp` and the like.

        It is not compiled by itself. Arguments that shapes and loop bounds depend on have to be known when JAX traces
        it (`static_argnums`, `functools.partial`). Data that the function reads from its module are constants of the
        trace.

        Raises ArgumentError without backend="jax"; where it is called, what a call of the gradient raises.
        """
        if self._options[-1] != "jax":
            raise ArgumentError("there is a JAX function only for backend='jax'",
                                "say so when you make the gradient: grad(f, backend='jax')")

        def pure(*args: Any, **kwargs: Any) -> Any:
            values = self._arrange(args, kwargs)
            program = self._program(values)
            if program.writes:
                self._refuse_overlap(values, program.derived.writes_arguments)
            return self._by_value(program.derived.call.pure)(*values)      # type: ignore[attr-defined]
        maker = "value_and_grad" if self._options[2] else "grad"
        pure.__name__ = pure.__qualname__ = f"{self._function.__name__}_{maker}"
        return pure

    @property
    def source(self) -> str:
        """The program under declared facts. Raises FactsError where they do not suffice for a general program."""
        return self._general().text

    @property
    def backend(self) -> str:
        """"numpy" or "jax"."""
        return self._options[-1]

    @property
    def differentiated(self) -> tuple[tuple[int, ...], bool, tuple[str, ...]]:
        """The positions of the differentiated parameters, whether the gradient is bare, and their names."""
        names = tuple(self._parameters.names[i] for i in self._argnums)
        return tuple(i - len(self._bound) for i in self._argnums), self._single, names

    def source_for(self, /, *args: Any, **kwargs: Any) -> str:
        """The program that runs for these arguments."""
        return self._program(self._arrange(args, kwargs)).derived.text

    def explain(self, /, *args: Any, **kwargs: Any) -> str:
        """The program that runs for these arguments after every stage of its derivation, and the reason for every
        record, guard and helper call; without arguments, the program under declared facts."""
        from s2sgrad.explain import explained
        general = not args and not kwargs
        derived = self._general() if general else self._program(self._arrange(args, kwargs)).derived
        return with_room(self._function, lambda: explained(derived))

    def text_for_save(self) -> str:
        """The program under declared facts with the helpers it uses: it needs only NumPy."""
        return with_room(self._function, self._general().standalone)

    def save(self, path: str | Path) -> None:
        """Write `text_for_save()` to a file."""
        Path(path).write_text(self.text_for_save(), encoding="utf-8")

    def _general(self) -> Derived:
        with self._lock:
            if self._function.__code__ is not self._parameters.code:
                self._inspect()
            if self._declared is None or self._declared.changed():
                self._declared = with_room(self._function, lambda: self._derive(None))
            return self._declared

    # ------------------------------------------------------------ as an object
    def __repr__(self) -> str:
        names = ", ".join(self.differentiated[2])
        return f"<gradient of {self._function.__module__}.{self._function.__qualname__} with respect to {names}>"

    def __reduce__(self) -> str | tuple[Any, ...]:
        found: Any = sys.modules.get(self._function.__module__)
        qualname: str = self._function.__qualname__
        for part in qualname.split("."):
            found = getattr(found, part, None)
        if found is self:                         # used as a decorator: the name leads here, not to the primal
            return qualname
        return GradFunction, (self._primal, *self._options)


def _function_of(primal: Callable[..., Any]) -> tuple[FunctionType, tuple[Any, ...]]:
    """The plain function, and the receiver if it is a bound method."""
    match primal:
        case FunctionType():
            return primal, ()
        case MethodType(__func__=FunctionType() as function):
            return function, (primal.__self__,)
        case GradFunction():
            raise UnsupportedError(f"{primal!r} is a gradient already: derivatives of derivatives are not supported",
                                   "differentiate a plain function")
    raise ArgumentError(f"a {type(primal).__name__} is not a plain Python function: there is no source to read",
                        "write `def f(x): return ...` around it and differentiate f (and put `@staticmethod` or "
                        "`@classmethod` above `@grad`)")


@overload
def grad(f: Callable[..., Any], argnums: int | Sequence[int] | None = None,
         argnames: str | Sequence[str] | None = None, has_aux: bool = False, backend: str = "numpy"
         ) -> GradFunction: ...


@overload
def grad(f: None = None, argnums: int | Sequence[int] | None = None, argnames: str | Sequence[str] | None = None,
         has_aux: bool = False, backend: str = "numpy") -> Callable[[Callable[..., Any]], GradFunction]: ...


def grad(f: Callable[..., Any] | None = None, argnums: int | Sequence[int] | None = None,
         argnames: str | Sequence[str] | None = None, has_aux: bool = False, backend: str = "numpy"
         ) -> GradFunction | Callable[[Callable[..., Any]], GradFunction]:
    """The gradient of a function with a real scalar value; also `@grad` and `@grad(argnums=1)`.

    Args:
        f: a plain Python function or a bound method.
        argnums: position(s) of the parameters to differentiate, the first one by default; negative counts from the end.
            An int gives a bare gradient, a tuple a tuple.
        argnames: the same by name: a string gives a bare gradient, a tuple of names a tuple in that order.
        has_aux: f returns (value, aux); the result is (gradient, aux).
        backend: "numpy", or "jax": the same derivative as pure functions of jax.numpy, compiled by `jax.jit`. It takes
            and gives NumPy arrays, and JAX arrays where an argument is one. Python ints, bools and strings among
            the arguments are constants of the compiled program.

    The gradient has the structure, shapes and dtypes of its argument; leaves that are not floats give None.

    Raises ArgumentError for positions, names or arguments that do not fit; at the first call with new facts, an
    S2SGradError where the function cannot be differentiated.
    """
    if f is None:
        return functools.partial(grad, argnums=argnums, argnames=argnames, has_aux=has_aux, backend=backend)
    return GradFunction(f, argnums, argnames, False, has_aux, backend)


@overload
def value_and_grad(f: Callable[..., Any], argnums: int | Sequence[int] | None = None,
                   argnames: str | Sequence[str] | None = None, has_aux: bool = False, backend: str = "numpy"
                   ) -> GradFunction: ...


@overload
def value_and_grad(f: None = None, argnums: int | Sequence[int] | None = None,
                   argnames: str | Sequence[str] | None = None, has_aux: bool = False, backend: str = "numpy"
                   ) -> Callable[[Callable[..., Any]], GradFunction]: ...


def value_and_grad(f: Callable[..., Any] | None = None, argnums: int | Sequence[int] | None = None,
                   argnames: str | Sequence[str] | None = None, has_aux: bool = False, backend: str = "numpy"
                   ) -> GradFunction | Callable[[Callable[..., Any]], GradFunction]:
    """As `grad`, but the result is (value, gradient), and ((value, aux), gradient) with has_aux."""
    if f is None:
        return functools.partial(value_and_grad, argnums=argnums, argnames=argnames, has_aux=has_aux, backend=backend)
    return GradFunction(f, argnums, argnames, True, has_aux, backend)
