"""Arrays of adjoints that nothing else holds, bound anew where all of them is overwritten."""

from __future__ import annotations

import operator
from dataclasses import replace

import numpy as np
import pytest
from core.reading import core

import s2sgrad.pipeline  # noqa: F401  (registers the rules)
from s2sgrad import check_grads, grad
from s2sgrad.core import text
from s2sgrad.core.kinds import Array, Dim, ListKind, Number
from s2sgrad.core.names import is_shadow
from s2sgrad.core.nodes import Accumulate, Block, Function, Store
from s2sgrad.core.rewrite import map_blocks
from s2sgrad.simplify import copies, rebound
from s2sgrad.simplify.facts import Facts
from s2sgrad.simplify.pipeline import with_temporaries

N = Array("float64", (Dim("n"),))
FACTS = Facts({
    "K": N, "K@": N, "L@": N, "r~": N, "t": N, "h~": Array("float32", (Dim("n"),)), "m~": Array("float64", (Dim("m"),)),
    "o~": Array("float64"), "a": Number("float64", True), "i": Number("int", True), "p~": N, "q~": N, "$1": N,
    "xs~": ListKind(N), "S@": Array("float64", ()), "c~": Number("float64"),
}, {"K": 1, "K@": -1, "L@": -1, "r~": 0, "t": 2, "h~": 0, "m~": 0, "o~": 0, "p~": 0, "q~": 0, "xs~": 0, "$1": 0,
    "S@": -2}, frozenset((0, -1, -2)), frozenset(("f_bwd", "g_bwd")), frozenset(("g_bwd",)))


def reverse(source: str) -> Function:
    """The reverse sweep of this text, in which what is added to shadows is stored."""
    def stored(block: Block) -> Block:
        return tuple(map_blocks(
            Store(s.bar, s.index, s.value, operator.iadd if s.sign > 0 else operator.isub, reverses=1)
            if isinstance(s, Accumulate) and is_shadow(s.bar) else s, stored) for s in block)
    function = core("'reverse'\n" + source)
    return replace(function, body=stored(function.body))


def after(source: str) -> str:
    function = reverse(source)
    return text.block(rebound.run(function, with_temporaries(function, FACTS)).body)


def plain(source: str) -> str:
    return text.block(reverse(source).body)


ZEROS = "K_shadow = np.zeros_like(K)\n"
TAKEN = "_1 = np.copy(K_shadow)\nK_shadow[...] = 0.0\nK_shadow[...] += _1 * t\n"


@pytest.mark.parametrize(("before", "expected"), [
    (ZEROS + "K_shadow[...] += r_bar\np_bar = K_shadow * t", "K_shadow = np.copy(r_bar)\np_bar = K_shadow * t"),
    (ZEROS + "K_shadow[:] += r_bar * t\np_bar = K_shadow * t", "K_shadow = r_bar * t\np_bar = K_shadow * t"),
    (ZEROS + "K_shadow[...] -= r_bar\np_bar = K_shadow * t", "K_shadow = -r_bar\np_bar = K_shadow * t"),
    (ZEROS + "K_shadow[0] = a\n" + TAKEN + "p_bar = _1 * K\nq_bar = K_shadow * K",
     ZEROS + "K_shadow[0] = a\np_bar = K_shadow * K\nK_shadow = K_shadow * t\nq_bar = K_shadow * K"),
    (ZEROS + "K_shadow[0] = a\n" + TAKEN + "q_bar = K_shadow * K",
     ZEROS + "K_shadow[0] = a\nK_shadow = K_shadow * t\nq_bar = K_shadow * K"),
    (ZEROS + "K_shadow[0] = a\n" + TAKEN + "q_bar = K_shadow * K\np_bar = _1 * K",          # both are read
     ZEROS + "K_shadow[0] = a\n_1 = K_shadow\nK_shadow = _1 * t\nq_bar = K_shadow * K\np_bar = _1 * K"),
    (ZEROS + "K_shadow[0] = a\n" + TAKEN + "t = K\np_bar = _1 * t\nq_bar = K_shadow * K",   # t is another then
     ZEROS + "K_shadow[0] = a\n_1 = K_shadow\nK_shadow = _1 * t\nt = K\np_bar = _1 * t\nq_bar = K_shadow * K"),
])
def test_bound_anew(before: str, expected: str) -> None:
    assert after(before) == plain(expected)


