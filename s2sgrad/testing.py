"""Checks of gradients and rules against differences, for this package and for its users.

In go a function, or a rule, and arguments; nothing comes out, or an AssertionError that names the argument. The
reference is never the formula under test: it is the central difference along random directions, extrapolated to step
zero by Richardson's scheme with Ridders' error estimate (C. J. F. Ridders, Advances in Engineering Software 4, 1982).
"""

from __future__ import annotations

import copy
import inspect
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from s2sgrad.api import value_and_grad
from s2sgrad.errors import ArgumentError
from s2sgrad.execute.tree import Path, at, is_float_leaf, leaves, rebuild, spell
from s2sgrad.rules.registry import Rule, all_rules, rule_of
from s2sgrad.runtime.broadcasting import unbroadcast
from s2sgrad.runtime.layout import copy_as_laid_out, zeros_as_laid_out

SINGLE_RTOL = 3e-4                 # float32 gradients are compared with differences taken in float64
Direction = dict[Path, Any]


def check_grads(f: Callable[..., Any], args: Sequence[Any], argnums: int | Sequence[int] | None = None,
                argnames: str | Sequence[str] | None = None, rtol: float = 1e-5, atol: float = 1e-8,
                directions: int = 3, seed: int = 0, grad: Callable[..., Any] | None = None) -> None:
    """Check the gradient of `f` at `args` against extrapolated central differences.

    Args:
        f: a function with a real scalar value. args: its positional arguments (arrays, floats, structures of these).
        argnums, argnames: as for `s2sgrad.grad`; without them, every argument that holds a float.
        rtol, atol: tolerance of a directional derivative, relative to its size and to that of its terms.
        directions: random directions per argument. seed: of the directions.
        grad: a gradient function to check instead of that of s2sgrad, called and returning like `s2sgrad.grad(f, ...)`.

    Raises AssertionError, naming the argument, if the value, the structure, a dtype, a shape or a number is wrong, if
    the call changed an argument, or if the differences do not converge there (a kink or a jump).
    """
    args = tuple(args)
    if argnums is None and argnames is None:
        argnums = tuple(i for i, a in enumerate(args) if any(is_float_leaf(leaf) for _, leaf in leaves(a)))
    derived = value_and_grad(f, argnums, argnames)
    numbers, single, names = derived.differentiated
    before = _copied(args)
    value = f(*_copied(args))
    if grad is None:
        got_value, gradients = derived(*args)
        assert _close(got_value, value, 1e-12), f"the value is {got_value!r}, but the function gives {value!r}"
    else:
        gradients = grad(*args)
    for i, (old, new) in enumerate(zip(before, args, strict=True)):
        assert _same(old, new), f"argument {i} was changed by the call of the gradient"
    rng = np.random.default_rng(seed)
    for i, name, gradient in zip(numbers, names, (gradients,) if single else gradients, strict=True):
        _check_structure(name, before[i], gradient)
        for _ in range(directions):
            direction = _direction(before[i], rng)

            def along(t: float, i: int = i, direction: Direction = direction) -> float:
                moved = _copied(before)
                return float(f(*moved[:i], _moved(moved[i], direction, t), *moved[i + 1:]))
            terms = [at(gradient, path) * u for path, u in direction.items()]
            single_precision = any(getattr(at(before[i], path), "dtype", None) == np.float32 for path in direction)
            _compare(f"argument {name}", terms, along, max(rtol, SINGLE_RTOL) if single_precision else rtol, atol)


