"""The helpers of emitted JAX code, each against its counterpart for NumPy, and lenient branches and loops."""

import inspect
import types

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from execute.more_helpers import CASES as MORE

from s2sgrad import runtime
from s2sgrad.errors import ArgumentError, NonScalarError, UnsupportedError
from s2sgrad.execute import jax_runtime
from s2sgrad.execute.fixed import is_traced, split
from s2sgrad.execute.jax_runtime import branch, require_kind, require_scalar, require_separate, scan
from s2sgrad.execute.jax_runtime.twin import twin
from s2sgrad.execute.tree import leaves, rebuild
from s2sgrad.rules.jax_helpers import HELPERS
from s2sgrad.runtime import linalg

RNG = np.random.default_rng(7)
REAL = RNG.normal(size=(2, 3, 4))
M, V, U, S = REAL[0], REAL[0, 0], REAL[1, 0], np.float64(0.7)
SQUARE = np.eye(3) * 3.0 + RNG.normal(size=(2, 3, 3)) * 0.3
POSITIVE = SQUARE @ np.swapaxes(SQUARE, -1, -2)
INDICES = np.array([2, 0, 2, -1])
TIES = np.array([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]])
ZEROS = np.array([[1.5, 0.0, -2.0, 0.5], [0.0, 0.0, 1.0, 3.0], [1.0, 2.0, 3.0, 4.0]])
NODES, HEIGHTS = np.array([0.0, 1.0, 2.5, 4.0]), np.array([1.0, -1.0, 0.5, 2.0])
POINTS = np.array([[-1.0, 0.0, 0.3], [2.5, 4.0, 9.0]])
EMPTY, ZERO_D = np.zeros((0, 3)), np.array(0.7)
TREE = {"w": [M, (V, S)], "n": 3, "name": "net", "k": INDICES, "t": 0.5}
TREE_BAR = {"w": [2.0 * M, [V, S]], "n": None, "name": None, "k": None, "t": 1.5}
F64 = np.dtype("float64")


def others(x):
    return runtime.product_of_others(x, 0)


class Infinite(float):
    """A float that is written in the program, and so never traced."""


