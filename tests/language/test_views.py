"""Views and copies of what is written: which one it is may depend on the layout of the argument, and is asked."""

import numpy as np
import pytest
from language.check import FACTS, M, V, check, name

from s2sgrad import check_grads, grad
from s2sgrad.errors import AliasError, ArgumentError, S2SGradError
from s2sgrad.runtime import require_reads_first

S = np.array([[1.2, -0.4, 0.9], [0.5, 2.2, -1.1], [-0.7, 0.6, 1.9]])
WEIGHTS = np.arange(1.0, 10.0).reshape(3, 3)
LAYOUTS = {
    "C": S, "Fortran": np.asfortranarray(S), "upside_down": S[::-1], "mirrored": S[:, ::-1],
    "with_gaps": np.repeat(S, 2, axis=1)[:, ::2], "transposed_with_gaps": np.repeat(S, 2, axis=1)[:, ::2].T,
    "part": np.pad(S, 1)[1:4, 1:4],
}


def reshape_written(X):
    y = X.reshape(-1)
    y[0] = 10.0 * y[1]
    y[3:5] *= X[0, 0]
    return np.sum(WEIGHTS * X**2) + np.sum(y**3)


def base_written(X):
    y = X.reshape(-1)
    X[1] *= y[0]
    return np.sum(WEIGHTS * X**2) + np.sum(y**3)


def ravel_written(X):
    y = X.ravel()
    X[1] *= y[0]
    y[1] *= 5.0
    return np.sum(WEIGHTS * X**2) + np.sum(y**3)


def ravel_of_transposed(X):
    r = X.T.ravel()
    r[1] *= 5.0
    q = X.ravel()
    q[2] *= r[1]
    return np.sum(WEIGHTS * X**2) + np.sum(r**2) + np.sum(q**3)


def ravel_in_fortran_order(X):
    r = X.T.ravel(order="F")
    r[1] *= X[0, 0]
    return np.sum(WEIGHTS * X**2) + np.sum(r**3)


def reshape_in_fortran_order(X):
    r = X.reshape((9,), order="F")
    r[1] *= X[0, 0]
    return np.sum(WEIGHTS * X**2) + np.sum(r**3)


def reshape_in_a_loop(X):
    b = X.copy()
    for k in range(3):
        y = b.reshape(-1)
        y[k] *= y[k + 1]
        b = b.T
        b[k] += y[2]
    return np.sum(WEIGHTS * b**2)


def reshape_in_one_branch(X):
    if X[0, 0] > 0.0:
        y = X.reshape(-1)
    else:
        y = X[0]
    y *= X[1, 1]
    y = y.reshape(3, -1)
    y[0] += 1.0
    return np.sum(WEIGHTS * X**2) + np.sum(y**3)


def rows_of_a_reshape(X):
    for row in X.T.reshape(-1, 3):
        row *= row[0]
    return np.sum(WEIGHTS * X**2)


def transposed_reshape(X):
    y = X.reshape(3, -1).T
    y[0] = y[1] * y[2]
    X[2] *= y[1]
    return np.sum(WEIGHTS * X**2) + np.sum(y**3)


def asarray(X):
    y = np.asarray(X)
    y[0] *= y[1]
    z = np.asarray(X, dtype=np.float32)
    z[1] = 2.0
    return np.sum(WEIGHTS * X**2) + np.sum(y)


def ascontiguousarray(X):
    y = np.ascontiguousarray(X)
    y[0] *= y[1]
    return np.sum(WEIGHTS * X**2) + np.sum(y**3)


def astype_without_a_copy(X):
    y = X.astype(float, copy=False)
    y[0] *= y[1]
    r = y[:, ::2].astype(float, copy=False).ravel()
    r[0] *= 3.0
    return np.sum(WEIGHTS * X**2) + np.sum(y**3) + np.sum(r**2)


def astype_of_a_strided_axis_without_a_copy(X):
    column = X[:, 1].astype(float, copy=False)
    r = column.ravel()
    r[1] *= X[0, 0]
    return np.sum(WEIGHTS * X**2) + np.sum(r**3)


def array_without_a_copy(X):
    y = np.array(X, copy=None)
    y[0] *= y[1]
    z = np.array(X)
    z[0] = 0.0
    return np.sum(WEIGHTS * X**2) + np.sum(y**3) + np.sum(z)


def atleast_2d(X):
    y = np.atleast_2d(X[0])
    y[0, 1] *= y[0, 2]
    return np.sum(WEIGHTS * X**2) + np.sum(y**3)


