"""Checks of one derivative rule against the callable that it speaks of, never against its own formula.

A `Case` names a callable and arguments. `check_case` runs the rule's function as a person would and compares

- the contributions with central differences of the callable in float64, in several directions,
- the contributions with `jax.vjp` of the case's JAX equivalent,
- shape and dtype of each contribution with those of its argument,
- the predicted kind with the actual result, under three degrees of knowledge of the arguments,
- the declared aliasing with the actual one; and that nothing that was passed in is written.

Complex adjoints pair without conjugation, as in JAX: `real(sum(y_bar * dy))`.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from predicted import check_kind as check_kind, kind_of_value as kind_of_value
from values import NUMBERS, cast, is_float, laid_out, leaves, random_like, seed_of, tree_map, zeroed

from s2sgrad.rules.registry import FRESH, MAYBE_VIEW, SAME, VIEW, Rule, rule_of
from s2sgrad.runtime import unbroadcast

VARIANTS = ("contiguous", "fortran", "negative", "strided")


class Case:
    """A callable, its arguments (floats in float64), its options, and which arguments are differentiated.

    argnums: positions of the differentiated arguments; by default all whose leaves are floats or float arrays.
    jax: the equivalent, called with the same arguments and options. name: for the test's id.
    kinds_only: the derivative is not checked (zero and kind-only rules).
    """

    def __init__(self, function: Callable[..., Any], *args: Any, options: dict[str, Any] | None = None,
                 argnums: Sequence[int] | None = None, jax: Callable[..., Any] | None = None,
                 name: str | None = None, kinds_only: bool = False) -> None:
        self.function, self.args, self.options, self.jax = function, args, dict(options or {}), jax
        self.argnums = tuple(argnums) if argnums is not None else tuple(
            i for i, a in enumerate(args) if any(is_float(leaf) for leaf in leaves(a)))
        self.kinds_only = kinds_only
        shapes = ",".join(_shape_text(a) for a in args)
        settings = "".join(f";{k}={v}" for k, v in self.options.items())
        self.name = name or f"{getattr(function, '__name__', function)}({shapes}{settings})"

    def __repr__(self) -> str:
        return self.name


def every(cases: Sequence[Case], layouts: bool = True) -> Any:
    """`@every(CASES)`: parametrises a test `(case, dtype, variant)`: all layouts in float64, and float32."""
    params = []
    for case in cases:
        arrays = any(isinstance(leaf, np.ndarray) and leaf.size > 1 for a in case.args for leaf in leaves(a))
        for variant in VARIANTS if layouts and arrays else VARIANTS[:1]:
            params.append(pytest.param(case, "float64", variant, id=f"{case.name}-float64-{variant}"))
        params.append(pytest.param(case, "float32", "contiguous", id=f"{case.name}-float32"))
    return pytest.mark.parametrize("case, dtype, variant", params)


def check_case(case: Case, dtype: str = "float64", variant: str = "contiguous") -> None:
    """All checks of one case; raises AssertionError with what differs."""
    rule = rule_of(case.function)
    assert rule is not None, f"no rule for {case.function}"
    args = tuple(tree_map(lambda leaf: laid_out(cast(leaf, dtype), variant), a) for a in case.args)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        result = case.function(*args, **case.options)
        check_kind(rule, args, case.options, result)
        check_aliasing(rule, args, result)
        if case.kinds_only:
            return
        assert rule.implementation is not None, f"{case.function} has form {rule.form!r}, which has no derivative"
        check_form(rule)
        rng = np.random.default_rng(7)
        seed = tree_map(lambda leaf: random_like(leaf, rng), result)
        before = [np.array(leaf, copy=True) for leaf in leaves((args, result, seed))]
        bars = contributions(rule, args, case.options, result, seed)
        for old, new in zip(before, leaves((args, result, seed)), strict=True):
            assert np.array_equal(old, new, equal_nan=old.dtype.kind in "fc"), "the rule writes what it is given"
        for i in case.argnums:
            check_like(bars[i], args[i], result, f"{case.name}, argument {i}")
        check_differences(case, args, seed, bars, dtype, rng)
        if case.jax is not None:
            check_jax(case, args, seed, bars, dtype)


# ------------------------------------------------------------------------------------------- running the rule
def contributions(rule: Rule, args: tuple[Any, ...], options: dict[str, Any], result: Any, seed: Any) -> list[Any]:
    """The contribution to each positional argument (None where there is none), summed back to its shape."""
    implementation = rule.implementation
    assert implementation is not None
    parameters = inspect.signature(implementation).parameters.values()
    if rule.form == "elementwise":
        found = implementation(result, *args, **options)
    else:
        bar = next(p.name for p in parameters if p.kind is p.KEYWORD_ONLY and p.default is p.empty)
        found = implementation(result, *args, **options, **{bar: seed})
    leading = [p for p in parameters if p.kind is not p.KEYWORD_ONLY][1:]
    if not isinstance(found, tuple) or leading[0].kind is leading[0].VAR_POSITIONAL:
        found = (found,)
    out: list[Any] = []
    for i, contribution in enumerate(found):
        if leading[i].kind is leading[i].VAR_POSITIONAL:
            contribution = [None] * (len(args) - i) if contribution is None else contribution
            assert len(contribution) == len(args) - i, "one contribution per variadic argument"
            out.extend(contribution)
        else:
            out.append(contribution)
    out = out[: len(args)] + [None] * (len(args) - len(out))
    if rule.form == "elementwise":
        out = [None if b is None else b * seed for b in out]
    if rule.broadcasts:
        out = [None if b is None else tree_map(lambda g, leaf: unbroadcast(g, leaf), b, like=a)
               for a, b in zip(args, out, strict=True)]
    return [real_part(bar, a) for bar, a in zip(out, args, strict=True)]


def real_part(bar: Any, arg: Any) -> Any:
    """What goes to a real argument is the real part of the contribution: whoever uses a rule takes it."""
    def of_leaf(leaf: Any, of: Any) -> Any:
        return np.real(leaf) if np.iscomplexobj(leaf) and not np.iscomplexobj(of) else leaf

    if bar is None or isinstance(arg, (list, tuple)) and not isinstance(bar, (list, tuple)):
        return bar
    return tree_map(of_leaf, bar, like=arg)


def check_form(rule: Rule) -> None:
    """A rule is made of assignments to names, `if`s and returns, since the transformer inlines its source."""
    assert rule.implementation is not None
    tree = ast.parse(textwrap.dedent(inspect.getsource(rule.implementation))).body[0]
    assert isinstance(tree, ast.FunctionDef)
    statements = ast.walk(ast.Module(tree.body, []))
    banned = (ast.For, ast.While, ast.Lambda, ast.JoinedStr, ast.Try, ast.With, ast.FunctionDef, ast.AugAssign,
              ast.ListComp, ast.GeneratorExp, ast.DictComp, ast.SetComp, ast.Raise, ast.Assert)
    for node in statements:
        assert not isinstance(node, banned), f"{rule.implementation.__name__}: {type(node).__name__} in a rule"
        if isinstance(node, ast.Assign):
            assert all(isinstance(t, ast.Name) for t in node.targets), "a rule assigns to single names only"


# ------------------------------------------------------------------------------------------- the comparisons
def check_like(bar: Any, arg: Any, result: Any, where: str) -> None:
    """Each leaf of a contribution has the shape of the argument's, and its dtype or that of the result."""
    assert bar is not None, f"{where}: no contribution"
    bars, args = list(leaves(bar)), list(leaves(arg))
    assert len(bars) == len(args), f"{where}: structure differs"
    dtypes = {dtype for leaf in leaves(result) if is_float(leaf)
              for dtype in (np.asarray(leaf).dtype, np.real(np.asarray(leaf)).dtype)}
    for b, a in zip(bars, args, strict=True):
        if not is_float(a):
            continue
        assert np.shape(b) == np.shape(a), f"{where}: contribution has shape {np.shape(b)}, argument {np.shape(a)}"
        if isinstance(a, (np.ndarray, np.generic)):
            assert type(b) in NUMBERS or np.asarray(b).dtype in (a.dtype, *dtypes), \
                f"{where}: contribution is {np.asarray(b).dtype}, argument {a.dtype}"