# (helper, *arguments)
CASES = [
    # adjoints
    ("zeros_like", TREE), ("zeros_like", 1.5), ("zeros_like", EMPTY), ("zeros_like", (1, "a", None)),
    ("add_adjoints", TREE_BAR, TREE_BAR), ("add_adjoints", None, V), ("add_adjoints", V, None),
    ("own", [M, {"a": (V, None)}]), ("own", V),
    ("last_writers", V, INDICES), ("last_writers", M, (np.array([0, 1, 0]), np.array([1, 1, 1]))),
    ("last_writers", M, (slice(0, 2), INDICES)), ("last_writers", V, 1), ("last_writers", V, np.zeros(0, int)),
    ("cast_like", TREE_BAR, TREE), ("cast_like", 2.0, ZERO_D), ("cast_like", None, V), ("cast_like", [V], (V,)),
    ("real_like", M * 1j, M), ("real_like", M * 1j, M * 1j), ("real_like", M, M), ("real_like", [V], (V,)),
    # transforms
    ("fit", M, (2, 6)), ("fit", M, (3, 4)), ("transformed_axes", 3, None, None), ("transformed_axes", 3, (2, 3), None),
    ("transformed_axes", 3, None, (-1, 0)), ("rfft_adjoint", M[:, :3] * 1j, (3, 4), None, -1, None),
    ("rfft_adjoint", M * 1j, (3, 4), 5, 0, "ortho"), ("irfft_adjoint", V, (3,), -1, None),
    ("irfft_adjoint", M, (5, 4), 0, "forward"), ("irfft_adjoint", M[:, :3], (3, 2), 1, "ortho"),
    ("rfftn_adjoint", M[:, :3] * 1j, (3, 4), None, None, None), ("irfftn_adjoint", M, (3, 3), None, None, "ortho"),
    ("rfftn_adjoint", REAL * 1j, (2, 4, 4), (4, 4), (2, 1), None),
    ("irfftn_adjoint", REAL, (2, 3, 3), (2, 4), (0, 2), None),
    # arrays
    ("cast_back", M, F64, np.dtype("float32")), ("cast_back", M, F64, np.dtype("int64")),
    ("cast_back", M, np.dtype("int64"), F64), ("cast_back", M * (1.0 + 2.0j), np.dtype("complex128"), F64),
    ("cast_back", EMPTY, F64, F64), ("cast_back", S, F64, np.dtype("float32")),
    ("inverse_axes", (2, 0, -2)), ("inverse_axes", None),
    ("unordered_reshape", REAL.reshape(-1), REAL, "F"), ("unordered_reshape", EMPTY, EMPTY, "F"),
    ("from_diagonal", V[:3], (3, 4), 0), ("from_diagonal", REAL[0, :2, :1], (3, 2, 2), 1, 0, 2),
    ("from_diagonal", V[:2], (3, 4), -1), ("from_diagonal", np.zeros(0), (3, 2), 2),
    ("undiag", V[:3], (3, 4)), ("undiag", np.diag(V), (4,)), ("undiag", V[:3], (3, 4), 1),
    ("weighted_linspace", M, 3, True, 0, (4,), False), ("weighted_linspace", M, 4, False, 1, (1,), True),
    ("weighted_linspace", V, 4, True, 0, (), True),
    # broadcasting
    ("unbroadcast", REAL, M), ("unbroadcast", REAL, V[:1]), ("unbroadcast", REAL, M[:, :1]), ("unbroadcast", S, V),
    ("unbroadcast", V, S), ("unbroadcast", V, 0.5), ("unbroadcast", M, M), ("unbroadcast", V, REAL[:1, :1]),
    ("unbroadcast", np.ones((0, 3)), V[:3]), ("unbroadcast", np.ones(3), np.ones((1, 3))),
    # checks
    ("entries", M), ("entries", (V, 1)),
    # elementary
    ("sinc_derivative", POINTS), ("sinc_derivative", 0.01 * POINTS), ("sinc_derivative", S),
    ("sinc_derivative", EMPTY),
    # gathering
    ("untake", V, (5,), INDICES), ("untake", M[:, :4], (3, 6), INDICES, 1), ("untake", V, (2, 3), INDICES),
    ("untake", M, (5, 4), np.array([1, 1, -1]), -2), ("untake", S, (5,), 2), ("untake", np.zeros((0, 3)), (2, 3),
                                                                               np.zeros(0, int), 0),
    ("untake_along_axis", M, (3, 5), RNG.integers(-3, 5, (3, 4)), 1),
    ("untake_along_axis", M, (1, 5), RNG.integers(0, 5, (3, 4)), -1),
    ("untake_along_axis", M, (2, 4), RNG.integers(0, 2, (3, 4)), 0), ("untake_along_axis", V, (2, 3), INDICES, None),
    ("unselect", M, [M > 0.0, M > -1.0], [V, S]), ("unselect", V, [V > 0.0], [0.0]),
    ("unselected", M, [M > 0.0, M > -0.5], V), ("unselected", V, [V > 0.0], V),
    # joining
    ("as_sequence_like", [V, U], np.zeros((2, 4))), ("as_sequence_like", [V, U], [V, U]),
    ("as_sequence_like", [], np.zeros((0, 4))),
    ("cut", M, [1, 2], [M[:1], M[1:]], 0), ("cut", V, [1, 3], [S, V[1:]], 0),
    ("split_like", M, [M[:1], M[1:]]), ("split_like", REAL, [REAL[..., :1], REAL[..., 1:]], -1),
    ("split_like", V, [S, V[1:]], None), ("split_like", M, [M[:0], M]), ("split_like", REAL.reshape(6, 4), REAL),
    ("hsplit_like", V, [V[:1], V[1:]]), ("hsplit_like", M, [M[:, :1], M[:, 1:]]),
    ("vsplit_like", M, [V, M[1:]]), ("column_split_like", M, [M[:, 0], M[:, 1:]]),
    ("dsplit_like", REAL, [REAL[..., 0], REAL[..., 1:]]),
    ("unstack_like", M, [V, V, V]), ("unstack_like", M, M), ("unstack_like", M, [V[:3], U[:3], V[:3], 0 * V[:3]], 1),
    ("unsplit", [V[:3], V[:0], V[2:]], (4,), [3, 2], 0), ("unsplit", [M[:, :1], M[:, 1:]], (3, 4), (1,), -1),
    ("untile", REAL, (3, 2), (2, 1, 2)), ("untile", np.tile(V, 3), (4,), 3), ("untile", np.tile(S, (2, 2)), (), (2, 2)),
    ("unrepeat", np.repeat(M, 2), (3, 4), 2), ("unrepeat", np.repeat(M, 3, 1), (3, 4), 3, -1),
    ("unrepeat", np.repeat(M, (1, 0, 4), 0), (3, 4), (1, 0, 4), 0), ("unrepeat", np.repeat(V, INDICES % 3), (4,),
                                                                     INDICES % 3),
    ("unrepeat", np.zeros((0, 4)), (0, 4), 2, 0),
    ("pad_pairs", {-1: 2, 0: (1, 3)}, 3), ("pad_pairs", (1, 2), 2), ("pad_pairs", 3, 2),
    ("unpad", M, (2, 1), ((1, 0), (1, 2))), ("unpad", V, (2,), 1),
    ("padding_values_adjoint", REAL[0], (1, 1), ((1, 1), (2, 1)), np.zeros((2, 2))),
    ("padding_values_adjoint", REAL[0], (1, 1), ((1, 1), (2, 1)), 0.5),
    ("padding_values_adjoint", REAL[0], (2, 4), ((1, 0), (0, 0)), np.zeros((2, 1))),
    *[("pad_adjoint", np.pad(M, ((2, 1), (0, 3)), mode=mode) * 0.7, M, ((2, 1), (0, 3)), mode)
      for mode in ("constant", "empty", "edge", "reflect", "symmetric", "wrap", "linear_ramp", "mean", "maximum",
                   "minimum", "median")],
    ("statistic_weights", np.array(TIES), "maximum"), ("statistic_weights", np.array(TIES), "minimum"),
    ("statistic_weights", M, "median"), ("statistic_weights", REAL[:, 0], "median"), ("statistic_weights", M, "mean"),
    # linalg
    ("norm_adjoint", np.linalg.norm(V), V, None, None, False, S), ("norm_adjoint", S * 0, V * 0, None, None, False, S),
    ("norm_adjoint", np.linalg.norm(M, axis=1), M, 2, 1, False, V[:3]),
    ("norm_adjoint", np.linalg.norm(M, "fro"), M, "fro", None, False, S),
    ("norm_adjoint", np.linalg.norm(M, 1, axis=0, keepdims=True), M, 1, 0, True, V[None]),
    ("norm_adjoint", np.linalg.norm(TIES, np.inf, 1), TIES, Infinite("inf"), 1, False, V[:2]),
    ("norm_adjoint", np.linalg.norm(TIES, -np.inf, 1), TIES, Infinite("-inf"), 1, False, V[:2]),
    ("trace_adjoint", (3, 4), F64, 1, 0, 1, S), ("trace_adjoint", (2, 3, 4), F64, 0, 0, 2, V[:3]),
    ("solve_adjoints", SQUARE[0], (3,), V[:3], U[:3]), ("solve_adjoints", SQUARE, (2, 3, 3), SQUARE, POSITIVE),
    ("solve_adjoints", SQUARE[0], (3, 2), REAL[0, :, :2], REAL[1, :, :2]),
    ("solve_adjoints", SQUARE, (3, 2), REAL[:, :, :2], REAL[:, :, 1:3]),
    ("cofactors", SQUARE, np.linalg.det(SQUARE)), ("cofactors", SQUARE[0], np.linalg.det(SQUARE[0])),
    ("cholesky_adjoint", np.linalg.cholesky(POSITIVE), SQUARE), ("cholesky_adjoint", np.linalg.cholesky(POSITIVE[0]),
                                                                 SQUARE[0]),
    # products
    ("matmul_left_adjoint", S, (4,), V), ("matmul_left_adjoint", V[:3], (3, 4), V), ("matmul_left_adjoint", V[:3],
                                                                                     (4,), M.T),
    ("matmul_left_adjoint", REAL[..., :3], (3, 4), REAL.swapaxes(1, 2)),
    ("matmul_left_adjoint", REAL, (3, 4), np.eye(4)),
    ("matmul_right_adjoint", S, V, (4,)), ("matmul_right_adjoint", V[:3], V, (4, 3)), ("matmul_right_adjoint", V[:3],
                                                                                       M, (4,)),
    ("matmul_right_adjoint", REAL[..., :2], REAL, (4, 2)), ("matmul_right_adjoint", REAL[..., 0], REAL, (4,)),
    ("dot_left_adjoint", S, (4,), V), ("dot_left_adjoint", M, (3, 4), S), ("dot_left_adjoint", M, (), M),
    ("dot_left_adjoint", np.dot(M, REAL.swapaxes(1, 2)), (3, 4), REAL.swapaxes(1, 2)),
    ("dot_right_adjoint", S, V, (4,)), ("dot_right_adjoint", M, S, (3, 4)), ("dot_right_adjoint", V[:3], M, (4,)),
    ("dot_right_adjoint", np.dot(M, REAL.swapaxes(1, 2)), M, (2, 4, 3)),
    ("inner_left_adjoint", np.inner(M, REAL), (3, 4), REAL), ("inner_left_adjoint", S, (4,), V),
    ("inner_right_adjoint", np.inner(M, REAL), M, (2, 3, 4)), ("inner_right_adjoint", M, S, (3, 4)),
    ("contracted_axes", 3, 2, 1), ("contracted_axes", 3, 2, ((-1, 0), (0, -1))), ("contracted_axes", 3, 2, (1, 0)),
    ("tensordot_left_adjoint", S, (3, 4), M), ("tensordot_left_adjoint", np.tensordot(M, REAL, ((1, 0), (2, 1))),
                                               (3, 4), REAL, ((1, 0), (2, 1))),
    ("tensordot_left_adjoint", np.tensordot(REAL, M.T, 1), (2, 3, 4), M.T, 1),
    ("tensordot_right_adjoint", np.tensordot(M, REAL, ((0, 1), (1, 2))), M, (2, 3, 4), ((0, 1), (1, 2))),
    ("tensordot_right_adjoint", np.tensordot(M, V, 0), M, (4,), 0),
    ("kron_parts", np.kron(M, V), M, V), ("kron_parts", np.kron(M, TIES), M, TIES), ("kron_parts", V, V, S),
    ("einsum_terms", "...ij,j...->", (REAL, V)), ("einsum_terms", "ij,jk", (M, M.T)),
    ("einsum_adjoint", "ij,jk->ik", (M, M.T), 0, M @ M.T), ("einsum_adjoint", "ij,jk", (M, M.T), 1, M @ M.T),
    ("einsum_adjoint", "ii->i", (SQUARE[0],), 0, V[:3]), ("einsum_adjoint", "ijj", (SQUARE,), 0, V[:2]),
    ("einsum_adjoint", "ij->", (M,), 0, S), ("einsum_adjoint", "...j,j->...", (REAL, V), 1, REAL[..., 0]),
    ("einsum_adjoint", "ij,ij->i", (M, M[:1]), 1, V[:3]), ("einsum_adjoint", "i,i->", (V[:0], V[:0]), 0, S),
    ("einsum_adjoint", "ij,k->jk", (M, V), 0, np.einsum("ij,k->jk", M, V)),
    ("einsum_adjoints", "i,ij,j->", (V[:3], M, V), S),
    ("replaced", (V, U), 1, M), ("einsum_at", "i,i->", (V, U), 1, M[1]),
    ("einsum_second_adjoints", "i,ij->j", (V[:3], M), 1, V, M),
    ("cross_adjoints", M[:, :3], V[:3], U[:3]),
    ("cross_adjoints", V[:2], M[:2, :2], U[:2]),
    # reductions
    ("expand_reduced", V[:3], 1), ("expand_reduced", S), ("expand_reduced", M, (0, -1)), ("expand_reduced", M, 1, True),
    ("reduced_size", (3, 4), 1), ("reduced_size", (3, 4), None, 1), ("reduced_size", (2, 3, 4), (0, -1), 20),
    ("tie_share", TIES, TIES.max(1, keepdims=True), 1), ("tie_share", TIES, TIES.min(), None),
    ("to_groups", REAL, (0, 2)), ("to_groups", REAL, None), ("to_groups", REAL, -2), ("to_groups", EMPTY, 0),
    ("from_groups", REAL.reshape(3, 8), (2, 3, 4), (0, 2)), ("from_groups", REAL.reshape(24), (2, 3, 4), None),
    *[(name, *arguments) for arguments in [(ZEROS, 1), (ZEROS, None), (ZEROS, (0, 1)), (np.zeros((3, 0)), 1),
                                           (np.array([2.0]), 0), (S, None), (np.zeros((0, 3)), 1)]
      for name in ("product_of_others",)],
    ("product_of_others_adjoint", ZEROS, 1, M), ("product_of_others_adjoint", ZEROS, None, S),
    ("product_of_others_adjoint", np.zeros((3, 0)), 1, np.zeros((3, 0))),
    ("cumprod_adjoint", ZEROS, 1, M), ("cumprod_adjoint", ZEROS, 0, M), ("cumprod_adjoint", ZEROS, None, M.reshape(-1)),
    ("cumprod_adjoint", np.zeros((0, 3)), 0, np.zeros((0, 3))), ("cumprod_adjoint", V[:1], 0, U[:1]),
    ("diff_adjoint", (3, 4), 1, -1, M[:, :3]), ("diff_adjoint", (3, 4), 2, 0, M[:1]),
    ("diff_adjoint", (1, 4), 2, 0, np.zeros((0, 4))), ("diff_adjoint", (4,), 0, -1, V),
    ("average_adjoint", M.mean(1), M, 1, None, False, V[:3]), ("average_adjoint", S, M, None, None, False, S),
    ("average_adjoint", np.average(M, 0, V[:3] + 3.0), M, 0, V[:3] + 3.0, False, U),
    ("average_adjoint", np.average(M, None, np.abs(M)), M, None, np.abs(M), False, S),
    ("average_adjoint", np.average(REAL, (2, 0), np.abs(REAL[:, 0].T)), REAL, (2, 0), np.abs(REAL[:, 0].T), False,
     V[:3]),
    # sampling
    ("interp_slope", POINTS, NODES, HEIGHTS), ("interp_slope", 0.5, NODES, HEIGHTS),
    ("interp_slope", POINTS, NODES[:1], HEIGHTS[:1]),
    ("interp_adjoint", POINTS * 2.0, POINTS, NODES, HEIGHTS), ("interp_adjoint", S, S, NODES, HEIGHTS),
    ("scatter_to_nodes", POINTS * 2.0, POINTS, NODES, F64), ("scatter_to_nodes", S, 0.5, NODES, np.dtype("float32")),
    ("scatter_to_nodes", POINTS, POINTS, NODES[:1], F64),
    ("scatter_slopes", POINTS * 2.0, POINTS, NODES, F64), ("scatter_slopes", POINTS, POINTS, NODES[:1], F64),
    ("without_ends", M[:2, :3], POINTS, NODES, None, None), ("without_ends", M[:2, :3], POINTS, NODES, 0.0, None),
    ("without_ends", M[:2, :3], POINTS, NODES, 0.0, 1.0),
    ("in_full_convolution", V, 9), ("in_full_convolution", V, 9, True), ("in_full_convolution", V, 4),
    # selection
    ("share_above", V[:3], V[1:4], V[:3]), ("share_above", M, M.T if M.shape[0] == M.shape[1] else M, 0.0),
    ("share_above", S, TIES, 3.0), ("share_above", TIES, TIES[0], TIES),
    *[("scalar_clip_adjoint", np.float64(a), low, high, S) for a, low, high in [
        (0.5, 0.0, 1.0), (-1.0, 0.0, 1.0), (2.0, 0.0, 1.0), (0.0, 0.0, 1.0), (1.0, 0.0, 1.0), (0.5, None, 0.5),
        (0.5, 0.5, None), (np.nan, 0.0, 1.0), (0.0, 1.0, 1.0), (1.0, 1.0, 1.0)]],
    ("extremum_adjoints", 3.0, (3.0, 1.0, 3.0), S), ("extremum_adjoints", 3.0, (TIES[0],), S),
    ("extremum_adjoints", 3.0, ([3.0, 1.0],), S), ("extremum_adjoints", np.nan, (np.nan, 1.0), S),
    ("hypot_adjoints", 5.0, (3.0, 4.0), S), ("hypot_adjoints", 0.0, (0.0, 0.0), S),
    ("sum_adjoint", V, S), ("sum_adjoint", M, V), ("sum_adjoint", [M, V, 2.0], M), ("sum_adjoint", (1.0, 2.0), S),
]
CASES += MORE
IDENTIFIED = [pytest.param(*case, id=f"{case[0]}-{i}") for i, case in
              enumerate((name, arguments) for name, *arguments in CASES)]


