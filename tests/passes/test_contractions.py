"""Sums of products over axes become contractions, before and after."""

from __future__ import annotations

import linecache

import numpy as np
import pytest
from core.reading import core

import s2sgrad
import s2sgrad.pipeline  # noqa: F401  (registers the rules)
from s2sgrad.core import text
from s2sgrad.core.kinds import Array, Dim, Number
from s2sgrad.simplify import contractions
from s2sgrad.simplify.facts import Facts

M, N, K = Dim("m"), Dim("n"), Dim("k")
FACTS = Facts({
    "a": Array("float64", (M, K)), "b": Array("float64", (M, N, K)), "c": Array("float64", (M, K)),
    "w": Array("float64", (M, N)), "x": Array("float64", (N, K)), "v": Array("float64", (K,)),
    "f": Array("float32", (M, K)), "g": Array("float32", (M, N, K)), "z": Array("complex128", (M, K)),
    "i": Array("int64", (M, K)), "u": Array("float64", None), "one": Array("float64", (M, Dim("", 1), K)),
    "s": Number("float64"), "p": Array("float64", (M, Dim("?p.0"))), "x~": Array("float64", (M, K)),
})


def after(source: str) -> str:
    return text.block(contractions.run(core("'reverse'\n" + source), FACTS).body)


def plain(source: str) -> str:
    return text.block(core("'reverse'\n" + source).body)


@pytest.mark.parametrize(("before", "expected"), [
    ("np.sum(a[:, None, :] * b, axis=2)", "np.einsum('ik,ijk->ij', a, b)"),
    ("np.sum(a[:, None] * b, axis=-1)", "np.einsum('ik,ijk->ij', a, b)"),
    ("np.sum(b * a[:, None, :], axis=(0, 2))", "np.einsum('ijk,ik->j', b, a)"),
    ("np.sum(b * w[:, :, None], axis=1)", "np.einsum('ijk,ij->ik', b, w)"),
    ("np.sum(b * z[:, None, :], axis=2)", "np.einsum('ijk,ik->ij', b, z)"),                # no conjugate
    ("np.sum(w[:, :, None] * x[None, :, :], axis=1)", "w @ x"),
    ("np.sum(x[None, :, :] * w[:, :, None], axis=1)", "w @ x"),
    ("np.sum(a[:, None, :] * x[None, :, :], axis=2)", "a @ np.transpose(x)"),
    ("np.sum(x[None, :] * a[:, None], axis=2)", "a @ np.transpose(x)"),
    ("np.sum(w[:, :, None] * a[:, None, :], axis=0)", "np.transpose(w) @ a"),
    ("np.sum(a * v, axis=1)", "a @ v"),
    ("np.sum(v * a, axis=1)", "a @ v"),
    ("2.0 * np.sum(a * v, axis=1)", "2.0 * a @ v"),
])
def test_contracted(before: str, expected: str) -> None:
    found = after(f"y = {before}").replace("(a @ v)", "a @ v")
    assert found == f"y = {expected}"


@pytest.mark.parametrize("value", [
    "np.sum(a * c, axis=0)",                       # the product is no larger than its factors
    "np.sum(a * v, axis=0)",                       # v is not summed over: a factor of its own
    "np.sum(f[:, None, :] * g, axis=2)",           # a sum in pairs is more exact
    "np.sum(i[:, None, :] * b, axis=2)",           # two dtypes
    "np.sum(u * b, axis=2)", "np.sum(s * b, axis=2)", "np.sum(one * b, axis=2)",
    "np.sum(p[:, None, :] * b, axis=2)",           # the lengths may differ: one of them may be 1
    "np.sum(a[:, None, :] * b, axis=2, keepdims=True)",
    "np.sum(a[:, None, :] * b, axis=k)", "np.sum(a[:, None, :] * b)",
])
def test_stays(value: str) -> None:
    assert after(f"y = {value}") == plain(f"y = {value}")


def test_through_the_name_of_a_view() -> None:
    assert after("_1 = a[:, None, :]\ny = np.sum(_1 * b, axis=2)") == plain(
        "_1 = a[:, None, :]\ny = np.einsum('ik,ijk->ij', a, b)")
    for between in ("a = c", "a[0] = 1.0"):
        source = f"_1 = a[:, None, :]\n{between}\ny = np.sum(_1 * b, axis=2)"
        assert after(source) == plain(source)


