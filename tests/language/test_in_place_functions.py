"""Functions that write an argument: `out=`, np.copyto, np.put, np.place, np.fill_diagonal, ufunc.at, `a.flat`, sort."""

import numpy as np
import pytest
from language.check import FACTS, M, V, W, check, name

from s2sgrad import grad
from s2sgrad.errors import S2SGradError

MASK = np.array([True, False, True, True, False])
X = np.array([0.7, -1.3, -0.4, 2.0, 0.2])
WEIGHTS = np.arange(1.0, 13.0).reshape(3, 4)


def out_name(x, y):
    np.multiply(x, y, out=x)
    np.exp(0.3 * x, out=x)
    return np.sum(x * y)


def out_view(A, x):
    np.multiply(A[0], x[:4], out=A[1])
    np.add(A[1:, 1], A[:-1, 0], out=A[1:, 0])
    return np.sum(A**2)


def out_tuple(x, y):
    np.multiply(x, y, out=(x,))
    return np.sum(x * y)


def out_none(x, y):
    z = np.multiply(x, y, out=None)
    return np.sum(z**2)


def out_by_position(x, y):
    np.add(x, y, x)
    np.sin(x[1:], x[:-1])
    np.clip(x, -0.5, 1.0, y)
    return np.sum(x * y)


def out_of_a_method(A, x):
    A.sum(axis=0, out=x[:4])
    x.clip(-1.1, 1.1, out=x)
    A.dot(x[:4], out=x[1:4])
    np.cumsum(x, out=x)
    return np.sum(x**2)


def out_of_matmul(A, x):
    B = np.zeros((3, 3))
    np.matmul(A, A.T, out=B)
    np.dot(A, x[:4], out=B[0])
    return np.sum(B**2)


def out_value_used(x, y):
    z = np.multiply(x, y, out=x)
    z[0] *= 2.0
    return np.sum(z * y) + np.sum(np.add(x, z, out=y))


def out_nested(x, y):
    before = x.copy()
    s = np.sum(x) + np.sum(np.multiply(x, y, out=x) ** 2) * np.sum(x)
    return s + np.sum(before * x)


def out_in_a_return(x, y):
    return np.sum(np.multiply(x, y, out=x))


def out_in_a_test(x, y):
    if np.sum(np.multiply(x, y, out=x)) > -100.0:
        x[0] *= 3.0
    return np.sum(x**2)


def out_into_empty(x):
    y = np.empty_like(x)
    for k in range(3):
        np.multiply(x, x[k], out=y)
        x = x + y
    return np.sum(x * y)


def out_buffers_rotate(x):
    a, b, c = x.copy(), np.empty_like(x), np.empty_like(x)
    for _ in range(4):
        np.multiply(a, x, out=b)
        np.sin(b, out=c)
        a, b, c = c, a, b
    return np.sum(a * b + c)


def where_and_out(x):
    y = x * 2.0
    np.exp(x, out=y, where=x < 1.0)
    return np.sum(np.arange(1.0, 6.0) * y**2)


def where_broadcast(A, x):
    np.multiply(A, x[:4], out=A, where=x[:4] > 0.0)
    np.add(A, 1.0, out=A, where=A[:, :1] > 0.0)
    return np.sum(WEIGHTS * A**2)


def where_keeps_the_poles_away(x):
    y = np.zeros(5)
    np.divide(1.0, x - x[2], out=y, where=x != x[2])
    np.log(x[:4], out=y[:4], where=x[:4] > 0.0)
    return np.sum(y**2)


def copyto(x, y):
    np.copyto(x[1:3], y[:2])
    np.copyto(x, y[2])
    np.copyto(x[::-1], x * y)
    return np.sum(x**2 * y)


def copyto_where(x, y):
    np.copyto(x, y[2] * x[::-1], where=MASK)
    np.copyto(x, y[0], where=x > y[1])
    return np.sum(x**2 * y)


def put(x, y):
    np.put(x, [0, 3], y[:2])
    np.put(x, np.array([1, 2, 1]), x[3] * y[:2])
    np.put(x, 4, y[3])
    x.put([0], y[4])
    return np.sum(x**2 * y)