def single(_, leaf):
    """A leaf in single precision; Python numbers and integers stay."""
    if isinstance(leaf, (np.ndarray, np.inexact)) and leaf.dtype.kind in "fc":
        return leaf.astype("complex64" if leaf.dtype.kind == "c" else "float32")
    return np.dtype("float32") if leaf is F64 else leaf


def eager(helper, arguments):
    return helper(*rebuild(arguments, lambda _, leaf: jnp.array(leaf) if is_traced(leaf) else leaf))


def jitted(helper, arguments):
    """Under jit, with all arrays and floats traced."""
    fixed, traced = split(arguments)
    results = []

    def arrays_of(*traced):
        results.append(helper(*fixed.fill(traced)))
        return [leaf for _, leaf in leaves(results[0]) if isinstance(leaf, jax.Array)]
    arrays = iter(jax.jit(arrays_of)(*traced))
    return rebuild(results[0], lambda _, leaf: next(arrays) if isinstance(leaf, jax.Array) else leaf)


def assert_same(found, expected, tolerance):
    assert [path for path, _ in leaves(found)] == [path for path, _ in leaves(expected)]
    for (path, ours), (_, theirs) in zip(leaves(found), leaves(expected), strict=True):
        if theirs is None or isinstance(theirs, (str, bool)):
            assert type(ours) is type(theirs) and ours == theirs, path
            continue
        assert np.shape(ours) == np.shape(theirs), path
        if isinstance(theirs, (np.ndarray, np.generic)) and theirs.dtype != int:
            assert ours.dtype == theirs.dtype, path
        np.testing.assert_allclose(np.asarray(ours), theirs, rtol=tolerance, atol=tolerance, err_msg=str(path))


