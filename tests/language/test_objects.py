"""Objects of dataclasses, namedtuples and plain classes, as arguments and made inside: fields, methods, operators."""

from collections import namedtuple
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NamedTuple

import numpy as np
import pytest
from language.check import M, V, check, name

from s2sgrad import grad, value_and_grad
from s2sgrad.errors import AliasError


@dataclass
class Body:
    position: np.ndarray
    mass: float
    label: str = "body"

    @property
    def moment(self):
        return self.mass * np.sum(self.position**2)

    @staticmethod
    def weigh(m):
        return 9.81 * m

    @classmethod
    def at(cls, position):
        return cls(position, 2.0)

    def moved(self, by):
        return replace(self, position=self.position + by)


@dataclass(frozen=True)
class Frozen:
    a: float
    b: np.ndarray


class Params(NamedTuple):
    weight: np.ndarray
    bias: float = 0.5


Spring = namedtuple("Spring", "stiffness length")


class Layer:
    scale = 2.0

    def __init__(self, weight, activation=None):
        self.weight = weight
        self.activation = activation

    def __call__(self, x):
        z = self.weight * x * self.scale
        return z if self.activation is None else self.activation(z)


class Bounded(Layer):
    def __init__(self, weight, bound):
        super().__init__(weight, np.tanh)
        self.bound = bound

    def __call__(self, x):
        return self.bound * super().__call__(x)


class Dual:
    def __init__(self, value, slope):
        self.value, self.slope = value, slope

    def __add__(self, other):
        return Dual(self.value + other.value, self.slope + other.slope)

    def __mul__(self, other):
        return Dual(self.value * other.value, self.value * other.slope + self.slope * other.value)

    def __rmul__(self, factor):
        return Dual(factor * self.value, factor * self.slope)

    def __neg__(self):
        return Dual(-self.value, -self.slope)


class Grid:
    def __init__(self, n):
        self.field = np.zeros(n)
        self.steps = 0
        self.last = 0.0

    def step(self, source):
        self.field[1:-1] += 0.3 * (self.field[2:] - self.field[:-2])
        self.field[1] += source**2
        self.last = self.field[2]
        self.steps += 1


@dataclass
class Node:
    value: float
    left: "Node | None" = None
    right: "Node | None" = None


def dataclass_argument(body, x):
    return body.mass * np.sum(np.sin(body.position) * x)


def frozen_argument(f):
    return f.a * np.sum(f.b**2)


def namedtuple_argument(p, x):
    return np.sum(np.tanh(p.weight * x + p.bias))


def namedtuple_unpacked(s):
    k, length = s
    return k * length**2 + s[0]


def object_argument(layer, x):
    return np.sum(layer(x))


def inherited_argument(layer, x):
    return np.sum(layer(x) * layer.weight)


def property_and_methods(body, x):
    return body.moment * Body.weigh(body.mass) + np.sum(body.moved(x).position**3)


def made_inside(x, y):
    body = Body.at(np.sin(x))
    return body.moment + Body(mass=y, position=x).moment


def list_of_objects(layers, x):
    for layer in layers:
        x = layer(x)
    return np.sum(x)


def many_objects(layers, x):
    for layer in layers:
        x = np.sin(layer.weight * x)
    return np.sum(x)


def indexed_objects(layers, x):
    total = 0.0
    for k in (0, 2, 0):
        total = total + np.sum(layers[k].weight * x) ** 2
    return total


def objects_picked_by_a_loop(bodies, x):
    total = 0.0
    for i in range(len(x)):
        total += bodies[i % 3].mass * x[i] ** 2
    return total


def dict_of_objects(model, x):
    return np.sum(model["first"](model["second"](x)))


def operators(x, y):
    a, b = Dual(x, 1.0), Dual(y, 0.0)
    c = a * b + 2.0 * a
    return (c * c + -b).slope


def carried_by_a_loop(x, n):
    d = Dual(x, 1.0)
    for _ in range(n):
        d = d * d + 0.5 * d
    return d.value * d.slope


def written_attributes(x):
    grid = Grid(6)
    for k in range(4):
        grid.step(x * (k + 1))
    return np.sum(grid.field**2) + grid.last * grid.steps


def attribute_of_an_argument_written(grid, x):
    grid.field[2] = x * grid.field[1]
    grid.last += x**2
    return np.sum(grid.field**2) * grid.last


def bound_method_as_value(x):
    f = Layer(x, np.sin).__call__
    return np.sum(f(x))


def partial_function(x, y):
    f = partial(power_of, y, n=3)
    return f(x) + partial(power_of, x)(2.0)


def power_of(a, b, n=2):
    return a * b**n


def tree_of_objects(tree):
    return evaluate(tree)


def evaluate(node):
    if node is None:
        return 1.0
    return node.value * evaluate(node.left) + np.sin(evaluate(node.right))


@dataclass
class Setup:
    size: float
    parts: list = field(default_factory=list)
    area: float = 0.0

    def __post_init__(self):
        self.area = self.size**2


def post_init(x):
    setup = Setup(x)
    setup.parts.append(x * setup.area)
    return setup.parts[0] + setup.area


GLOBAL = Layer(1.5, np.cos)


def object_of_the_module(x):
    return np.sum(GLOBAL(x))


class Quantity:
    def __init__(self, value):
        self.value = value

    def __add__(self, other):
        return Quantity(self.value + (other.value if isinstance(other, Quantity) else other))

    def __radd__(self, other):
        return Quantity(7.0 * self.value + other)

    def __sub__(self, other):
        return Quantity(self.value - (other.value if isinstance(other, Quantity) else other))

    def __rsub__(self, other):
        return Quantity(5.0 * other - 3.0 * self.value)

    def __mul__(self, other):
        return Quantity(self.value * other)

    def __lt__(self, other):
        return self.value < other.value

    def __bool__(self):
        return self.value > 0


