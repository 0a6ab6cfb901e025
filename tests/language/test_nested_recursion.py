"""Nested functions that call themselves: they become functions of their own, handed what they read around them."""

import numpy as np
import pytest
from language.check import FACTS, check, name

from s2sgrad import grad
from s2sgrad.errors import S2SGradError, UnsupportedError


def fibonacci(x):
    def term(n):
        if n < 2:
            return x[n]
        return 0.5 * term(n - 1) + term(n - 2) * x[3]
    return term(6)


def adaptive_quadrature(x):
    def f(t):
        return np.exp(-x[0] * t**2) * np.cos(x[1] * t)

    def rule(a, b):
        return (b - a) / 6.0 * (f(a) + 4.0 * f(0.5 * (a + b)) + f(b))

    def integral(a, b, eps, depth=0):
        m = 0.5 * (a + b)
        left, right = rule(a, m), rule(m, b)
        if depth > 6 or abs(left + right - rule(a, b)) < 15.0 * eps:
            return left + right
        return integral(a, m, eps / 2.0, depth + 1) + integral(m, b, eps / 2.0, depth + 1)

    return integral(0.0, 2.0, 1e-5) * x[2]


def tree(x):
    children = {0: [1, 2], 1: [3], 2: [], 3: []}

    def score(n):
        s = x[n] ** 2
        for child in children[n]:
            s += 0.5 * score(child)
        return s

    return score(0)


def handed_a_local(x):
    scale = x[0]

    def horner(n, total):
        return total if n == 0 else horner(n - 1, total * scale + x[n])

    return horner(3, 1.0)


def as_a_value_too(x):
    def product(n):
        return x[0] if n == 0 else x[n] * product(n - 1)

    return product(3) + sum(product(k) for k in range(3)) + sum(map(product, [1, 2]))


def made_in_each_trip(x):
    s = 0.0
    for k in range(3):
        c = x[k]

        def product(n):
            return c if n == 0 else x[n] * product(n - 1)  # noqa: B023

        s += product(2)
    return s


def names_of_its_own(x):
    def outer(n):
        total = 0.0
        for k in range(n):
            total += x[k] * sum(v * outer(n - 1) for v in (0.5, 0.25))
        return total + x[n]

    return outer(3)


def bound_by_a_lambda(x):
    def product(n):
        return x[0] if n == 0 else x[n] * product(n - 1)

    g = lambda x, n: x * product(n)  # noqa: E731
    return g(2.0, 2) + g(x[1], 3)


def called_in_a_comprehension_elsewhere(x):
    def product(n):
        return x[0] if n == 0 else x[n] * product(n - 1)

    def total():
        return sum([product(x) for x in (1, 2)])

    return total() * x[3]


X = np.array([0.72, 1.33, 0.41, 1.9])
PROGRAMS = [fibonacci, adaptive_quadrature, tree, handed_a_local, as_a_value_too, made_in_each_trip, names_of_its_own,
            bound_by_a_lambda, called_in_a_comprehension_elsewhere]


@pytest.mark.parametrize("f", PROGRAMS, ids=name)
def test_nested_recursion(f):
    check(f, (X,), "call")


@pytest.mark.parametrize("facts", FACTS)
def test_under_all_facts(facts):
    check(handed_a_local, (X,), facts)


def test_it_reads_as_a_function_of_the_module():
    made = grad(tree).source_for(X)
    assert "def score_fwd(n, children, x):" in made
    assert "t, residuals = score_fwd(child, children, x)" in made


def bound_anew(x):
    a = x[0]

    def product(n):
        return a if n == 0 else x[n] * product(n - 1)

    s = product(2)
    a = x[1]
    return s + product(2)


def mutual(x):
    def even(n):
        return x[0] if n == 0 else 2.0 * odd(n - 1)

    def odd(n):
        return x[1] if n == 0 else even(n - 1) ** 2

    return even(5)


def with_a_memory(x):
    memory = {}

    def term(n):
        if n < 2:
            return x[n]
        if n not in memory:
            memory[n] = 0.5 * term(n - 1) + term(n - 2)
        return memory[n]

    return term(5)


def one_of_two(x):
    if x[0] > 1.0:
        def product(n):
            return x[0] if n == 0 else x[n] * product(n - 1)
    else:
        def product(n):
            return x[1] if n == 0 else 2.0 * x[n] * product(n - 1)
    return product(2)


def in_another_nested_function(x):
    a = x[0]

    def middle(a):
        def product(n):
            return a if n == 0 else x[n] * product(n - 1)

        s = product(2)
        a = 2.0 * a
        return s + product(1)

    return middle(x[1]) * a


@pytest.mark.parametrize(("f", "why"), [
    (one_of_two, "A function that is made here"),
    (in_another_nested_function, "is defined in another function, and calls itself")], ids=name)
def test_other_definitions_are_not_mistaken(f, why):
    with pytest.raises(UnsupportedError, match=why):
        grad(f)(X)


def defined_in_one_trip(x):
    s = 0.0
    for k in range(3):
        c = x[k]
        if k == 0:
            def product(n):
                return c if n == 0 else x[n] * product(n - 1)  # noqa: B023
            g = product
        s += g(2) * (k + 1)
    return s


def named_above(x):
    def twice():
        return 2.0 * product(2)

    def product(n):
        return x[0] if n == 0 else x[n] * product(n - 1)

    return twice()


@pytest.mark.parametrize("f", [bound_anew, mutual, with_a_memory, defined_in_one_trip, named_above], ids=name)
def test_what_needs_more_is_refused(f):
    with pytest.raises(UnsupportedError, match="is defined in another function, and calls itself"):
        grad(f)(X)


def with_a_fault(x):
    def product(n):
        if n == 0:
            return x[0]
        with np.printoptions(precision=3):
            return x[n] * product(n - 1)

    return product(2)


def test_a_refusal_names_the_line():
    with pytest.raises(S2SGradError, match="This `with` is not supported") as refusal:
        grad(with_a_fault)(X)
    assert refusal.value.origin.line == with_a_fault.__code__.co_firstlineno + 4
    assert refusal.value.origin.file == __file__
