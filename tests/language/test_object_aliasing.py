"""Objects that several names hold: what is written through one name, the others see."""

import numpy as np
import pytest
from language.check import V, W, check, name

from s2sgrad import value_and_grad


class Body:
    def __init__(self, x, v=2.0):
        self.x = x
        self.v = v


class Couple:
    def __init__(self, one, other):
        self.one = one
        self.other = other


def one_of_two(x, y):
    a, c = Body(x), Body(y)
    b = a if x > y else c
    b.x *= 3.0 * x
    return a.x * a.v + c.x


def list_in_a_loop(bodies, dt):
    for _ in range(2):
        for p in bodies:
            p.v += dt * np.sin(p.x)
        for p in bodies:
            p.x += dt * p.v
    return sum(np.sum(p.x * p.v) for p in bodies)


def fields_bound_anew_in_a_loop(bodies, dt):
    for p in bodies:
        p.v = p.v + dt * np.sin(p.x)
        p.x = p.x + dt * p.v
    return sum(np.sum(p.x * p.v) for p in bodies)


def list_by_index(bodies, dt):
    for i in range(len(bodies)):
        for j in range(i):
            pull = dt * (bodies[i].x - bodies[j].x)
            bodies[i].v += pull
            bodies[j].v -= pull
    return sum(np.sum(p.x * p.v) for p in bodies)


def made_list(x):
    bodies = [Body(x * k) for k in range(12)]
    for p in bodies:
        p.x += x * p.v
    return sum(p.x**2 for p in bodies)


def same_object_many_times(x, dt):
    state, seen = Body(x, 0.5), []
    for _ in range(4):
        seen.append(state)
        state.x += dt
    return sum(s.x for s in seen)


def change_places(a, b, x):
    a, b = b, a
    a.x = a.x * x
    return np.sum(a.x * b.v**2)


def change_places_in_a_loop(x):
    a, b = Body(x), Body(x * x)
    for _ in range(3):
        a.x = a.x * x
        a, b = b, a
    return a.x + 3.0 * b.x


def held_twice(x):
    a = Body(x)
    p = Couple(a, a)
    p.one.x = x**3
    return p.other.x * a.x


def state_from_a_helper(x, dt):
    state, seen = Body(x, 0.5), []
    for _ in range(4):
        state = stepped(state, dt)
        seen.append(state)
    return seen[-1].x * seen[1].v


def stepped(state, dt):
    return Body(state.x + dt * state.v, state.v - dt * np.sin(state.x))


def bodies(n, x=V, v=W):
    return [Body(x * (k + 1.0), v * (k + 0.5)) for k in range(n)]


PROGRAMS = [
    (one_of_two, (1.3, 0.7)), (one_of_two, (0.3, 0.7)), (list_in_a_loop, (bodies(3), 0.3)),
    (list_in_a_loop, (bodies(10), 0.3)), (list_in_a_loop, (bodies(10, 0.7, 0.2), 0.3)),
    (fields_bound_anew_in_a_loop, (bodies(3), 0.3)), (fields_bound_anew_in_a_loop, (bodies(10), 0.3)),
    (list_by_index, (bodies(9, 0.7, 0.2), 0.3)), (made_list, (0.7,)), (same_object_many_times, (0.7, 0.1)),
    (change_places, (Body(V, W), Body(W, V), 1.3)), (change_places_in_a_loop, (1.1,)), (held_twice, (1.1,)),
    (state_from_a_helper, (0.7, 0.1)),
]


@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_object_aliasing(f, args):
    check(f, args, "call")


def test_written_objects_of_the_caller_stay():
    given = bodies(3)
    before = [(p.x.copy(), p.v.copy()) for p in given]
    value_and_grad(list_in_a_loop)(given, 0.3)
    assert all(np.array_equal(p.x, x) and np.array_equal(p.v, v) for p, (x, v) in zip(given, before, strict=True))