class Counted:
    count = 0
    size = 1.5

    def __init__(self, x):
        self.x = x
        self.count = self.count + 1


@dataclass(order=True)
class Ranked:
    x: float
    y: float


def operator_of_the_left_side(a, b):
    return (a * 2.0 - b + (3.0 - a) * 0.5).value


def comparison_and_truth(a, b):
    if a * 2.0 < b * 3.0 or not a:
        return a.value * b.value
    return a.value if b else b.value


def sum_of_objects(quantities, x):
    return sum(quantities).value * sum(q * x for q in quantities).value * sum(quantities, Quantity(x)).value


def type_dispatch(shapes):
    total = 0.0
    for s in shapes:
        if type(s) is Layer:
            total += s.weight
        elif isinstance(s, Bounded):
            total += s.weight * s.bound * s.scale
    return total


def namedtuple_as_tuple(p, q):
    total = 0.0
    for entry in p:
        total += entry**2
    return total + sum(p) * (lambda k, x: k * x**2)(*p) + (q.stiffness if p == q else 0.0) + max(p) + len(p)


def compared_dataclasses(p):
    q = Ranked(p.x, p.y + 1.0)
    r = replace(p)
    return (p.x if p < q else p.y) * (p.y if p == r else p.x) + (p.x if p != q else 0.0)


def numbers_of_the_class(a, x):
    a.count += 1
    return a.x * a.count + Counted(x).count * x * a.size


class Decay:
    def __init__(self, u):
        self.u = u

    def step(self, factor):
        self.u = factor * self.u**2
        return self


def steps_in_a_row(x):
    d = Decay(x)
    for _ in range(2):
        d.step(0.5).step(0.3)
    return np.sum(d.u) + np.sum(Decay(x).step(2.0).step(0.1).u)


X = V[:3]
PROGRAMS = [
    (steps_in_a_row, (V,)),
    (dataclass_argument, (Body(V, 1.5), V)), (frozen_argument, (Frozen(1.2, V),)),
    (namedtuple_argument, (Params(V), V)), (namedtuple_unpacked, (Spring(1.2, 0.7),)),
    (object_argument, (Layer(V, np.sin), V)), (inherited_argument, (Bounded(V, 0.7), V)),
    (property_and_methods, (Body(V, 1.5), V)), (made_inside, (V, 1.3)),
    (list_of_objects, ([Layer(V), Bounded(0.4, 2.0), Layer(V, np.cos)], V)),
    (many_objects, ([Layer(0.5 + k / 7) for k in range(12)], V)),
    (indexed_objects, ([Layer(V), Layer(2.0 * V), Layer(V + 1.0)], V)),
    (objects_picked_by_a_loop, ([Body(V, 1.0), Body(V, 2.0), Body(V, 0.3)], V)),
    (dict_of_objects, ({"first": Layer(V, np.sin), "second": Bounded(0.3, 1.2)}, V)),
    (operators, (0.7, 1.3)), (carried_by_a_loop, (0.6, 3)), (written_attributes, (0.8,)),
    (attribute_of_an_argument_written, (Grid(4), 0.8)), (bound_method_as_value, (V,)), (partial_function, (0.7, 1.3)),
    (tree_of_objects, (Node(0.5, Node(1.2), Node(0.3, None, Node(0.8))),)), (post_init, (0.7,)),
    (object_of_the_module, (V,)), (operator_of_the_left_side, (Quantity(1.2), Quantity(0.3))),
    (comparison_and_truth, (Quantity(1.2), Quantity(0.3))), (comparison_and_truth, (Quantity(-1.2), Quantity(0.3))),
    (sum_of_objects, ([Quantity(1.2), Quantity(0.3)], 0.4)),
    (type_dispatch, ([Layer(0.4), Bounded(0.3, 1.2), Layer(0.7)],)),
    (namedtuple_as_tuple, (Spring(1.2, 0.7), Spring(0.2, 0.3))), (compared_dataclasses, (Ranked(0.4, 0.7),)),
    (numbers_of_the_class, (Counted(0.4), 0.3)),
]


@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_objects(f, args):
    check(f, args, "call")


def test_the_gradient_is_an_object_of_the_class():
    found = grad(dataclass_argument)(Body(V, 1.5), V)
    assert type(found) is Body and found.label is None
    assert np.allclose(found.position, 1.5 * np.cos(V) * V)
    assert type(grad(frozen_argument)(Frozen(1.2, V))) is Frozen
    assert type(grad(namedtuple_argument)(Params(V), V)) is Params


def test_the_object_of_the_caller_is_not_changed():
    grid = Grid(4)
    grid.field[:] = 1.0
    value_and_grad(attribute_of_an_argument_written, argnums=(0, 1))(grid, 2.0)
    assert np.all(grid.field == 1.0) and grid.last == 0.0


def test_a_method_of_an_object_is_differentiated():
    layer = Layer(V, np.sin)

    def loss(x):
        return np.sum(layer(x))
    check(loss, (V,), "call")


class Registered:
    history = np.zeros(3)

    def __init__(self, x):
        self.x = x

    def note(self):
        self.history[0] = self.x
        return self.x


def writes_data_of_the_class(x):
    return Registered(x).note() * x


def test_data_of_a_class_are_not_written():
    with pytest.raises(AliasError, match="lives outside the function"):
        grad(writes_data_of_the_class)(2.0)
    assert np.all(Registered.history == 0.0)


def test_fields_share_memory_only_where_nothing_is_written():
    shared = Frozen(1.0, M[0])
    assert np.allclose(grad(frozen_argument)(shared).b, 2.0 * M[0])
