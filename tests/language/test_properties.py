"""Properties that are written: what the setter does is what counts."""

from dataclasses import dataclass

import numpy as np
import pytest
from language.check import FACTS, V, check, name

from s2sgrad import grad
from s2sgrad.errors import S2SGradError, UnsupportedError


class Doubled:
    def __init__(self, v):
        self.u = v

    @property
    def v(self):
        return self.u

    @v.setter
    def v(self, value):
        self.u = value * 2.0

    def step(self, x):
        self.v = self.v * x
        return self


class Holder:
    def __init__(self, x):
        self._inner = Doubled(x)

    @property
    def inner(self):
        return self._inner


class Exponential(Doubled):
    def __init__(self, v):
        self.v = v

    @Doubled.v.setter
    def v(self, value):
        self.u = np.exp(value)


class Remembering:
    def __init__(self, x):
        self._v = x
        self.old = []

    v = property(lambda self: self._v)

    @v.setter
    def v(self, value):
        self.old.append(self._v)
        self._v = value


class FirstRow:
    def __init__(self, x):
        self.rows = np.stack([x, 2.0 * x])

    @property
    def v(self):
        return self.rows[0]

    @v.setter
    def v(self, value):
        self.rows[0] = value


@dataclass
class Squared:
    u: float

    @property
    def v(self):
        return self.u

    @v.setter
    def v(self, value):
        self.u = value * value


def property_set(x):
    p = Doubled(x)
    p.v = x * x
    return np.sum(p.u)


def property_set_from_itself(x):
    p = Doubled(x)
    p.v = p.v * 3.0
    return np.sum(p.v)


def property_updated(x):
    p = Doubled(x * 1.0)
    p.v += x
    p.v *= p.v
    return np.sum(p.v)


def property_in_a_loop(x):
    p = Doubled(x)
    for k in range(3):
        p.v = p.v * x + k
    return np.sum(p.v)


def property_in_an_arm(x):
    p = Doubled(x)
    if np.sum(x) > 0.0:
        p.v = p.v * x
    return np.sum(p.v)


def properties_swapped(x):
    p, q = Doubled(x), Doubled(x * x)
    p.v, q.v = q.v, p.v
    return np.sum(p.v * q.u * q.u)


def property_set_in_init(x):
    p = Exponential(x)
    p.v = p.v * 0.1
    return np.sum(p.v)


def property_set_in_a_method(x):
    return np.sum(Doubled(x).step(x).step(x).v)


def property_of_a_property(x):
    h = Holder(x)
    h.inner.v = x * x
    h.inner.v += x
    h.inner.u = h.inner.u * x
    return np.sum(h._inner.v)


def property_that_remembers(x):
    p = Remembering(x)
    for _ in range(3):
        p.v = p.v * x
    return np.sum(p.old[1] * p.old[2] * p.v)


def property_that_is_a_view(x):
    p = FirstRow(x)
    p.v += x * x
    row = p.v
    p.v = row * p.rows[1]
    return np.sum(p.rows * x)


def property_of_a_dataclass(x):
    p = Squared(x)
    p.v = x * 2.0
    p.v -= 1.0
    return np.sum(p.v)


def properties_in_a_list(x):
    ps = [Doubled(x * k) for k in range(3)]
    for p in ps:
        p.v = p.v + x
    ps[1].v *= 2.0
    return np.sum(ps[0].v * ps[1].v * ps[2].v)


def property_of_a_shared_object(x):
    p = Doubled(x)
    for q in [p, p]:
        q.v = q.v * x
    return np.sum(p.v)


PROGRAMS = [property_set, property_set_from_itself, property_updated, property_in_a_loop, property_in_an_arm,
            properties_swapped, property_set_in_init, property_set_in_a_method, property_of_a_property,
            property_that_remembers, property_that_is_a_view, property_of_a_dataclass, properties_in_a_list,
            property_of_a_shared_object]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", PROGRAMS, ids=name)
def test_property_written(f, facts):
    check(f, (V,), facts)


class ReadOnly:
    def __init__(self, x):
        self.u = x

    @property
    def v(self):
        return self.u * 2.0


def read_only_written(x):
    p = ReadOnly(x)
    p.v = x
    return np.sum(p.v)


@dataclass
class FieldAndProperty:
    v: float

    @property
    def v(self):
        return self._v

    @v.setter
    def v(self, value):
        self._v = value * value


def field_and_property(x):
    return np.sum(FieldAndProperty(x).v)


class Twice:
    def __get__(self, holder, owner=None):
        return holder.u * 2.0


class Described:
    v = Twice()

    def __init__(self, x):
        self.u = x


def descriptor_read(x):
    return np.sum(Described(x).v)


class Stored:
    def __get__(self, holder, owner=None):
        return holder.u

    def __set__(self, holder, value):
        holder.u = value * 2.0


class WithStored:
    v = Stored()


def descriptor_written(x):
    p = WithStored()
    p.v = x
    return np.sum(p.v)


class OwnSetattr:
    def __setattr__(self, field, value):
        object.__setattr__(self, field, value * 2.0)


def own_setattr(x):
    p = OwnSetattr()
    p.u = x
    return np.sum(p.u)


class OwnGetattribute:
    def __init__(self, x):
        self.u = x

    def __getattribute__(self, field):
        return object.__getattribute__(self, field) * 2.0


def own_getattribute(x):
    return np.sum(OwnGetattribute(x).u)


def class_written(x):
    p = Doubled(x)
    p.__class__ = Exponential
    p.v = x
    return np.sum(p.u)


@pytest.mark.parametrize(("f", "words"), [
    (read_only_written, "(?s)`v` is written, and is a property without a setter.*Define a setter"),
    (field_and_property, "(?s)both a field and a property of the dataclass `FieldAndProperty`.*different names"),
    (descriptor_read, r"(?s)computed by a descriptor \(`Twice`\).*Make it a property"),
    (class_written, "Writing the attribute `__class__` is not supported"),
], ids=name)
def test_attribute_refused(f, words):
    with pytest.raises(UnsupportedError, match=words):
        grad(f)(V)


@pytest.mark.parametrize("f", [descriptor_written, own_setattr, own_getattribute], ids=name)
def test_class_not_bypassed(f):
    with pytest.raises(S2SGradError):
        grad(f)(V)