def real_of_a_real_array(X):
    y = X.real
    y[0] *= y[1]
    return np.sum(WEIGHTS * X**2)


def einsum_diagonal(X):
    d = np.einsum("ii->i", X)
    d *= X[0]
    return np.sum(WEIGHTS * X**2) + np.sum(d**3)


def einsum_transposed_in_a_loop(X):
    for k in range(3):
        t = np.einsum("ij->ji", X)
        t[k] *= t[0]
        s = np.einsum("ij->i", X)
        s[0] *= 2.0
        X = X + s
    return np.sum(WEIGHTS * X**2)


def chain_on_one_axis(X):
    x = X.reshape(-1)[1:4]
    y = x.reshape(1, -1).ravel().reshape(-1)[1:]
    y *= x[0]
    x[1:] = y * y
    return np.sum(WEIGHTS * X**2) + np.sum(y**3)


def list_as_array(X):
    rows = [X[0, 0], 2.0, X[1, 1]]
    y = np.asarray(rows)
    y[0] *= y[2]
    return np.sum(y**3) + rows[0]


BY_LAYOUT = [
    reshape_written, base_written, ravel_written, ravel_of_transposed, ravel_in_fortran_order, reshape_in_fortran_order,
    reshape_in_a_loop, reshape_in_one_branch, rows_of_a_reshape, transposed_reshape, asarray, ascontiguousarray,
    astype_without_a_copy, astype_of_a_strided_axis_without_a_copy, array_without_a_copy, atleast_2d,
    real_of_a_real_array, einsum_diagonal, einsum_transposed_in_a_loop, chain_on_one_axis,
    list_as_array,
]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("f", BY_LAYOUT, ids=name)
def test_view_or_copy_by_layout(f, layout):
    check(f, (LAYOUTS[layout],), "call")


@pytest.mark.parametrize("f", BY_LAYOUT, ids=name)
def test_view_or_copy_without_facts(f):
    check(f, (S,), "declared")


def two_reshapes(x):
    a = x.copy()
    b = a[::2].reshape(1, -1)
    b[0, 0] *= a[1]
    return np.sum(a**2) + np.sum(b)


def test_empty():
    check_grads(two_reshapes, (V,))
    check_grads(lambda x: np.sum(x.reshape(-1) ** 2), (np.zeros((0, 3)),))


def test_an_argument_that_overlaps_itself_is_refused_where_it_is_written():
    windows = np.lib.stride_tricks.as_strided(np.arange(1.0, 6.0), (3, 3), (8, 8))
    with pytest.raises(AliasError):
        grad(reshape_written)(windows)
    kept = np.broadcast_to(np.array([1.0, 2.0, 3.0]), (3, 3))
    check_grads(lambda x, A: np.sum(A * np.add(x, A[0], out=x)), (S, kept), argnums=0)


# ---------------------------------------------------------------- copies between views of one array
def crossing_row_and_column(A):
    A[:, 2] = A[1]
    return np.sum(A**2)


def rows_of_two_strides(x):
    x[1::2] = x[2:4]
    x[:2] *= x[0]
    return np.sum(x**3)


def swapped_by_tuple(x):
    x[3:], x[1::2] = x[1::2], x[3:]
    return np.sum(np.arange(1.0, 6.0) * x**2)


def swapped_under_a_mask(x):
    m = np.array([True, False, True, False, False])
    x[m], x[3:] = x[3:], x[m]
    return np.sum(np.arange(1.0, 6.0) * x**2)


def rows_under_a_mask(A):
    A[np.array([True, False, True])] = A[1:]
    return np.sum(A**3)


def row_into_column(A):
    A[:, 3] = A[0, :3]
    A[:, 0] = A[:, 1] * A[:, 2]
    return np.sum(A**2)


def reversed_onto_itself(x):
    x[::-1] = x
    x[:] = x
    x[1:4] = x[3:0:-1]
    return np.sum(np.arange(1.0, 6.0) * x**2)


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), [
    (rows_of_two_strides, (V,)), (swapped_by_tuple, (V,)), (swapped_under_a_mask, (V,)), (row_into_column, (M,)),
    (rows_under_a_mask, (M,)),
    (reversed_onto_itself, (V,)),
], ids=name)
def test_copies_that_do_not_cross(f, args, facts):
    check(f, args, facts)


def test_copies_that_cross_are_refused_at_the_call():
    with pytest.raises(ArgumentError, match=r"`A\[:, 2\] = A\[1\]` copies between views .* cross"):
        grad(crossing_row_and_column)(S)


