"""What a function gives beside its value (`has_aux`): pairs from elsewhere, in several places, of several kinds."""

import numpy as np
import pytest
from language.check import V

from s2sgrad import check_grads, grad, value_and_grad
from s2sgrad.errors import NonScalarError


def square_and_double(x):
    return x @ x, x * 2


def running(x):
    total, sums = 0.0, []
    for v in x:
        total += v * v
        sums.append(total)
    return total, sums


def delegated(x):
    return square_and_double(x)


def delegated_to_a_pair(x):
    return running(x)


def in_two_places(x):
    if x[0] > 0:
        return x @ x, {"n": 1}
    return x.sum(), None


def out_of_a_loop(x):
    for i in range(3):
        if x[i] > 1.0:
            return x[i] * i, [x, i]
    return (x @ x, "none") if x[1] > 0 else square_and_double(x)


def by_name(x):
    pair = (np.sin(x) @ x, {"n": len(x)})
    first = pair[0]
    return pair if first > -100.0 else square_and_double(x)


def written_array(x):
    h = x.copy()
    h[0] = 3.0
    return h @ h, h


def written_array_in_one_place(x):
    h = x.copy()
    if x[1] > 0:
        h[0] = 3.0
        return h @ h, h
    h *= h
    return h.sum(), h


def without_derivative(x):
    return x @ x, {"order": np.argsort(x), "text": str(len(x))}


def or_an_error(x):
    if x[0] > 100.0:
        raise ValueError("too large")
    return square_and_double(x)


PROGRAMS = [delegated, delegated_to_a_pair, in_two_places, out_of_a_loop, by_name, written_array,
            written_array_in_one_place, without_derivative, or_an_error]


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("x", [V, -V, V - 5.0], ids=["as it is", "negative", "small"])
def test_auxiliaries_are_handed_through(f, x):
    value, aux = f(x)
    (found, held), gradient = value_and_grad(f, has_aux=True)(x)
    assert found == value
    np.testing.assert_equal(held, aux)
    only, again = grad(f, has_aux=True)(x)
    np.testing.assert_equal(again, aux)
    np.testing.assert_array_equal(only, gradient)
    steps = 1e-6 * np.eye(len(x))
    np.testing.assert_allclose(gradient, [(f(x + s)[0] - f(x - s)[0]) / 2e-6 for s in steps], rtol=1e-6, atol=1e-6)


def no_pair(x):
    return x @ x


def three(x):
    return x @ x, x, x


def delegated_to_no_pair(x):
    return no_pair(x)


def delegated_to_three(x):
    y = three(x)
    return y


def sometimes_nothing(x):
    if x[0] > 0:
        return x @ x, x


@pytest.mark.parametrize("f", [no_pair, three, delegated_to_no_pair, delegated_to_three, sometimes_nothing])
def test_what_is_no_pair_is_refused(f):
    with pytest.raises(NonScalarError, match=r"must return a pair \(value, auxiliary\)"):
        grad(f, has_aux=True)(V)


def counted(x):
    n, s = np.zeros(2, dtype=int), 1.0
    for _ in range(3):
        s *= x[n[0]]
        n[0] += 1
    return s, (n, np.sum(x))


def kept(x):
    n = x[:2].copy()
    n[0] *= x[1]
    return np.sum(n), (n, x @ x)


def listed(x):
    n = [0]
    s = 0.0
    for k in range(3):
        s += x[k] ** 2
        n.append(k)
    n[0] = 7
    return s, (n, [np.sum(x)])


def in_a_dict(x):
    n = {"k": 0}
    s = 0.0
    for k in range(3):
        s += x[k] ** 2
        n["k"] += 1
    return s, (n, float(x[0]))


@pytest.mark.parametrize("f", [counted, kept, listed, in_a_dict], ids=lambda f: f.__name__)
def test_what_is_written_and_handed_through_beside_a_call_is_not_undone(f):
    x = np.array([0.7, -1.23, 1.97, 0.41])
    value, aux = f(x)
    (made, found), g = value_and_grad(f, has_aux=True)(x)
    assert made == value
    assert all(np.array_equal(a, b) for a, b in zip(aux, found, strict=True))
    check_grads(lambda x: f(x)[0], (x,), grad=lambda x: (g,))
