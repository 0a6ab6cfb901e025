"""Rules of `s2sgrad/rules/products.py`, against differences of NumPy and against JAX."""

from __future__ import annotations

import operator

import jax.numpy as jnp
import numpy as np
import pytest
from general_branch import without_facts
from harness import Case, check_case, every

from s2sgrad.runtime import products as helpers

rng = np.random.default_rng(1)


def arr(*shape):
    return rng.normal(size=shape)


def pairs(function, jax, *shapes):
    """The callable on random factors of these pairs of shapes."""
    return [Case(function, arr(*x), arr(*y), jax=jax) for x, y in shapes]


def subscripts(text, *shapes):
    return Case(np.einsum, text, *(arr(*s) for s in shapes), jax=jnp.einsum, name=f"einsum {text} {shapes}")


RANKS = [((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 4)), ((2, 3), (3, 4))]
CASES = [
    *pairs(np.matmul, jnp.matmul, *RANKS, ((5, 2, 3), (3, 4)), ((5, 2, 3), (3,)), ((3,), (5, 3, 4)),
    ((2, 3), (5, 3, 4)),
           ((5, 2, 3), (5, 3, 4)), ((1, 2, 3), (5, 3, 4)), ((6, 1, 2, 3), (5, 3, 4)), ((6, 5, 2, 3), (3, 4)),
           ((1, 1), (1, 1)), ((1, 3), (3, 1)), ((0, 3), (3, 2)), ((2, 0), (0, 3)), ((5, 1, 3), (1, 3, 1))),
    *pairs(operator.matmul, jnp.matmul, *RANKS),
    *pairs(np.dot, jnp.dot, *RANKS, ((), (3,)), ((2, 3), ()), ((5, 2, 3), (3,)), ((3,), (5, 3, 4)),
    ((5, 2, 3), (6, 3, 4)),
           ((2, 3), (5, 3, 4)), ((5, 2, 3), (3, 4)), ((), ()), ((0,), (0,))),
    Case(np.dot, 2.0, 3.0),
    *pairs(np.inner, jnp.inner, ((3,), (3,)), ((2, 3), (3,)), ((3,), (4, 3)), ((2, 3), (4, 3)), ((5, 2, 3), (4, 3)),
           ((2, 3), (5, 4, 3)), ((3,), (5, 4, 3)), ((), (3,)), ((5, 2, 3), (4, 6, 3)), ((0,), (0,))),
    *pairs(np.vdot, jnp.vdot, ((3,), (3,)), ((2, 3), (2, 3)), ((2, 3), (3, 2)), ((), ()), ((0,), (0,))),
    *pairs(np.outer, jnp.outer, ((3,), (4,)), ((2, 3), (4,)), ((), (4,)), ((2, 2), (3, 2)), ((0,), (3,))),
    Case(np.vdot, arr(3) + 1j * arr(3), arr(3) + 1j * arr(3), jax=jnp.vdot),
    Case(np.matmul, arr(2, 3) + 1j * arr(2, 3), arr(3) + 1j * arr(3), jax=jnp.matmul),
    *pairs(np.cross, jnp.cross, ((3,), (3,)), ((5, 3), (5, 3)), ((5, 3), (3,)), ((3,), (2, 5, 3)), ((1, 3), (5, 3))),
    *pairs(np.kron, jnp.kron, ((3,), (4,)), ((2, 3), (4, 2)), ((3,), (2, 4)), ((), (3,)), ((2, 1, 3), (2, 2)),
    ((1, 3), (2, 1))),
    *[Case(np.tensordot, arr(*x), arr(*y), axes, jax=jnp.tensordot) for x, y, axes in [
        ((2, 3, 4), (3, 4, 5), 2), ((2, 3), (3, 4), 1), ((2, 3), (4,), 0), ((3,), (3,), 1), ((2, 3), (2, 3), 2),
        ((2, 3, 4), (5, 4, 2), ((0, 2), (2, 1))), ((2, 3, 4), (4, 3, 6), ([2, 1], [0, 1])), ((2, 3), (3, 2), (0, 1)),
        ((2, 3, 4), (3, 5), (-2, 0)), ((2, 3, 4, 5), (5, 3, 2), ((3, 0, 1), (0, 2, 1)))]],
    subscripts("ij,jk->ik", (2, 3), (3, 4)), subscripts("ij,jk", (2, 3), (3, 4)), subscripts("ba", (2, 3)),
    subscripts("i,i", (3,), (3,)), subscripts("i,i->", (3,), (3,)), subscripts("ij->", (2, 3)),
    subscripts("ij->j", (2, 3)),
    subscripts("ij->ji", (2, 3)), subscripts("ii", (3, 3)), subscripts("ii->i", (3, 3)),
    subscripts("iij->j", (3, 3, 2)),
    subscripts("iijj->ij", (3, 3, 2, 2)), subscripts("iii->", (3, 3, 3)), subscripts("ij,j->", (2, 3), (3,)),
    subscripts("i,j->ij", (2,), (3,)), subscripts("i,j->", (2,), (3,)),
    subscripts("bij,bj,i->b", (4, 2, 3), (4, 3), (2,)),
    subscripts("bd,bkd->bk", (2, 3), (2, 4, 3)), subscripts("a,b,c,abc->", (2,), (3,), (4,), (2, 3, 4)),
    subscripts("...ij,...jk->...ik", (5, 2, 3), (5, 3, 4)), subscripts("...ij,jk->...ik", (6, 5, 2, 3), (3, 4)),
    subscripts("...i,i...->...", (2, 3), (3, 2)), subscripts("...ij,...jk", (5, 2, 3), (1, 3, 4)),
    subscripts("i...->...", (3, 2, 4)), subscripts("...ii->...i", (2, 3, 3)),
    subscripts(" i j , j -> i ", (2, 3), (3,)),
    subscripts("ij,ij->ij", (1, 3), (2, 3)), subscripts("i,i->", (1,), (3,)), subscripts("ij,jk->ik", (2, 1), (3, 4)),
    subscripts(",i->i", (), (3,)), subscripts("ij,jk->ik", (0, 3), (3, 2)), subscripts("ij,jk->ik", (2, 0), (0, 2)),
    subscripts("ij,ji->", (2, 3), (3, 2)), subscripts("ik,jk,lk->ijl", (2, 5), (3, 5), (4, 5)),
    subscripts("ij,j->i", (1, 3), (3,)),
]


