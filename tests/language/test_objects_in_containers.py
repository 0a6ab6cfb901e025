"""Objects of several classes in a dict, or in a list that grows: what asks for their class is right, or refused."""

from collections import namedtuple

import numpy as np
import pytest
from language.check import name

import s2sgrad
from s2sgrad.errors import WholeObjectError

Pair = namedtuple("Pair", "lam")


class Ridge:
    def __init__(self, lam):
        self.lam = lam

    def cost(self, w):
        return self.lam * np.sum(w**2)

    def get(self, w):
        return w[0] * self.lam

    def values(self):
        return self.lam**3


class Lasso:
    def __init__(self, lam):
        self.lam = lam

    def cost(self, w):
        return self.lam * np.sum(np.abs(w))

    def get(self, w):
        return w[1] + self.lam

    def values(self):
        return self.lam**2


def in_a_dict(w, lam):
    total = 0.0
    for term in {"a": Ridge(lam), "b": Lasso(lam)}.values():
        total += np.sum(w**2) if isinstance(term, Ridge) else np.sum(np.abs(w))
    return total


def appended(w, lam):
    terms = []
    for _ in range(2):
        terms.append(Ridge(lam))
    terms.append(Lasso(lam))
    total = 0.0
    for term in terms:
        total += np.sum(w**2) * term.lam if isinstance(term, Ridge) else term.lam
    return total


def is_it_a_dict(w, lam):
    terms = {"a": Ridge(lam), "b": Lasso(lam)}
    return np.sum(w) * (2.0 if isinstance(terms["a"], dict) else lam)


def a_method(w, lam):
    total = 0.0
    for term in {"a": Ridge(lam), "b": Lasso(lam)}.values():
        total += term.cost(w)
    return total


def a_method_that_dicts_have(w, lam):
    terms = {"a": Ridge(lam), "b": Lasso(lam)}
    return terms["a"].get(w) + terms["b"].get(w)


def a_method_without_arguments(w, lam):
    terms = []
    terms.append(Ridge(lam))
    terms.append(Lasso(lam))
    return sum(t.values() for t in terms) + w[0]


def matched(w, lam):
    total = 0.0
    for term in {"a": Ridge(lam), "b": Lasso(lam)}.values():
        match term:
            case Ridge(lam=v):
                total += v * np.sum(w**2)
            case Lasso(lam=v):
                total += v
    return total


def type_of_it(w, lam):
    terms = {"a": Ridge(lam), "b": Lasso(lam)}
    return sum(np.sum(w**2) if type(t) is Ridge else t.lam for t in terms.values())


def namedtuples(w, lam):
    terms = {"a": Pair(lam), "b": Ridge(lam)}
    return sum(np.sum(w**2) if isinstance(t, tuple) else t.lam for t in terms.values())


@pytest.mark.parametrize("f", [in_a_dict, appended, is_it_a_dict, a_method, a_method_that_dicts_have,
                               a_method_without_arguments, matched, type_of_it, namedtuples], ids=name)
def test_right_or_refused(f):
    args = (np.array([1.0, -2.0]), 0.3)
    try:
        value = s2sgrad.value_and_grad(f)(*args)[0]
    except WholeObjectError as refusal:
        assert refusal.remedy
    else:
        assert value == f(*args)
        s2sgrad.check_grads(f, args)


def in_a_display(w, lam):
    total = 0.0
    for term in [Ridge(lam), Lasso(lam), Ridge(2.0 * lam)]:
        total += term.cost(w) if isinstance(term, Ridge) else term.get(w)
    return total


def of_one_class(w, lam):
    terms = []
    for k in range(3):
        terms.append(Ridge(lam * k))
    return sum(t.cost(w) for t in terms)


@pytest.mark.parametrize("f", [in_a_display, of_one_class], ids=name)
def test_gradients(f):
    s2sgrad.check_grads(f, (np.array([1.0, -2.0]), 0.3))
