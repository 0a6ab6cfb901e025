"""Random programs: simplified ones give what they gave before, and are well formed after every pass."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from core.interpreter import run
from core.reading import core
from hypothesis import HealthCheck, given, settings, strategies as st

import s2sgrad.rules.arithmetic
import s2sgrad.rules.creation  # noqa: F401
from s2sgrad.core.kinds import Array, Dim, Number
from s2sgrad.core.nodes import Function
from s2sgrad.core.verify import check
from s2sgrad.simplify.facts import Facts
from s2sgrad.simplify.pipeline import PASSES, simplify

ARRAYS, NUMBERS, TEMPORARIES = ("x", "y", "z"), ("s", "t"), tuple(f"_{i}" for i in range(1, 7))
WRITTEN = TEMPORARIES[4:]      # arrays that alias the user's, and are written through
VECTOR = Array("float64", (Dim("n"),))
KINDS = {**dict.fromkeys(ARRAYS, VECTOR), **dict.fromkeys(NUMBERS, Number("float64")),
         **{f"{n}~": VECTOR for n in ARRAYS}, "i": Number("int", weak=True)}
FACTS = (
    Facts(),
    Facts(KINDS, {n: i for i, n in enumerate((*ARRAYS, *(f"{n}~" for n in ARRAYS)))}),
)


@st.composite
def arrays(draw: st.DrawFn, depth: int = 2) -> str:
    """The text of an expression with the shape of the arrays."""
    if depth == 0 or draw(st.booleans()):
        return draw(st.sampled_from((*ARRAYS, "x_bar", "y_bar", *TEMPORARIES)))
    a, b, c = draw(arrays(depth - 1)), draw(arrays(depth - 1)), draw(numbers(depth - 1))
    return draw(st.sampled_from((
        f"({a} + {b})", f"({a} - {b})", f"({a} * {b})", f"({c} * {a})", f"({a} * {c})", f"np.sin({a})", f"(-{a})",
        f"(1.0 * {a})", f"(2.0 * (0.5 * {a}))", f"({a} + -{b})", f"({a} + -{b} * {c})", f"({c} * (0.5 * {a}))",
        f"np.broadcast_to({c}, x.shape)", f"(np.broadcast_to({c}, x.shape) * {a})", f"({a} + 0.0)", "np.cos(x)",
        f"h({a})")))


@st.composite
def numbers(draw: st.DrawFn, depth: int = 2) -> str:
    """The text of a scalar expression."""
    if depth == 0 or draw(st.booleans()):
        return draw(st.sampled_from((*NUMBERS, "0.5", "2.0", "1.0")))
    a, b = draw(numbers(depth - 1)), draw(numbers(depth - 1))
    return draw(st.sampled_from((f"({a} + {b})", f"({a} * {b})", f"(-{a})", "x[1]", "y[0]", f"(1.0 * {a})", "np.sin(s)",
                                 f"np.sum({draw(arrays(0))})")))


@st.composite
def statements(draw: st.DrawFn, depth: int) -> list[str]:
    """The lines of a few statements."""
    out: list[str] = []
    for _ in range(draw(st.integers(2, 6))):
        form = draw(st.sampled_from((
            "array", "temporary", "temporary", "temporary", "number", "store", "store", "add", "whole", "bar", "bar",
            "kill", "barset", "record", "if", "for", "call", "alias", "through", "use", "use")))
        target = draw(st.sampled_from(ARRAYS))
        value = draw(arrays())
        match form:
            case "array":
                out.append(f"{target} = 1.0 * {value}")
            case "temporary":
                out.append(f"{draw(st.sampled_from(TEMPORARIES[:4]))} = {value}")
            case "use":
                out.append(f"{target}_bar += {draw(st.sampled_from(TEMPORARIES))} * np.cos(x)")
            case "number":
                out.append(f"{draw(st.sampled_from(NUMBERS))} = {draw(numbers())}")
            case "store":
                out.append(f"{target}[{draw(st.sampled_from(('0', '1:', ':')))}] = {draw(numbers())}")
            case "add":
                out.append(f"{target}[1:] += {value}[1:]")
            case "whole":
                out.append(f"{target} += {value}")
            case "bar":
                out.append(f"{target}_bar {draw(st.sampled_from(('+=', '-=')))} {value}")
            case "kill":
                out.append(f"kill({target}_bar)")
            case "barset":
                out.append(f"{target}_bar = 1.0 * {value}")
            case "alias":
                out.append(f"{draw(st.sampled_from(WRITTEN))} = {draw(st.sampled_from((*ARRAYS, *WRITTEN)))}")
            case "through":
                out.append(f"{draw(st.sampled_from(WRITTEN))}[0] = {draw(numbers())}")
            case "call":
                out.append(f"g({target})")
            case "record":
                out += [f"record(slot, {target})", *draw(statements(0)), f"{target} = recall(slot)"]
            case "if" if depth:
                out += [f"if {draw(numbers())} > 0.3:", *indented(draw(statements(depth - 1)))]
                if draw(st.booleans()):
                    out += ["else:", *indented(draw(statements(depth - 1)))]
            case "for" if depth:
                out += [f"for i in range({draw(st.integers(0, 3))}):", *indented(draw(statements(depth - 1)))]
    return out or ["s = 2.0 * s"]


def versioned(lines: list[str]) -> list[str]:
    """Each assignment to one of the first temporaries gets a name of its own, read until its block ends."""
    scopes: list[dict[str, str]] = [{}]
    out = []
    for line in lines:
        depth = (len(line) - len(line.lstrip())) // 4
        while len(scopes) > depth + 1:
            scopes.pop()
        while len(scopes) < depth + 1:
            scopes.append(dict(scopes[-1]))
        names = scopes[-1]
        assigned = re.match(r" *(_[1-4]) = (.*)", line)
        line = re.sub(r"\b_[1-4]\b", lambda m, names=names: names.get(m[0], m[0]), line)    # type: ignore[misc]
        if assigned:
            new = f"_{len(out) + 10}"
            line = re.sub(r"^( *)_\d+ =", rf"\1{new} =", line)
            names[assigned[1]] = new
        out.append(line)
    return out


def indented(lines: list[str]) -> list[str]:
    return ["    " + line for line in lines]


@st.composite
def programs(draw: st.DrawFn) -> Function:
    """A program with a forward and a reverse part."""
    first = ["_1 = np.sin(x)", *(f"_{i} = 1.0 * y" for i in range(2, 7)), *(f"{n}_bar = 0.0 * x" for n in ARRAYS)]
    body = [*first, *draw(statements(2)), "'reverse'", *draw(statements(2)),
            "return 1.0 * x, s, x_bar + y_bar, _1 - 2.0 * _2 + 3.0 * _3 + 4.0 * _4"]
    return core("\n".join(["def f(x, y, z, s, t, g, h):", *indented(versioned(body))]))


def values(function: Function) -> list[Any]:
    rng = np.random.default_rng(0)
    seen: list[Any] = []

    def g(x: Any) -> None:
        seen.append(np.array(x))
        x[0] = x[0] * 0.5

    def h(x: Any) -> Any:
        seen.append(np.array(x))
        return np.tanh(x)

    given_ = [rng.normal(size=3) for _ in ARRAYS]
    with np.errstate(all="ignore"):
        out = run(function, *given_, 0.7, -0.4, g, h)
    return [*out, *given_, *seen]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(programs())
def test_simplified_programs_give_the_same(function: Function) -> None:
    expected = values(function)
    for facts in FACTS:
        one = function
        for step in PASSES:
            one = check(step(one, facts))
        for simplified in (one, check(simplify(function, facts))):
            found = values(simplified)
            assert len(found) == len(expected)
            for a, b in zip(found, expected, strict=True):
                np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9)