def check_differences(case: Case, args: tuple[Any, ...], seed: Any, bars: list[Any], dtype: str,
                      rng: np.random.Generator) -> None:
    """Directional central differences, each argument alone and all together."""
    exact = tuple(tree_map(lambda leaf: cast(leaf, "float64"), a) for a in args)
    step, tolerance = (1e-5, 2e-7) if dtype == "float64" else (1e-5, 2e-5)

    def pairing(u: Any, v: Any) -> float:
        return float(sum(np.sum(np.real(np.asarray(a, dtype=complex) * np.asarray(b))) for a, b in
                         zip(leaves(u), leaves(v), strict=True)))

    def size(u: Any, v: Any) -> float:
        return float(sum(np.sum(np.abs(np.asarray(a, dtype=complex) * np.asarray(b))) for a, b in
                         zip(leaves(u), leaves(v), strict=True)))

    directions = [(i,) for i in case.argnums] + [case.argnums] * 2
    for active in directions:
        along = tuple(tree_map(lambda leaf: random_like(leaf, rng), a) if i in active else None
                      for i, a in enumerate(exact))

        def moved(t: float, along: tuple[Any, ...] = along) -> Any:
            moved_args = (a if d is None else tree_map(lambda x, v: x + t * v if is_float(x) else x, a, like=d)
                          for a, d in zip(exact, along, strict=True))
            return case.function(*moved_args, **case.options)

        plus, minus = moved(step), moved(-step)
        change = tree_map(lambda p, m: (np.asarray(p) * 1.0 - np.asarray(m)) / (2 * step) if is_float(p) else 0.0,
                          plus, like=minus)
        expected = pairing(seed_of(seed), change)
        actual = sum(pairing(zeroed(bars[i], exact[i]), along[i]) for i in active)
        scale = 1.0 + size(seed_of(seed), change) + sum(size(zeroed(bars[i], exact[i]), along[i]) for i in active)
        assert np.isfinite(actual) and abs(actual - expected) <= tolerance * scale, (
            f"{case.name}, arguments {active}: rule {actual!r}, central differences {expected!r}")