@every(CASES)
def test_rule(case, dtype, variant):
    check_case(case, dtype, variant)


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_general_branch(case):
    with without_facts(case.function):
        check_case(case)


def of_adjoints(left, right, product, a, b, *options):
    """The two adjoints of a product."""
    z_bar = rng.normal(size=np.shape(product(a, b, *options)))
    return [Case(left, z_bar, a.shape, b, *options), Case(right, z_bar, a, b.shape, *options)]


SECOND = [
    *of_adjoints(helpers.matmul_left_adjoint, helpers.matmul_right_adjoint, np.matmul, arr(1, 2, 3), arr(5, 3, 4)),
    *of_adjoints(helpers.matmul_left_adjoint, helpers.matmul_right_adjoint, np.matmul, arr(3), arr(5, 3, 4)),
    *of_adjoints(helpers.dot_left_adjoint, helpers.dot_right_adjoint, np.dot, arr(5, 2, 3), arr(5, 3, 4)),
    *of_adjoints(helpers.inner_left_adjoint, helpers.inner_right_adjoint, np.inner, arr(5, 2, 3), arr(4, 3)),
    *of_adjoints(helpers.tensordot_left_adjoint, helpers.tensordot_right_adjoint, np.tensordot,
                 arr(2, 3), arr(3, 4), 1),
    Case(helpers.einsum_adjoint, "ij,jk->ik", (arr(2, 3), arr(3, 4)), 0, arr(2, 4)),
    Case(helpers.einsum_adjoint, "ii,i,j->j", (arr(3, 3), arr(3), arr(2)), 1, arr(2)),
]


@every(SECOND)
def test_helpers_are_differentiable(case, dtype, variant):
    check_case(case, dtype, variant)


@pytest.mark.parametrize("function", [np.dot, np.inner, np.outer, np.kron], ids=lambda f: f.__name__)
def test_python_float_and_array(function):
    check_case(Case(function, 2.0, arr(3)))


@pytest.mark.filterwarnings("ignore:Arrays of 2-dimensional vectors:DeprecationWarning")
@pytest.mark.parametrize("a, b", [((2,), (2,)), ((5, 2), (2,)), ((2,), (4, 2))])
def test_cross_of_2_vectors(a, b):
    case = Case(np.cross, arr(*a), arr(*b), jax=jnp.cross)
    if np.lib.NumpyVersion(np.__version__) < "2.5.0":
        check_case(case)
        return
    with pytest.raises(ValueError, match="3-dimensional vectors"):      # NumPy knows that of 3-vectors only
        check_case(case)


def test_einsum_with_lists_of_axes_is_refused():
    with pytest.raises(ValueError, match="string"):
        helpers.einsum_adjoint(arr(2, 3), ([0, 1],), 0, 1.0)


def test_einsum_adjoint_is_a_new_array():
    z_bar = arr(3, 2)
    for text, a in (("ij->ji", arr(2, 3)), ("ij->", arr(2, 3))):
        bar = helpers.einsum_adjoint(text, (a,), 0, z_bar if text == "ij->ji" else 1.0)
        assert bar.flags.writeable and not np.shares_memory(bar, z_bar)
