"""Which memory each trip of a loop makes anew."""

from __future__ import annotations

import pytest
from core.reading import core

import s2sgrad.pipeline  # noqa: F401  (registers the rules)
from s2sgrad.core import text
from s2sgrad.core.kinds import Array, Dim, Number
from s2sgrad.core.nodes import Block, For, Function, Statement
from s2sgrad.core.rewrite import map_blocks
from s2sgrad.simplify import dead
from s2sgrad.simplify.facts import Facts
from s2sgrad.simplify.renewed import renewed

N = Array("float64", (Dim("n"),))
FACTS = Facts({"h": N, "g": N, "out": N, "x": N, "s": Number("float64"), "i": Number("int", True)},
              {"h": 1, "g": 1, "out": 2, "x": 3})


def reversing(function: Function) -> Function:
    """The function, whose second loop at each depth reverses the first."""
    def visit(block: Block) -> Block:
        out: list[Statement] = []
        for s in block:
            loops = [o.label for o in out if isinstance(o, For)]
            s = map_blocks(s, visit)
            out.append(For(s.target, s.over, s.body, label=s.label, reverses=loops[0])
                       if isinstance(s, For) and loops else s)
        return tuple(out)
    return Function(function.name, function.params, visit(function.body))


def last(source: str) -> frozenset[str]:
    """What is said of the last loop that is in no other."""
    function = reversing(core(source))
    return renewed(function, FACTS)[[s.label for s in function.body if isinstance(s, For)][-1]]


@pytest.mark.parametrize("source", [
    "for i in range(3):\n    h = np.zeros(3)\n    h[0] = s",
    "for i in range(3):\n    h = np.zeros(3)\n    g = h[1:]\n    g[0] = h[0]",
    "for i in range(3):\n    h = np.zeros(3)\n    record(a, h)\nfor i in range(3):\n    h = recall(a)\n    s = h[0]",
    "h = np.ones(3)\nfor i in range(3):\n    h = np.zeros(3)\n    h[0] = s\ns = h[0]",
])
def test_renewed(source: str) -> None:
    assert "!1" in last(source)


@pytest.mark.parametrize("source", [
    "h = np.zeros(3)\nfor i in range(3):\n    h[0] = s",                                          # one object
    "for i in range(3):\n    h = x[1:]\n    h[0] = s",                                            # of something else
    "for i in range(3):\n    s = h[0]\n    h = np.zeros(3)\n    h[0] = s",                        # of the trip before
    "for i in range(3):\n    if s:\n        h = np.zeros(3)\n    h[0] = s",                       # in some trips only
    "for i in range(3):\n    for i in range(s):\n        h = np.zeros(3)\n    h[0] = s",          # maybe not
    "for i in range(3):\n    h = f(x)\n    h[0] = s",                                             # nothing is known
    "h = np.zeros(3)\nfor i in range(3):\n    record(a, h)\nfor i in range(3):\n    h = recall(a)\n    s = h[0]",
    "for i in range(3):\n    h = np.zeros(3)\n    hidden = h[1:]\n    hidden[0] = s",            # under no known name
])
def test_not_renewed(source: str) -> None:
    assert "!1" not in last(source)


def test_what_a_trip_alone_reads_is_not_restored_for_the_next() -> None:
    source = """
    for i in range(3):
        h = np.zeros(3)
        record(b, h[0])
        h[0] = x[0]
        record(a, h)
    for i in range(3):
        h = recall(a)
        s = s + h[0]
        h[0] = recall(b)
    return s
    """
    expected = "\n".join(line for line in source.splitlines() if "(b" not in line)
    function = reversing(core(source))
    assert text.block(dead.run(function, FACTS).body) == text.block(core(expected).body)
    function = reversing(core(source.replace("record(a, h)", "record(a, h)\n        h = x")))
    assert "b" in text.block(dead.run(function, FACTS).body)
