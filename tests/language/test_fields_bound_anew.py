"""Fields that a call binds anew while they are written or run through, private names, tables of methods."""

import numpy as np
import pytest
from language.check import V, name

import s2sgrad
from s2sgrad import grad
from s2sgrad.errors import UnsupportedError


class Sim:
    def __init__(self, u):
        self.u = u
        self.new = u * 0.0

    def advance(self):
        self.new[:] = self.u * 0.5
        self.u, self.new = self.new, self.u
        return self.u[-1]


def swaps(u):
    s = Sim(u.copy())
    for _ in range(3):
        s.u[0] = s.advance()
    return np.sum(s.u * u) + np.sum(s.new)


class Model:
    def __init__(self, w):
        self.params = w

    def clip(self, lim):
        for v in self.params.values():
            if v > lim:
                self.params = {q: w * lim / v for q, w in self.params.items()}
        return self.params["a"] + self.params["b"]


def clips(a, b):
    return Model({"a": a, "b": b}).clip(1.2)


class Base:
    __scale = 2.0

    def __init__(self, k):
        self.__k = k

    def base_k(self):
        return self.__k * self.__scale


class Sub(Base):
    def __init__(self, k):
        super().__init__(k * 2)
        self.__k = k

    def __own(self):
        return self.__k ** 2

    def both(self):
        return self.__own() + self.base_k() * 3


def private(k):
    return Sub(k).both()


def helper(a):
    a[1] *= 3
    return a


def written_result(x):
    a = x * 1.0
    helper(a)[0] = a[1]
    return a[0] * a[1] + a[2]


class Gain:
    def __init__(self, k):
        self.k = k


class Owner:
    def __init__(self, k):
        self.h = Gain(k)

    def anew(self, k):
        self.h = Gain(k)
        return k


def an_inner_object(x, k):
    o = Owner(k)
    first = o.h
    o.h.k += o.anew(x)
    return o.h.k + 10 * first.k


def a_variable_of_a_callback(x, k):
    h = Gain(k)
    first = h

    def anew(v):
        nonlocal h
        h = Gain(v)
        return v

    h.k += anew(x)
    return h.k + 10 * first.k


def a_key_of_its_own_values(x):
    p = {"w": x[1], "b": x[0]}
    for _ in range(2):
        p = {n: v * 2 for n, v in p.items()}
    p["l2"] = sum(p.values())
    return p["l2"]


def a_linked_list_of_dicts(x):
    s = {"u": x, "prev": None}
    for i in range(3):
        s = {"u": x * (i + 1), "prev": s}
    return np.sum(s["u"] * s["prev"]["u"] * s["prev"]["prev"]["u"])


class Q:
    def __init__(self):
        self.level = 1.0
        self.handlers = {"in": self.on_in, "out": self.on_out}

    def on_in(self, v):
        self.level = self.level + v

    def on_out(self, v):
        self.level = self.level * v

    def run(self, kinds, a):
        for k in kinds:
            self.handlers[k](a)
        return self.level


def handlers(a):
    return Q().run(["in", "out", "in"], a)


@pytest.mark.parametrize("f, args", [(swaps, (V,)), (clips, (2.0, 3.0)), (private, (0.7,)),
                                     (written_result, (V,)), (an_inner_object, (1.2, 0.7)),
                                     (a_variable_of_a_callback, (1.2, 0.7)), (a_key_of_its_own_values, (V,)),
                                     (a_linked_list_of_dicts, (V,))], ids=name)
def test_gradients(f, args):
    s2sgrad.check_grads(f, args)


def test_a_table_of_methods_in_a_field_is_refused():
    with pytest.raises(UnsupportedError, match="used as a whole"):
        grad(handlers)(0.4)