def check_jax(case: Case, args: tuple[Any, ...], seed: Any, bars: list[Any], dtype: str) -> None:
    """The same contributions as `jax.vjp` of the case's equivalent."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    equivalent = case.jax
    assert equivalent is not None

    def of_active(*active: Any) -> Any:
        full = list(args)
        for i, a in zip(case.argnums, active, strict=True):
            full[i] = a
        return equivalent(*full, **case.options)

    def to_jax(leaf: Any) -> Any:
        return jnp.asarray(leaf, dtype=dtype if is_float(leaf) and not np.iscomplexobj(leaf) else None)

    value, pull = jax.vjp(of_active, *(tree_map(to_jax, args[i]) for i in case.argnums))
    flat, form = jax.tree_util.tree_flatten(value)
    seeds = [jnp.asarray(s).astype(v.dtype).reshape(v.shape) for s, v in zip(leaves(seed), flat, strict=True)]
    tolerance = 1e-10 if dtype == "float64" else 5e-4
    for i, theirs in zip(case.argnums, pull(jax.tree_util.tree_unflatten(form, seeds)), strict=True):
        for b, a, t in zip(leaves(bars[i]), leaves(args[i]), leaves(theirs), strict=True):
            if is_float(a):
                t = np.asarray(t)
                scale = tolerance * (1.0 + (np.max(np.abs(t)) if t.size else 0.0))
                np.testing.assert_allclose(np.asarray(b), t, rtol=tolerance, atol=scale,
                                           err_msg=f"{case.name}, argument {i}, against JAX")


def check_aliasing(rule: Rule, args: tuple[Any, ...], result: Any) -> None:
    """A fresh result shares no memory with an argument; a view shares it with the first."""
    given = [leaf for leaf in leaves(args) if isinstance(leaf, np.ndarray)]
    made = [leaf for leaf in leaves(result) if isinstance(leaf, np.ndarray)]
    match rule.result:
        case str(form) if form == FRESH:
            assert not any(np.shares_memory(g, m) for g in given for m in made), f"{rule.function} is not fresh"
        case str(form) if form == VIEW:
            for m in made:
                assert not m.size or np.shares_memory(m, given[0]), f"{rule.function} is not a view"
        case form:
            assert form in (SAME, MAYBE_VIEW), f"{rule.function}: result={form!r}"


def _shape_text(arg: Any) -> str:
    match arg:
        case np.ndarray():
            return "x".join(map(str, arg.shape)) or "0-d"
        case tuple() | list():
            return "[" + ",".join(_shape_text(a) for a in arg) + "]"
        case float() | np.generic():
            return type(arg).__name__
    return repr(arg)[:30]