def put_into_a_matrix(A, x):
    np.put(A, [1, 6, -1], x[:3])
    np.put(A.T, [2, 3], x[3:])
    np.put(A, np.array([[0, 2], [4, 5]]), x[1])
    return np.sum(WEIGHTS * A**2)


def place(x, y):
    np.place(x, x > 0.5, y[:2])
    np.place(x, MASK, x[0] * y[1])
    return np.sum(x**2 * y)


def putmask(x, y):
    np.putmask(x, MASK, y**2)
    np.putmask(x, x > 1.0, y[0])
    np.putmask(x, ~MASK, x[:2] * y[:2])
    return np.sum(x**2 * y)


def fill_diagonal(A, x):
    np.fill_diagonal(A, x[0] * A[0, 1])
    B = A @ A.T
    np.fill_diagonal(B, x[:3])
    C = B.copy()
    np.fill_diagonal(C, x[1:3] * 2.0)
    return np.sum(WEIGHTS * A**2) + np.sum(B * C)


def fill_method(x, y):
    x[1:3].fill(y[0])
    b = x[::2]
    b.fill(y[1] * x[3])
    return np.sum(x**2 * y)


def sort_method(A, x):
    x.sort()
    A[0].sort()
    A.sort(axis=0)
    return np.sum(x**3) + np.sum(WEIGHTS * A**2)


def add_at_a_view(x, y):
    np.add.at(x[1:], [0, 0, 2], y[:3])
    np.subtract.at(x, np.array([1, 1]), x[0] * y[0])
    return np.sum(x**2 * y)


def multiply_at(x, y):
    np.multiply.at(x, np.array([1, 1, 3, 1]), y[:4])
    np.multiply.at(x, [0, 0], y[0])
    np.divide.at(x, [2, 3], y[2])
    np.multiply.at(x, 4, y[1])
    return np.sum(x**2 * y)


def multiply_at_rows(A, x):
    np.multiply.at(A, np.array([0, 2, 0]), x[:4])
    return np.sum(WEIGHTS * A**2)


def multiply_at_by_its_own_sum(x, y):
    np.multiply.at(x, np.array([0, 1, 0]), x.sum() * 0.2)
    np.multiply.at(x, [2, 2], x[2])
    return np.sum(x**2 * y)


def maximum_at_with_itself(x, y):
    np.maximum.at(x, np.array([0, 1, 0]), x[2:] * y[2:])
    np.negative.at(x, np.array([1, 1, 2]))
    return np.sum(np.arange(1.0, 6.0) * x**3)


def flat_store(A, x):
    A.flat[2] = x[0] ** 2
    A.flat[5:8] = x[1:4]
    A.flat[1:5] = x[:2]
    A.flat[[0, 1]] = x[4]
    return np.sum(WEIGHTS * A**2)


def flat_store_of_a_transposed(A, x):
    B = A.T
    B.flat[2] = x[0] ** 2
    B.flat[5:8] *= x[1]
    return np.sum(WEIGHTS * A**2)


def flat_read(A, x):
    s = A.flat[3] * x[0]
    for v in A.T.flat:
        s = s + v * v * s
        if s > 10.0:
            break
    return s + np.sum(A.flat[2:5] * x[:3])


def flat_of_a_vector(x, y):
    x.flat[1] = y[0]
    x.flat[::2] = y[:3]
    return np.sum(x**2 * y)


PROGRAMS = [
    (out_name, (V, W)), (out_view, (M, V)), (out_tuple, (V, W)), (out_none, (V, W)), (out_by_position, (V, W)),
    (out_of_a_method, (M, V)), (out_of_matmul, (M, V)), (out_value_used, (V, W)), (out_nested, (V, W)),
    (out_in_a_return, (V, W)), (out_in_a_test, (V, W)), (out_into_empty, (V,)), (out_buffers_rotate, (V,)),
    (where_and_out, (V,)), (where_broadcast, (M, V)), (where_keeps_the_poles_away, (X,)),
    (copyto, (V, W)), (copyto_where, (V, W)), (put, (V, W)), (put_into_a_matrix, (M, V)), (place, (V, W)),
    (putmask, (V, W)), (fill_diagonal, (M, V)), (fill_method, (V, W)), (sort_method, (M, V)), (add_at_a_view, (V, W)),
    (multiply_at, (V, W)), (multiply_at_rows, (M, V)), (multiply_at_by_its_own_sum, (V, W)),
     (maximum_at_with_itself, (V, W)), (flat_store, (M, V)),
    (flat_store_of_a_transposed, (M, V)), (flat_read, (M, V)), (flat_of_a_vector, (V, W)),
]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_in_place_functions(f, args, facts):
    check(f, args, facts)


