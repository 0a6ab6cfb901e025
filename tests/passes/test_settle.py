"""Contributions to one place are settled."""

from __future__ import annotations

import pytest
from core.reading import core

import s2sgrad.pipeline  # noqa: F401  (registers the rules)
from s2sgrad.core import text
from s2sgrad.core.kinds import Array, Dim, Number
from s2sgrad.simplify import settle
from s2sgrad.simplify.facts import Facts

N = Array("float64", (Dim("n"),))
FACTS = Facts({
    "u~": N, "v~": N, "a": N, "w@": N, "z@": N, "k": Number("float64", True), "d": Number("float64", True),
    "i": Number("int", True), "t~": Number("float64"), "s~": Number("float64"), "$1": N, "$2": N,
}, {"u~": 1, "v~": 2, "a": 3, "w@": 4, "z@": 4, "$1": 5, "$2": 6}, frozenset({4}))


def after(source: str) -> str:
    return text.block(settle.run(core("'reverse'\n" + source), FACTS).body)


def plain(source: str) -> str:
    return text.block(core("'reverse'\n" + source).body)


@pytest.mark.parametrize(("before", "expected"), [
    ("_1 = np.copy(u_bar[1:])\nu_bar[1:] = 0.0\nu_bar[:-1] += k * _1\nu_bar[1:] += _1",        # zeroing and back
     "_1 = np.copy(u_bar[1:])\nu_bar[:-1] += k * _1"),
    ("t_bar = u_bar[i]\nu_bar[i] = 0.0\ns_bar = t_bar / d\nu_bar[i] += s_bar",                 # scaled in place
     "t_bar = u_bar[i]\ns_bar = t_bar / d\nu_bar[i] = s_bar"),
    ("_1 = u_bar[1:] / d\nu_bar[1:] = 0.0\n_2 = k * _1\nd = k * _2\ns = d * _2",         # so that $1 may go
     "_1 = u_bar[1:] / d\n_2 = k * _1\nu_bar[1:] = 0.0\nd = k * _2\ns = d * _2"),
    ("u_bar[0] = 0.0\nv_bar[0] += k\nu_bar[1] += d\nu_bar[0] -= k", "v_bar[0] += k\nu_bar[0] = -k\nu_bar[1] += d"),
    ("u_bar[1:] += k * a\nv_bar[1:] += a\nu_bar[1:] -= d * a", "u_bar[1:] += k * a - d * a\nv_bar[1:] += a"),
    ("u_bar -= k * a\nu_bar += a", "u_bar += a - k * a"),
    ("u_bar -= k * a\nu_bar -= a", "u_bar -= k * a + a"),
    ("u_bar += k * a\ns_bar = k + d\nu_bar += s_bar * a", "s_bar = k + d\nu_bar += k * a + s_bar * a"),  # sinks
    ("t_bar = k * d\ns_bar = k + d\nt_bar -= s_bar * d", "s_bar = k + d\nt_bar = k * d - s_bar * d"),   # the first one
    ("t_bar = k * d\ns_bar = k + d\nt_bar += k", "t_bar = k * d + k\ns_bar = k + d"),
    ("w_shadow += k * a\nw_shadow += a", "w_shadow += k * a + a"),
    ("u_bar = k * a\nv_bar = d * a\nu_bar += v_bar * a", "v_bar = d * a\nu_bar = k * a + v_bar * a"),
])
def test_settled(before: str, expected: str) -> None:
    assert after(before) == plain(expected)


@pytest.mark.parametrize("source", [
    "u_bar[0] = 0.0\nv_bar[0] += u_bar[1]\nu_bar[0] += k",                       # read in between
    "u_bar[i] = 0.0\nu_bar[1] += k\ni = 3\nu_bar[i] += d",                       # another place by then
    "u_bar[0] = 0.0\nu_bar[1] += k\nd = recall(slot)\nu_bar[0] += d",            # restored in between
    "u_bar[0] = 0.0\nu_bar[0] += u_bar[1]",                                      # may read what was zeroed
    "w_shadow[1:] = 0.0\nw_shadow[1:] += z_shadow[:-1]",                         # also under another name
    "w_shadow[1:] += k * a\nw_shadow[1:] += z_shadow[:-1]",
    "u_bar[1:] += k * a\nu_bar[2:] = 0.0\nu_bar[1:] += d * a",                   # zeroed in between
    "t_bar = k * d\ns_bar = t_bar + d\nt_bar += s_bar * d",                      # read in between
    "t_bar = k * d\nk = 3.0\ns_bar = k + d\nt_bar += s_bar * d",
    "u_bar = np.zeros_like(a)\nu_bar += k * a",
    "t_bar = 1.25 * k * d + 2.25 * d * d + 3.25 * k * d * d\nt_bar += 4.25 * d * d * d + 5.25 * k * d * k * d",  # wide
    "u_bar[1:] += k * a\na[0] = 1.0\nv_bar[1:] += u_bar[1:]\nu_bar[1:] += d * a",
])
def test_stays(source: str) -> None:
    assert after(source) == plain(source)


def test_the_first_contribution_stays_before_the_others() -> None:
    wide = "1.25 * k * k + 2.25 * k * k * k + 3.25 * k * k * k + 4.25 * k * k + 5.25 * k * k * k"
    source = f"t_bar = k\nt_bar += {wide}\nv_bar += a\nd = 3.0\nt_bar += d"
    assert after(source) == plain(source)


def test_contributions_of_two_lines_are_joined_where_one_is_known_by_its_name() -> None:
    from dataclasses import replace

    def joined(source: str) -> str:
        function = core("'reverse'\n" + source)
        lines = (replace(s, origin=replace(s.origin, line=k)) for k, s in enumerate(function.body))
        return text.block(settle.run(replace(function, body=tuple(lines)), FACTS).body)

    assert joined("u_bar += k * a\nu_bar += d * a") == plain("u_bar += k * a\nu_bar += d * a")
    assert joined("s_bar += t_bar\nd = k\ns_bar += d * k") == plain("d = k\ns_bar += t_bar + d * k")
    assert joined("s_bar += k * d\nd = k\ns_bar += t_bar") == plain("s_bar += k * d + t_bar\nd = k")


def test_a_zeroing_goes_behind_the_only_use_of_what_was_taken() -> None:
    taken = "_1 = np.copy(u_bar[1:])\nu_bar[1:] = 0.0\n"
    assert after(taken + "t_bar = k * _1\nv_bar += t_bar") == plain(
        "_1 = np.copy(u_bar[1:])\nt_bar = k * _1\nu_bar[1:] = 0.0\nv_bar += t_bar")
    for source in (taken + "v_bar[0] = u_bar[1]\nt_bar = k * _1", taken + "t_bar = k * _1\nv_bar += _1"):
        assert after(source) == plain(source)


def spring(x: float, k: float, h: float) -> float:
    a = h * k
    b = h * k * x
    return x * a + x * b


def test_what_several_lines_contribute_is_one_sum_in_the_end() -> None:
    source = s2sgrad.grad(spring, argnums=(0, 1, 2)).source_for(0.3, 0.7, 0.2)
    assert source.count("k_bar = ") == 1 and "k_bar +=" not in source
    assert source.count("h_bar = ") == 1 and "h_bar +=" not in source