@pytest.mark.parametrize("name, arguments", IDENTIFIED)
def test_agrees_with_the_helper_for_numpy_under_jit(name, arguments):
    expected = getattr(runtime, name)(*arguments)
    assert_same(jitted(getattr(jax_runtime, name), arguments), expected, 1e-12)


@pytest.mark.parametrize("name, arguments", IDENTIFIED)
def test_agrees_with_the_helper_for_numpy_in_single_precision(name, arguments):
    arguments = rebuild(arguments, single)
    expected = getattr(runtime, name)(*arguments)
    assert_same(eager(getattr(jax_runtime, name), arguments), expected, 2e-5)


def test_every_helper_is_tested():
    checks = {"require_kind", "require_scalar", "require_separate"}
    assert {name for name, *_ in CASES} | checks == HELPERS


def test_the_names_that_need_no_jax_are_those_that_are_there():
    helpers = {name for name, value in vars(runtime).items() if isinstance(value, types.FunctionType)}
    there = {name for name, value in vars(jax_runtime).items() if isinstance(value, types.FunctionType)}
    assert there - {"branch", "scan"} == HELPERS
    assert helpers > HELPERS  # what is written in place, and what containers that change need, is refused there


@pytest.mark.parametrize("name", sorted(HELPERS))
def test_signatures_are_those_of_the_helpers_for_numpy(name):
    ours, theirs = (inspect.signature(getattr(module, name)).parameters.values() for module in (jax_runtime, runtime))
    assert [(p.name, p.kind, p.default) for p in ours] == [(p.name, p.kind, p.default) for p in theirs]