def check_rule(rule: Callable[..., Any], *args: Any, **options: Any) -> None:
    """Check a rule stated by `adjoint` or `elementwise` against differences of the callable it belongs to.

    Args: rule: the decorated function (then every callable that it was stated for is checked), or one such callable;
    args: arguments of the callable, float64; options: its keyword arguments, passed to the rule, too.

    The rule runs as an ordinary function with a random adjoint of the result. Raises AssertionError, naming the
    argument, where a contribution is wrong; one that is None is taken as zero. Raises ArgumentError for a callable
    without such a rule.
    """
    found = [r for r in all_rules() if r.implementation is rule and rule is not None]
    own = rule_of(rule)
    found += [own] if own is not None and own.implementation is not None else []
    if not found:
        raise ArgumentError(f"{getattr(rule, '__name__', rule)!r} is no rule and has no rule of its own",
                            "state one with s2sgrad.adjoint or s2sgrad.elementwise")
    for each in found:
        _check_rule(each, args, options)


def _check_rule(rule: Rule, args: tuple[Any, ...], options: dict[str, Any]) -> None:
    rng = np.random.default_rng(0)
    result = rule.function(*copy.deepcopy(args), **options)
    seed = rebuild(result, lambda _, y: rng.standard_normal(np.shape(y)))
    contributions = _contributions(rule, result, args, options, seed)
    weights = leaves(seed)
    for i, (argument, contribution) in enumerate(zip(args, contributions, strict=False)):
        direction = _direction(argument, rng)
        if not direction:
            continue
        name = rule.parameters[i] if i < len(rule.parameters) else str(i)

        def along(t: float, i: int = i, argument: Any = argument, direction: Direction = direction) -> float:
            moved = copy.deepcopy(args)
            y = rule.function(*moved[:i], _moved(moved[i], direction, t), *moved[i + 1:], **options)
            return float(sum(np.sum(weight * at(y, path)) for path, weight in weights))
        terms = [0.0 if contribution is None else at(contribution, path) * u for path, u in direction.items()]
        _compare(f"{getattr(rule.function, '__name__', rule.function)}, argument {name}", terms, along, 1e-6, 1e-8)


def _contributions(rule: Rule, result: Any, args: tuple[Any, ...], options: dict[str, Any], seed: Any
                   ) -> tuple[Any, ...]:
    """What the rule gives for each argument, summed back to the argument's shape where the rule leaves that to us."""
    assert rule.implementation is not None
    if rule.form == "elementwise":
        found = rule.implementation(result, *args, **options)
    else:
        bars = [p.name for p in inspect.signature(rule.implementation).parameters.values()
                if p.kind is p.KEYWORD_ONLY and p.default is p.empty]
        found = rule.implementation(result, *args, **options, **dict.fromkeys(bars, seed))
    found = found if type(found) is tuple else (found,)
    if rule.form == "elementwise":
        found = tuple(None if partial is None else partial * seed for partial in found)
    if rule.broadcasts:
        shape = np.shape(result)
        found = tuple(None if c is None or not is_float_leaf(x) else unbroadcast(np.broadcast_to(c, shape), x)
                      for c, x in zip(found, args, strict=False))
    return found