def test_require_reads_first_is_exact():
    """For slices: it raises just where NumPy's result differs from that of a copied right side."""
    rng = np.random.default_rng(0)

    def part():
        start, step = rng.integers(0, 8), rng.integers(1, 4)
        return slice(start, start + 3 * step, step)

    crossed = 0
    for turned in [1, -1] * 2000:
        x = np.arange(16.0)[::turned]
        to, of = part(), part()
        if x[to].size != x[of].size:
            continue
        expected = x.copy()
        expected[to] = x[of].copy()
        try:
            require_reads_first("x[to] = x[of]", x[to], x[of])
            crosses = False
        except ArgumentError:
            crosses = True
        x[to] = x[of]
        assert crosses == (not np.array_equal(x, expected)), (to, of)
        crossed += crosses
    assert crossed > 20


# ---------------------------------------------------------------- views that cannot be written
def broadcast_then_base(x):
    B = np.broadcast_to(x, (3, 5))
    s = np.sum(B**2)
    x[1] = 3.0 * x[0]
    return s + np.sum(B[1] * np.arange(1.0, 6.0))


def broadcast_row_kept(x):
    B = np.broadcast_to(x, (3, 5))
    row = B[1]
    x[1] *= x[0]
    x[2:] *= row[:3]
    return np.sum(row**2) + np.sum(B)


def broadcast_in_a_loop(x):
    s = 0.0
    for k in range(3):
        y = x * x[k]
        B = np.broadcast_to(y, (2, 5))
        y[k] = s
        s = s + np.sum(B * y)
        y *= 2.0
        s = s + B[1, k]
    return s


def diagonal_then_base(A):
    B = A @ A.T
    d = np.diag(B)
    s = np.sum(d**2)
    B[0, 0] = s
    B[1] *= d
    return np.sum(B**2) + np.sum(d) + np.sum(B.diagonal(1))


def windows_of_what_is_written(x):
    w = np.lib.stride_tricks.sliding_window_view(x, 3)
    s = np.sum(w[0] * w[1])
    x[1:] *= x[:-1]
    return s + np.sum(w**2 * np.arange(1.0, 4.0))


def windows_of_a_matrix(A):
    w = np.lib.stride_tricks.sliding_window_view(A, (2, 2))
    v = np.lib.stride_tricks.sliding_window_view(A, 3, axis=1)
    return np.sum(w[..., 0, 0] * w[..., 1, 1] ** 2) + np.sum(v**2 * np.arange(1.0, 4.0))


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), [
    (broadcast_then_base, (V,)), (broadcast_row_kept, (V,)), (broadcast_in_a_loop, (V,)), (diagonal_then_base, (M,)),
    (windows_of_what_is_written, (V,)), (windows_of_a_matrix, (M,)),
], ids=name)
def test_views_that_cannot_be_written(f, args, facts):
    check(f, args, facts)


def broadcast_of_the_trip_before(x):
    s = 0.0
    y = x * 2.0
    B = np.broadcast_to(y, (2, 5))
    for k in range(3):
        s = s + B[1, k] * x[0]
        y[k] = s
        y = x * x[k]
        y[0] = 1.0
        s = s + np.sum(B)
        B = np.broadcast_to(y, (2, 5))
    return s


def shape_of_a_broadcast_changes(x):
    n = 2
    B = np.broadcast_to(x, (n, 5))
    n = 3
    x[0] = 2.0 * x[1]
    return np.sum(B) * n


def test_views_that_are_taken_of_something_else_later():
    for f in (broadcast_of_the_trip_before, shape_of_a_broadcast_changes):
        try:
            check_grads(f, (V,))
        except S2SGradError as refusal:
            assert refusal.remedy


def scaled_through_a_view(x):
    y = x[::-1][::-1]
    y[::2] *= y[-4] * y[-4]
    return np.sum(np.arange(1.0, 1.0 + y.size) * y**2)


@pytest.mark.parametrize("facts", FACTS)
def test_adjoints_of_a_part_are_read_before_they_change(facts):
    check(scaled_through_a_view, (np.array([0.7, -1.3, 2.1, 0.4, -0.6, 1.2]),), facts)


def less_a_part_of_itself(x, y):
    y = y.copy()
    b = y.reshape(2, 3)
    for k in range(2):
        b -= -0.8 * x[(k + 1) % 6] + np.cos(b[k:k + 2])
    return np.sum(b**2)


@pytest.mark.parametrize("facts", FACTS)
def test_adjoints_whose_sign_is_turned_are_read_before_they_change(facts):
    x = np.array([0.7, -1.3, 2.1, 0.4, -0.6, 1.2])
    check(less_a_part_of_itself, (x, np.cos(x)), facts)