@pytest.mark.parametrize("f", [flat_store, put_into_a_matrix, fill_diagonal, flat_store_of_a_transposed,
                               where_broadcast], ids=name)
@pytest.mark.parametrize("turn", [np.asfortranarray, lambda A: A[::-1], lambda A: np.repeat(A, 2, axis=1)[:, ::2]],
                         ids=["Fortran", "upside_down", "with_gaps"])
def test_in_place_functions_by_layout(f, turn):
    check(f, (turn(M), V), "call")


def out_of_integers(x):
    y = np.zeros(5, dtype=int)
    np.multiply(x, 2.0, out=y)
    return np.sum(y * x)


def two_outputs(x):
    a, b = np.zeros(5), np.zeros(5)
    np.modf(x, out=(a, b))
    return np.sum(a * b)


def out_in_a_condition(x, y):
    return np.sum(x) if np.sum(y) > 0.0 and np.sum(np.add(x, y, out=x)) > 0.0 else np.sum(y)


@pytest.mark.parametrize(("f", "args"), [(out_of_integers, (V,)), (two_outputs, (V,))], ids=name)
def test_in_place_functions_that_are_refused(f, args):
    with pytest.raises(S2SGradError):
        grad(f)(*args)


def test_out_in_a_condition_is_right_or_refused():
    try:
        check(out_in_a_condition, (V, W), "call")
    except S2SGradError as refusal:
        assert refusal.remedy


# ---------------------------------------------------------------- arrays that are not differentiated
def counts_multiplied_at(x):
    m = np.ones(3)
    s = 0.0
    for k in range(3):
        np.multiply.at(m, np.array([0, 0]), 2.0)
        s = s + m[0] * x[k] ** 2 * s + x[k]
    return s


def order_shuffled(x):
    order = np.arange(5)
    s = 0.0
    for k in range(3):
        np.random.default_rng(k).shuffle(order)
        s = s + x[order[0]] ** 2 * s + x[order[1]]
    return s


def argument_shuffled(x, weights):
    s = 0.0
    for k in range(3):
        np.random.default_rng(k).shuffle(weights)
        s = s + weights[0] * x[k] ** 2 * s + x[1]
    return s


def part_of_an_argument_shuffled(x, weights):
    np.random.default_rng(0).shuffle(weights[1:])
    return np.sum(x * weights)


def indices_sorted_and_put(x):
    places = np.array([3, 1, 2])
    s = x[places[0]]
    places.sort()
    s = s * x[places[0]]
    places.put([0], 4)
    np.copyto(places[1:], places[:2])
    return s * x[places[0]] ** 2 * x[places[1]] * x[places[2]]


@pytest.mark.parametrize("f", [counts_multiplied_at, order_shuffled, indices_sorted_and_put], ids=name)
def test_what_is_not_differentiated_is_put_back(f):
    check(f, (V,), "call")


def test_an_argument_that_an_unknown_call_writes_is_left_alone():
    weights = W.copy()
    grad(argument_shuffled)(V, weights)
    assert np.array_equal(weights, W)
    check(lambda x: argument_shuffled(x, W.copy()), (V,), "call")
    grad(part_of_an_argument_shuffled)(V, weights)
    assert np.array_equal(weights, W)
    with pytest.raises(S2SGradError, match="shuffle"):
        grad(part_of_an_argument_shuffled, argnums=(0, 1))(V, weights)


def copied_onto_itself(x):
    a = x * 2.0
    np.copyto(a, a, where=np.ones((2, 7), bool))        # NumPy looks at nothing
    a[0] = 3.0 * a[1]
    return np.sum(a**2)


def test_a_copy_of_an_array_onto_itself_does_nothing():
    check(copied_onto_itself, (np.array([0.5, -1.2, 0.3]),), "call")
