"""What is known of each callable: its derivative, the kind of its result, what it aliases and writes.

A rule is a plain function that a person can run. Its first parameter is the result, then the arguments of the
callable with the callable's own names and defaults; an `@adjoint` rule takes the adjoint of the result by keyword
and returns one contribution per differentiable argument (None for an argument that has none). An `@elementwise`
rule returns the partial derivatives, and broadcasting is undone by whoever uses it. The source of a rule is inlined
into the emitted code: lines for inactive arguments vanish, an `if` on facts (`np.ndim(x) == 1`, `axis is None`) is
decided while transforming, and where it cannot be, the last branch is taken, which therefore must hold for all.

Complex values: an adjoint `z_bar` of z = u + iv is dL/du - i dL/dv, so that dL = real(sum(z_bar * dz)). The rule of a
holomorphic function then reads as that of a real one, without a conjugate, and what goes to a real argument is made
real by whoever uses the rule (decision 11). A rule that holds for complex arguments and results says `complex_too`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from s2sgrad.core.kinds import Kind

F = TypeVar("F", bound=Callable[..., Any])
KindRule = Callable[..., Kind]

FRESH = "fresh"            # the result shares no memory with an argument
SAME = "same"              # the result is the first argument itself
VIEW = "view"              # the result is a view of the first argument
MAYBE_VIEW = "maybe view"  # depends on the memory layout (reshape, ravel) or the dtype (asarray)


@dataclass(frozen=True)
class Rule:
    """All that is known of one callable.

    form: "elementwise", "adjoint", "zero" (piecewise constant: the derivative is zero), "none" (cannot carry a
    derivative: an active argument is refused), or "kind" (only the kind is known).
    parameters: names of the callable's arguments that the rule understands, in order; another option is refused.
    broadcasts: contributions have the shape of the result and must be summed back to the shape of their argument.
    kind: `kind(*kinds, **kinds)` gives the kind of the result from those of the arguments.
    pure: may be computed twice, or not at all.
    complex_too: what the rule says also holds where an argument, or the result, is complex; elsewhere it is refused.
    choices: for some options, the values for which the rule holds; another one that the source spells is refused.
    """

    function: Any
    form: str
    implementation: Callable[..., Any] | None = None
    parameters: tuple[str, ...] = ()
    broadcasts: bool = False
    kind: KindRule | None = None
    result: str = FRESH
    writes: tuple[str, ...] = ()
    pure: bool = True
    jax: str | None = None
    complex_too: bool = False
    choices: Mapping[str, tuple[Any, ...]] | None = None


_RULES: dict[Any, Rule] = {}
_edition = [0]


def _key(function: Any) -> Any:
    try:
        hash(function)
    except TypeError:
        return id(function)
    return function


def rule_of(function: Any) -> Rule | None:
    """The rule of a callable, or None where nothing is known of it."""
    return _RULES.get(_key(function))


def all_rules() -> tuple[Rule, ...]:
    """Every registered rule."""
    return tuple(_RULES.values())


def _parameters(implementation: Callable[..., Any], skip: int) -> tuple[str, ...]:
    found = inspect.signature(implementation).parameters.values()
    return tuple(p.name for p in found if p.kind is not p.KEYWORD_ONLY)[skip:]


def register(rule: Rule) -> None:
    """Add or replace what is known of `rule.function`."""
    _RULES[_key(rule.function)] = rule
    _edition[0] += 1


def edition() -> int:
    """A number that changes with every registration: a derived program rests on the rules of its edition."""
    return _edition[0]


def adjoint(*functions: Any, broadcasts: bool = False, kind: KindRule | None = None, result: str = FRESH,
            jax: str | None = None, complex_too: bool = False,
            choices: Mapping[str, tuple[Any, ...]] | None = None) -> Callable[[F], F]:
    """State the adjoint of one or several callables.

        @adjoint(np.tanh)
        def tanh(y, x, *, y_bar):
            x_bar = y_bar * (1.0 - y**2)
            return x_bar

    Args: the callables; broadcasts: the returned contributions have the result's shape and are summed back to the
    shapes of the arguments; kind: the kind of the result; result: what the result aliases ("fresh", "same", "view");
    complex_too: it holds for complex values, without conjugating (`z_bar` pairs with dz as real(sum(z_bar * dz)));
    choices: for options that it does not know with every value, the values that it knows, the best advice first.
    """
    def enter(implementation: F) -> F:
        for function in functions:
            register(Rule(function, "adjoint", implementation, _parameters(implementation, 1), broadcasts, kind,
                          result, jax=jax, complex_too=complex_too, choices=choices))
        return implementation
    return enter


def elementwise(*functions: Any, kind: KindRule | None = None, jax: str | None = None,
                complex_too: bool = False) -> Callable[[F], F]:
    """State the partial derivatives of elementwise callables, once for both modes.

        @elementwise(np.multiply, operator.mul)
        def multiply(z, x, y):
            return y, x

    complex_too: the function is holomorphic, and the partial derivatives are its complex ones.
    """
    def enter(implementation: F) -> F:
        for function in functions:
            register(Rule(function, "elementwise", implementation, _parameters(implementation, 1), True, kind, jax=jax,
                          complex_too=complex_too))
        return implementation
    return enter


def zero_derivative(*functions: Any, kind: KindRule | None = None, result: str = FRESH, pure: bool = True,
                    jax: str | None = None, complex_too: bool = True) -> Any:
    """State that callables are piecewise constant (`np.floor`, `np.argmax`, `len`): their derivative is zero.

    With one function and nothing else, usable as a decorator. complex_too: also in complex arguments.
    """
    for function in functions:
        register(Rule(function, "zero", None, (), False, kind, result, pure=pure, jax=jax, complex_too=complex_too))
    return functions[0] if len(functions) == 1 else None


def no_derivative(*functions: Any, kind: KindRule | None = None, result: str = FRESH, pure: bool = False) -> None:
    """State that callables cannot carry a derivative: an active argument is refused, an inactive one is fine."""
    for function in functions:
        register(Rule(function, "none", None, (), False, kind, result, pure=pure))


def result_kind(*functions: Any, kind: KindRule) -> None:
    """State the kind rule of callables that are registered already."""
    for function in functions:
        register(replace(_RULES[_key(function)], kind=kind))