# ---------------------------------------------------------------- twins and refusals
def test_a_twin_without_a_helper_that_it_calls_is_refused():
    with pytest.raises(NameError, match="norm_adjoint.* needs one of expand_reduced"):
        twin(linalg.norm_adjoint)


def test_an_order_of_memory_is_refused():
    with pytest.raises(UnsupportedError, match="order='K'"):
        jax_runtime.unordered_reshape(jnp.ones(4), jnp.ones((2, 2)), "K")


def test_norms_without_a_formula_are_refused():
    with pytest.raises(ValueError, match="np.linalg.norm"):
        jax_runtime.norm_adjoint(1.0, jnp.ones((2, 2)) + 1j, 2, None, False, 1.0)


@pytest.mark.parametrize("result", [jnp.ones(1), jnp.array(1j), "a", None])
def test_a_result_that_is_no_real_number_is_refused(result):
    with pytest.raises(NonScalarError):
        require_scalar(result, "f")


@pytest.mark.parametrize("result", [jnp.array(1.0), jnp.array(True), 2.0, np.float32(1.0), jnp.array(1, "bfloat16")])
def test_real_numbers_are_results(result):
    require_scalar(result, "f")


WEAK, STRONG, F32 = jnp.asarray(0.5), jnp.array(0.5, float), jnp.ones((2, 3), "float32")