def test_the_users_own_sum_stays() -> None:
    assert text.block(contractions.run(core("y = np.sum(a[:, None, :] * b, axis=2)"), FACTS).body) == (
        "y = np.sum(a[:, None, :] * b, axis=2)")


def spread(x, A):
    return np.sum(np.sin(x[:, None, :] * A) ** 2)


def weighted(x, A):
    return np.sum((x[:, :, None] * A[None, :, :]) ** 2)


def rows(x, A):
    return np.sum(np.exp(x * A))


@pytest.mark.parametrize(("function", "shapes"), [
    (spread, ((3, 4), (3, 5, 4))), (spread, ((3, 1), (3, 5, 1))), (spread, ((3, 1), (3, 5, 4))),
    (spread, ((0, 4), (0, 5, 4))), (spread, ((3, 0), (3, 5, 0))), (weighted, ((3, 4), (4, 5))),
    (weighted, ((1, 1), (1, 1))), (rows, ((4,), (3, 4))), (rows, ((1,), (3, 4))), (rows, ((3, 4), (1, 4))),
])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_numbers(function, shapes, dtype) -> None:
    r = np.random.default_rng(0)
    args = [r.normal(size=s).astype(dtype) for s in shapes]
    s2sgrad.check_grads(function, args, (0, 1), **({"rtol": 1e-2, "atol": 1e-2} if dtype == "float32" else {}))


def turned(x, A):
    return np.sum(np.abs((x * (1.0 + 2.0j))[:, None, :] * (A - 0.5j)) ** 2)


def test_complex_factors_are_not_conjugated() -> None:
    r = np.random.default_rng(0)
    s2sgrad.check_grads(turned, (r.normal(size=(3, 4)), r.normal(size=(3, 5, 4))), (0, 1))


# ---------------------------------------------------------------- adjoints of np.einsum
A, B, T = (np.random.default_rng(3).normal(size=s) for s in ((3, 4), (4, 5), (3, 4, 5)))
V, ROW, S = np.random.default_rng(4).normal(size=4), np.ones((1, 4)) * 0.7, np.random.default_rng(5).normal(size=(3, 3))


def einsum_adjoints(subscripts, *operands):
    """The text of the reverse sweep of np.einsum, which is right."""
    names = "abc"[:len(operands)]
    made = {}
    source = f"def f({', '.join(names)}):\n    return np.sum(np.einsum('{subscripts}', {', '.join(names)})**2)\n"
    file = f"<einsum {subscripts} {len(operands)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    exec(compile(source, file, "exec"), {"np": np}, made)
    s2sgrad.check_grads(made["f"], operands, argnums=tuple(range(len(operands))))
    return s2sgrad.value_and_grad(made["f"], argnums=tuple(range(len(operands)))).source_for(*operands)


@pytest.mark.parametrize(("subscripts", "operands", "expected"), [
    ("ij,jk->ik", (A, B), "einsum_bar @ b.T"), ("ij,j->i", (A, V), "np.einsum('i,j->ij', einsum_bar, b)"),
    ("ij,ij->", (A, A), "einsum_bar * b"), ("ij,jk", (A, B), "a.T @ einsum_bar"), ("i,i", (V, V), "einsum_bar * b"),
    ("ijk,jk->i", (T, B), "np.einsum('i,ijk->jk', einsum_bar, a)"),
    ("ij,jk,k->i", (A, B, B[0]), "np.einsum('i,jk,k->ij', einsum_bar, b, c, optimize=True)"),
    ("ii,ij->j", (S, A), "np.einsum('j,ii->ij', einsum_bar, a)"),
])
def test_adjoints_of_einsum_are_contractions(subscripts, operands, expected):
    assert expected in einsum_adjoints(subscripts, *operands)


@pytest.mark.parametrize(("subscripts", "operands"), [
    ("ii,ij->j", (S, A)),           # a diagonal
    ("ij,kl->ik", (A, A)),          # sums of one operand alone
    ("ij,ij->j", (A, ROW)),         # one is broadcast
    ("...j,j->...", (A, V)), ("ij->ji", (A,)),
])
def test_other_adjoints_of_einsum_are_left_to_a_helper(subscripts, operands):
    assert "einsum_adjoint(" in einsum_adjoints(subscripts, *operands)