@pytest.mark.parametrize("source", [
    "L_shadow = K_shadow\nK_shadow[...] += r_bar\np_bar = L_shadow * t",                    # another name
    "L_shadow = K_shadow[1:]\nK_shadow[...] += r_bar\np_bar = L_shadow * t",                # a view
    "L_shadow = np.reshape(K_shadow, -1)\nK_shadow[...] += r_bar",
    "K_shadow[...] += r_bar\nxs_bar = [K_shadow]",
    "K_shadow[...] += r_bar\nrecord(x, K_shadow)",
    "K_shadow[...] += r_bar\nc_bar = f_bwd(K_shadow)",                                      # may keep it
    "K_shadow[...] += h_bar",                                                               # another dtype
    "K_shadow[...] += m_bar",                                                               # may be one entry
    "K_shadow[...] += o_bar",
    "K_shadow[...] += a",
    "K_shadow[1:] += r_bar[1:]",
    "K_shadow[...] += K_shadow * t",
    "p_bar = K_shadow * t\nK_shadow[...] += r_bar",
    "for i in range(3):\n    K_shadow[...] += r_bar",
    "K_shadow[...] = r_bar",
    TAKEN.replace("K_shadow[...] = 0.0", "K_shadow[1:] = 0.0"),
    TAKEN.replace("K_shadow[...] = 0.0", "K_shadow[...] = 1.0"),
    TAKEN.replace("+= _1 * t", "+= _1[0]"),
    TAKEN.replace("+= _1 * t", "+= _1"),
    TAKEN + "_1[0] = a",                                                                    # written itself
    TAKEN.replace("K_shadow[...] = 0.0", "K_shadow[...] = 0.0\np_bar = K_shadow"),
])
def test_arrays_that_stay(source: str) -> None:
    assert after(ZEROS + source) == plain(ZEROS + source)


def test_numbers_in_arrays_of_rank_0_stay() -> None:
    source = "S_shadow = np.zeros_like(a)\nS_shadow[...] += c_bar"
    assert after(source) == plain(source)


def test_a_shadow_that_is_written_whole_repeats_another_one() -> None:
    function = reverse("L_shadow = K_shadow\nL_shadow += r_bar\np_bar = K_shadow * t")
    assert text.block(copies.run(function, FACTS).body) == plain("K_shadow += r_bar\np_bar = K_shadow * t")


# ---------------------------------------------------------------- whole gradients
def product(x, row):
    K = np.ones((3, 3))
    for k in range(2):
        K *= np.outer(x, x) + row[k]
    return np.sum(K * K)


def unrolled(x, t):
    K = x * 2.0
    K *= t
    K[...] = np.sin(K) * x
    K[:] = K * K
    return np.sum(K * t)


def with_a_view(x, t):
    K = x * 2.0
    v = K[1:]
    K[...] = K * t
    v *= 2.0
    K[...] = K * K + np.sum(v)
    return np.sum(K) + v[0]


def with_a_reshaped_view(x, t):
    K = np.outer(x, t)
    v = K.reshape(-1)
    K[...] = K * K
    K *= 2.0
    return np.sum(v * v) + np.sum(K[0])


def through_ravel(x, t):
    K = np.outer(x, t)
    K[...] = np.transpose(K * K)
    v = K.ravel()
    v[2] = 0.5
    return np.sum(K * K) + v[1]


def in_a_list(x, t):
    K = x * 1.0
    held = [K, t]
    K[...] = K * t
    K[...] = K * held[0]
    return np.sum(held[0] * held[1])


def returned(x):
    K = x * 1.0
    K[...] = K * K
    return K, np.sum(K)


def of_a_helper(x, t):
    K, s = returned(x)
    L, u = returned(K * t)
    return np.sum(K * L) * s + u


def swapped(x, t):
    K, L = x * 1.0, t * 2.0
    for _ in range(3):
        K[...] = K * L
        K, L = L, K
    return np.sum(K * L) + np.sum(K)


def in_arms(x, t):
    K = x * t
    if np.sum(x) > 0.0:
        K[...] = K * t
    else:
        K *= x
        K[...] = K + K * t
    return np.sum(K * K)


def broadcast(x, t):
    K = np.zeros((2, 3))
    K[...] = x
    K[...] = K * t
    K *= np.sum(t)
    return np.sum(K * K)


X, T = np.array([0.3, 1.1, -0.4]), np.array([0.9, 0.2, 1.4])
PROGRAMS = [product, unrolled, with_a_view, with_a_reshaped_view, through_ravel, in_a_list, of_a_helper, swapped,
            in_arms, broadcast]


@pytest.mark.parametrize("function", PROGRAMS)
def test_the_gradient_is_right(function) -> None:
    for x in (X, -X):
        check_grads(function, (x, T))
    one, other = grad(function, argnums=(0, 1))(X, T)
    assert not np.shares_memory(one, other) and not any(np.shares_memory(g, a) for g in (one, other) for a in (X, T))