# ---------------------------------------------------------------- directions and differences
def _copied(args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Copies of the arguments; arrays keep their strides, on which it depends what `reshape` and the like do."""
    arrays = {id(leaf): leaf for _, leaf in leaves(args) if type(leaf) is np.ndarray and 0 not in leaf.strides}
    return copy.deepcopy(args, {key: copy_as_laid_out(array) for key, array in arrays.items()})


def _direction(value: Any, rng: np.random.Generator) -> Direction:
    """A random direction for the float leaves, of the size of their entries."""
    out: Direction = {}
    for path, leaf in leaves(value):
        if is_float_leaf(leaf):
            size = np.abs(np.asarray(leaf, dtype=float))
            typical = math.sqrt(float(np.mean(size**2))) if size.size else 0.0
            scale = size + 0.05 * typical if typical > 0.0 else np.ones(size.shape)
            out[path] = scale * rng.standard_normal(size.shape)
    return out


def _moved(value: Any, direction: Direction, t: float) -> Any:
    """The structure with t times the direction added, in float64; Python floats stay Python floats."""
    def leaf(path: Path, old: Any) -> Any:
        if path not in direction:
            return old
        if isinstance(old, np.ndarray):
            new = zeros_as_laid_out(old) if 0 not in old.strides else np.zeros(old.shape)
            new = new.astype(float) if new.dtype != float else new
            new[...] = old
            new += t * direction[path]
            return new
        number = float(old) + t * float(direction[path])
        return number if type(old) is float else np.float64(number)
    return rebuild(value, leaf)


def _difference(along: Callable[[float], float]) -> tuple[float, float]:
    """The derivative of `along` at 0 and an estimate of its error (infinite at a kink)."""
    step, best, error = 1e-2, math.nan, math.inf
    middle = along(0.0)
    noise = 20.0 * float(np.finfo(float).eps) * abs(middle)
    table: list[list[float]] = []
    for i in range(12):
        row = [(along(step) - along(-step)) / (2.0 * step)]
        factor = 4.0
        for j in range(min(i, 6)):
            row.append((row[j] * factor - table[-1][j]) / (factor - 1.0))
            factor *= 4.0
            change = max(abs(row[j + 1] - row[j]), abs(row[j + 1] - table[-1][j]), noise / step)
            if change <= error:
                best, error = row[j + 1], change
        table.append(row)
        step /= 2.0
        if i >= 3 and error <= 1e-11 * abs(best):
            break
    # slopes to the left and to the right: their gap shrinks with the step where the function is smooth
    wide, narrow = ((along(t) - 2.0 * middle + along(-t)) / t for t in (1e-5, 2e-6))
    kink = abs(narrow) > 0.5 * abs(wide) and abs(narrow) > 1e-4 * abs(best) + noise / 2e-6
    return best, math.inf if kink else error


def _compare(where: str, terms: list[Any], along: Callable[[float], float], rtol: float, atol: float) -> None:
    got = float(sum(np.sum(term) for term in terms))
    size = math.sqrt(float(sum(np.sum(np.square(term)) for term in terms)))
    with np.errstate(all="ignore"):
        want, error = _difference(along)
    allowed = atol + rtol * max(abs(want), size if math.isfinite(size) else 0.0)
    assert error <= allowed, (f"{where}: the differences do not converge ({want:.10g}, uncertain by {error:.2g}); "
                              "is there a kink or a jump near these arguments?")
    assert abs(got - want) <= allowed, (f"{where}: the directional derivative is {got:.10g}, but differences give "
                                        f"{want:.10g} (off by {abs(got - want):.2g}, allowed {allowed:.2g})")


def _check_structure(name: str, value: Any, gradient: Any) -> None:
    for path, leaf in leaves(value):
        where = f"the gradient for {name}{spell(path)}"
        g = at(gradient, path)
        if not is_float_leaf(leaf):
            assert g is None, f"{where} is {g!r}, but that leaf is no float, so it should be None"
            continue
        assert g is not None, f"{where} is None"
        assert np.shape(g) == np.shape(leaf), f"{where} has shape {np.shape(g)}, the argument has {np.shape(leaf)}"
        want = np.asarray(leaf).dtype
        assert np.asarray(g).dtype == want, f"{where} has dtype {np.asarray(g).dtype}, the argument has {want}"


def _close(a: Any, b: Any, rtol: float) -> bool:
    pairs = zip(leaves(a), leaves(b), strict=True)
    return all(np.allclose(x, y, rtol=rtol, atol=0.0, equal_nan=True) for (_, x), (_, y) in pairs if is_float_leaf(x))


def _same(old: Any, new: Any) -> bool:
    """The same structure, and the same bits in every array and number."""
    before, after = leaves(old), leaves(new)
    return [p for p, _ in before] == [p for p, _ in after] and all(
        type(x) is type(y) and (not isinstance(x, (np.ndarray, float, np.generic)) or (
            np.shape(x) == np.shape(y) and np.asarray(x).tobytes() == np.asarray(y).tobytes()))
        for (_, x), (_, y) in zip(before, after, strict=True))