@pytest.mark.parametrize("kind, good, bad", [
    ("float", [0.5, WEAK, STRONG], [jnp.array(1), F32, 1]),
    ("np.float64", [np.float64(1.0), STRONG], [jnp.array(1, "float32")]),
    ("int", [3, jnp.array(3)], [WEAK, jnp.array([3])]),
    ("bool", [True, jnp.array(True)], [jnp.array(1), 1]),
    ("float or float array", [0.5, WEAK, F32, np.ones(2)], [jnp.array(1), 1]),
    ("number or array", [1, F32, jnp.array(1), jnp.array([True])], [jnp.array(1j), "a"]),
    ("float array", [F32, jnp.ones(2), np.ones(2)], [jnp.arange(3), 0.5]),
    ("float32 array of 2 axes", [F32], [F32[0], F32.astype(float)]),
    ("array of 1 axes", [jnp.arange(3), F32[0]], [F32]),
    ("sequence", [F32, [WEAK], (1, 2), range(2)], [WEAK, 0.5, "a"]),
    ("plain value", [F32, [1, jnp.ones(2)], "a"], [jnp.array(1j), np.ma.masked_array([1.0])]),
])
def test_kinds_hold_for_jax_arrays_and_tracers(kind, good, bad):
    for value in good:
        require_kind(kind, x=value)
        if isinstance(value, jax.Array):
            jax.jit(lambda x: require_kind(kind, x=x))(value)
    for value in bad:
        with pytest.raises(ArgumentError, match="the argument x is of type"):
            require_kind(kind, x=value)


