"""Restores and zeroings of cells that are not read again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from core.reading import core

import s2sgrad.pipeline  # noqa: F401  (registers the rules)
from s2sgrad.core import text
from s2sgrad.core.kinds import Array, Dim, Number
from s2sgrad.core.nodes import Comment, Function
from s2sgrad.simplify import restores
from s2sgrad.simplify.facts import Facts
from s2sgrad.simplify.viewed import parts

N = Array("float64", (Dim("n"),))
FACTS = Facts({"A": N, "k": Number("int", True), "B": N, "y~": N, "w@": N, "v@": N, "u": N, "$1": N,
               "m": Array("bool"), "n": Number("int", True),
               "i": Number("int", True), "j": Number("int", True), "s": Number("float64"), "c": Number("bool")},
              {"A": 1, "B": 1, "y~": 2, "w@": -3, "v@": -3, "u": 4, "$1": 5, "m": 6, "i": 7},
              frozenset((1, 2, -3)))


def both_sweeps(source: str) -> Function:
    """The source is the reverse sweep."""
    born = "y_bar = np.zeros(n)\nw_shadow = np.zeros(n)\nv_shadow = w_shadow"
    function = core(f"n = 5\nk = f()\n'reverse'\n{born}\n{source}")
    return replace(function, body=(*function.body[:2], Comment("reverse sweep"), *function.body[2:]))


def after(source: str) -> str:
    return text.block(restores.run(both_sweeps(source), FACTS).body)


def plain(source: str) -> str:
    return text.block(both_sweeps(source).body)


@pytest.mark.parametrize(("before", "gone"), [
    ("for i in reversed(range(n)):\n    s = y_bar[i]\n    y_bar[i] = 0.0\n    u[i] = s", "y_bar[i] = 0.0"),
    ("for i in reversed(range(n)):\n    s = y_bar[i]\n    y_bar[i] = 0.0\n    y_bar[:i] += s", "y_bar[i] = 0.0"),
    ("for i in reversed(range(1, n)):\n    y_bar[i] = 0.0\n    y_bar[i - 1] += s\nu += y_bar[0]", "y_bar[i] = 0.0"),
    ("for i in range(n):\n    y_bar = np.zeros(n)\n    y_bar[:] += s\n    y_bar[0] = 0.0", "y_bar[0] = 0.0"),
    ("for i in reversed(range(n - 2, -1, -1)):\n    y_bar[i] = 0.0\n    y_bar[i + 1] += s", "y_bar[i] = 0.0"),
    ("for i in range(0, n, 2):\n    y_bar[i] = 0.0\n    y_bar[i + 1] += s", "y_bar[i] = 0.0"),
    ("for i in reversed(range(n)[:j]):\n    y_bar[i] = 0.0\n    y_bar[:i] += s", "y_bar[i] = 0.0"),
    ("s = w_shadow[0]\nw_shadow[0] = 0.0\nu += w_shadow[1]", "w_shadow[0] = 0.0"),
    ("y_bar[2] = 0.0\nu += y_bar.shape[0]\ny_bar[2] = s", "y_bar[2] = 0.0"),
    ("for i in range(n):\n    u += s\n    y_bar[i] = 0.0\ny_bar[:] = s\nu += y_bar", "y_bar[i] = 0.0"),
    ("for j in range(n):\n    u += y_bar\n    for i in range(n):\n        u += s\n        y_bar[i] = 0.0\n"
     "    y_bar[...] = s", "y_bar[i] = 0.0"),
    ("if c:\n    y_bar[0] = 0.0\n    y_bar[:] = s\nu += y_bar", "y_bar[0] = 0.0"),
    ("s = y_bar[k:]\ny_bar[k:] = 0.0\nu += y_bar[:k]", "y_bar[k:] = 0.0"),             # of whichever sign
    ("s = y_bar[:-k]\ny_bar[:-k] = 0.0\nu += y_bar[-k:]", "y_bar[:-k] = 0.0"),
    ("s = y_bar[-2:]\ny_bar[-2:] = 0.0\nu += y_bar[:-2]", "y_bar[-2:] = 0.0"),
])
def test_a_zeroing_that_nobody_sees(before: str, gone: str) -> None:
    assert after(before) == plain("\n".join(line for line in before.splitlines() if line.strip() != gone))


@pytest.mark.parametrize("source", [
    "y_bar[0] = 0.0\nreturn y_bar",                                                   # returned
    "for i in reversed(range(n)):\n    y_bar[i] = 0.0\nu += y_bar",                   # read as a whole
    "for i in reversed(range(n)):\n    y_bar[i] = 0.0\n    y_bar[i] += s",            # added to
    "for i in reversed(range(n)):\n    s = y_bar[i]\n    y_bar[i] = 0.0\n    y_bar[i + 1] += s",
    "for i in range(n):\n    s = y_bar[i]\n    y_bar[i] = 0.0\n    y_bar[:i + 2] += s",
    "for i in range(n, 0, -1):\n    y_bar[i] = 0.0\n    y_bar[i + 1] += s",                          # in the next trip
    "for i in range(n, 0, j):\n    y_bar[i] = 0.0\n    y_bar[i + 1] += s",                           # either way
    "for i in range(n)[j:]:\n    y_bar[i] = 0.0\n    y_bar[:i] += y_bar[i + 1:]",
    "for i in reversed(range(n)):\n    s = y_bar[0]\n    y_bar[0] = 0.0",             # in the next trip
    "for i in reversed(range(n)):\n    for j in reversed(range(n)):\n        s = y_bar[j]\n        y_bar[j] = 0.0",
    "s = w_shadow[0]\nw_shadow[0] = 0.0\nu += v_shadow[1]",                           # under another name
    "y_bar[m, 0] = 0.0\nu += y_bar[0, 1]",                       # the mask may be one of several axes
    "y_bar[i] = 0.0\nu += y_bar[-1]",
    "y_bar[k:] = 0.0\nu += y_bar[:k + 1]",
    "y_bar[k:] = 0.0\nu += y_bar[k:, :k]",
    "y_bar[:k] = 0.0\nu += y_bar[-k:]",
    "y_bar[:-1] = 0.0\nu += y_bar[-2:]",
    "y_bar[k:] = 0.0\nu += y_bar[k]",
    "y_bar[0] = 0.0\nf(y_bar)",                                                       # kept by a call
    "y_bar[0] = 0.0\nhidden = y_bar[1:]\nu += y_bar[0]",
    "for i in range(n):\n    y_bar[i] = 0.0\nfor j in range(n):\n    y_bar[:] = s\nu += y_bar",   # no trip?
    "y_bar[0] = 0.0\nif c:\n    y_bar[:] = s\nu += y_bar",
    "if c:\n    y_bar[0] = 0.0\nelse:\n    y_bar[:] = s\nu += y_bar",
    "y_bar[0] = 0.0\ny_bar[:] = y_bar * s\nu += y_bar",                                 # read before
    "y_bar[0] = 0.0\ny_bar[1:] = s\nu += y_bar",
    "w_shadow = u\nv_shadow = w_shadow\nw_shadow[0] = 0.0\nw_shadow = np.ones(n)\nw_shadow[:] = s\nu += v_shadow",
    "y_bar[0] = 0.0\nw_shadow[:] = s\nu += y_bar",
    "for j in range(n):\n    for i in range(n):\n        y_bar[i] = 0.0\n        u += y_bar[0]\n    y_bar[:] = s",
    "y_bar[0] = 0.0\nu += hidden",                               # of which it is not known what it shares
])
def test_a_zeroing_that_stays(source: str) -> None:
    assert after(source) == plain(source)


@pytest.mark.parametrize(("source", "seen"), [
    ("for i in reversed(range(1, n)):\n    y_bar[i] = 0.0\n    _1 = y_bar[i - 1]\n    u += _1", False),
    ("for i in reversed(range(1, n)):\n    y_bar[i] = 0.0\n    _1 = y_bar[:i]\n    B = _1[1:]\n    u += B", False),
    ("for i in reversed(range(1, n)):\n    y_bar[i] = 0.0\n    _1 = y_bar[:i + 1]\n    B = _1[1:]\n    u += B", True),
    ("for i in reversed(range(1, n)):\n    y_bar[i] = 0.0\n    _1 = y_bar[i:]\n    u += _1", True),
    ("for i in reversed(range(1, n)):\n    u += _1\n    y_bar[i] = 0.0\n    _1 = y_bar[i - 1]", True),   # before
    ("for i in reversed(range(1, n)):\n    y_bar[i] = 0.0\n    _1 = y_bar[i - 1]\nu += _1", True),        # behind
    ("for i in reversed(range(1, n)):\n    y_bar[i] = 0.0\n    _1 = y_bar[i - 1]\n    _1 = y_bar\n    u += _1", True),
])
def test_what_is_read_through_a_part(source: str, seen: bool) -> None:
    facts = replace(FACTS, classes={**FACTS.classes, "$1": 2, "B": 2})
    assert ("y~[i] = 0.0" in text.block(restores.run(both_sweeps(source), facts).body)) == seen


def test_parts() -> None:
    def found(source: str) -> dict[str, str]:
        return {name: array for name, (array, _) in parts(core(source).body).items()}
    assert found("B = A[:i]\nu = B[1:]\nfor j in range(3):\n    s = u[j] + B[0]") == {"B": "A", "u": "A"}
    assert found("u = A[i]\ni = 3\ns = u + 1") == {}                 # of another index by then
    assert found("for j in range(3):\n    u = A[j]\ns = u + 1") == {}
    assert found("A = A[1:]\nu = f(A)") == {}