def test_a_double_precision_array_is_a_single_precision_one_where_jax_has_no_other():
    jax.config.update("jax_enable_x64", False)
    try:
        require_kind("float64 array", x=jnp.ones(2))
    finally:
        jax.config.update("jax_enable_x64", True)


def test_numpy_arrays_that_share_memory_are_refused_still():
    x = np.ones(3)
    require_separate(x=jnp.ones(3), y=x)
    with pytest.raises(ArgumentError, match="share memory"):
        require_separate(x=x, y=x[1:])


# ---------------------------------------------------------------- branch
def types_of(result):
    return jax.tree_util.tree_map(lambda leaf: (leaf.shape, str(leaf.dtype), leaf.weak_type), result)


def test_a_branch_is_taken_when_the_program_runs():
    f = jax.jit(lambda t, x: branch(t, lambda x: 2.0 * x, lambda x: -x, x))
    assert f(True, 3.0) == 6.0 and f(False, 3.0) == -3.0
    assert f(np.array([2]), 3.0) == 6.0 and f(0.0, 3.0) == -3.0


def test_a_known_test_runs_one_branch_only():
    assert branch(True, lambda: "then", lambda: 1 / 0) == "then"
    assert branch(np.bool_(False), lambda: 1 / 0, lambda: None) is None
    chosen = branch(True, lambda: (1.0, None), lambda: (2.0, jnp.ones(2)))       # later branches may read what is unset
    assert chosen[0] == 1.0 and np.all(np.isnan(chosen[1]))


def test_what_one_branch_does_not_set_is_zeros_there():
    def f(t, x):
        return branch(t, lambda x: (x, {"a": (x[0], None)}, None), lambda x: (None, None, x > 0), x)
    found = jax.jit(f)(False, jnp.ones(3))
    assert types_of(found) == (((3,), "float64", False), {"a": (((), "float64", False), None)}, ((3,), "bool", False))
    assert np.all(np.isnan(found[0])) and np.isnan(found[1]["a"][0]) and np.all(found[2])
    assert np.all(jax.jit(f)(True, jnp.ones(3))[0] == 1.0)


@pytest.mark.parametrize("a, b, expected", [
    (1, 2.5, ("float64", True)), (F32[0, 0], 2.5, ("float32", False)), (F32[0, 0], STRONG, ("float64", False)),
    (3, F32[0, 0], ("float32", False)), (1.0, 2.0, ("float64", True)), (True, jnp.array(2, int), ("int64", False)),
    (True, 2, ("int64", True)), (1, 2j, ("complex128", True)), (None, 2.5, ("float64", True)),
    (None, 2, ("int64", True)), (None, True, ("bool", False)), (None, F32[0, 0], ("float32", False)),
])
def test_branches_of_different_dtypes_are_promoted(a, b, expected):
    for first, second in ((a, b), (b, a)):
        for t in (True, False):
            found = jax.jit(lambda t, p=first, q=second: branch(t, lambda: p, lambda: q))(t)
            assert types_of(found)[1:] == expected
            chosen = first if t else second
            assert chosen is None or found == chosen


def test_operands_that_are_no_arrays_reach_the_branches():
    assert jax.jit(lambda t: branch(t, lambda n, f: f(jnp.ones(n)), lambda n, f: 0.0, 3, jnp.sum))(True) == 3.0


def test_branches_of_different_shapes_are_refused():
    with pytest.raises(UnsupportedError, match=r"an array of shape \(3,\) and an array of shape \(2,\)"):
        branch(jnp.array(True), lambda: jnp.ones(3), lambda: jnp.ones(2))


def test_a_branch_under_vmap_and_in_namedtuples_and_lists():
    f = jax.vmap(lambda t, x: branch(t, lambda: [x, None], lambda: [1, x]))
    first, second = f(jnp.array([True, False]), jnp.array([2.0, 3.0]))
    assert first.tolist() == [2.0, 1.0] and np.isnan(second[0]) and second[1] == 3.0


# ---------------------------------------------------------------- scan
def test_scan_promotes_what_it_carries():
    def body(carry, x):
        total, count = carry
        return (total + x, count + 1), total
    (total, count), slots = jax.jit(lambda x: scan(body, (0, 0), x))(F32[0])
    assert types_of((total, count, slots)) == (((), "float32", False), ((), "int64", True), ((3,), "float32", False))
    assert total == 3.0 and count == 3 and slots.tolist() == [0.0, 1.0, 2.0]


def test_a_promotion_goes_round_as_often_as_it_needs():
    def body(carry, x):
        return (carry[1], carry[2], carry[3], x), None
    last, _ = scan(body, (0, 0, 0, 0), jnp.ones(5, "float32"))
    assert {str(part.dtype) for part in last} == {"float32"}


def test_what_is_not_set_before_the_loop_is_nan():
    def body(carry, x):
        return {"h": [x, carry["n"]], "n": carry["n"] + 1}, None
    last, _ = scan(body, {"h": None, "n": 0}, REAL)
    assert last["h"][0].shape == (3, 4) and last["n"] == 2
    last, _ = scan(body, {"h": None, "n": 0}, REAL[:0])
    assert np.all(np.isnan(last["h"][0]))


def test_scan_backwards_and_without_steps():
    last, slots = scan(lambda c, x: (c + x, x), 0.0, jnp.arange(3.0), reverse=True)
    assert last == 3.0 and slots.tolist() == [0.0, 1.0, 2.0]
    last, slots = scan(lambda c, _: (2.0 * c, c), 1, None, length=4)
    assert last == 16.0 and slots.tolist() == [1.0, 2.0, 4.0, 8.0]


def test_scan_agrees_with_lax_where_that_is_enough():
    def body(carry, x):
        return jnp.tanh(carry + x), carry
    expected = jax.lax.scan(body, jnp.zeros(4), M)
    for ours, theirs in zip(jax.jit(lambda: scan(body, jnp.zeros(4), M))(), expected, strict=True):
        np.testing.assert_allclose(ours, theirs)


def test_a_carry_that_changes_its_shape_is_refused():
    with pytest.raises(UnsupportedError, match="differ in shape"):
        scan(lambda c, x: (c + x, None), 0.0, jnp.ones((2, 3)))


def test_scan_of_a_body_with_a_branch():
    def body(carry, x):
        return branch(x > 1.0, lambda c: c + x, lambda c: c, carry), None
    assert jax.jit(lambda x: scan(body, 0, x)[0])(jnp.array([1.0, 2.0, 3.0])) == 5.0
