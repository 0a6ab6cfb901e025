"""Fields that methods bind anew, or change: tests that read them are decided when the program runs, whenever the
methods are looked at."""

import copy
from dataclasses import dataclass, field

import numpy as np
import pytest
from language.check import name

import s2sgrad
from s2sgrad.errors import UnsupportedError


class Machine:
    def __init__(self):
        self.count = 0
        self.rate = 1.0
        self.mode = "slow"
        self.ready = False
        self.best = None
        self.total = 0.0
        self.items = []
        self.table = {"on": 0}

    def step(self):
        self.count += 1

    def step_each(self, xs):
        for _ in xs:
            self.count = self.count + 1

    def switch(self, x):
        if x > 1.5:
            self.mode = "fast"
            self.ready = True

    def keep(self, x):
        if self.best is None or x < self.best:
            self.best = x

    def first(self, x):
        if self.best is None:
            self.best = x

    def fill(self, x):
        while self.count < 3:
            self.total += x
            self.count += 1

    def put(self, x):
        self.items.append(x)
        self.table["on"] = 1

    def through_another(self, x):
        self.switch(x)

    @property
    def counted(self):
        self.count += 1
        return self.rate

    @property
    def mean(self):
        return self.total / self.count if self.count > 1 else self.total

    def __iadd__(self, x):
        self.total += x
        self.count += 1
        return self

    def __call__(self, x):
        self.ready = True
        return x * self.rate


class Holder:
    def __init__(self):
        self.machine = Machine()
        self.others = [Machine(), Machine()]

    def step(self):
        self.machine.step()
        for other in self.others:
            other.step()


def augmented_in_place(xs):
    m = Machine()
    m.count += 1
    m.count += 1
    return sum(xs) if m.count > 1 else 0.0


def counted_by_a_method(xs):
    m = Machine()
    for _ in xs:
        m.step()
    return sum(xs) if m.count > 2 else 0.0


def counted_in_a_loop_of_the_method(xs):
    m = Machine()
    m.step_each(xs)
    return sum(xs) if m.count == 3 else 0.0


def a_string_and_a_flag(xs):
    m = Machine()
    for x in xs:
        m.switch(x)
    if m.mode == "fast" and m.ready:
        return xs[0] * xs[1]
    return 0.0


def through_two_methods(xs):
    m = Machine()
    m.through_another(xs[2])
    return xs[0] ** 2 if m.ready else xs[1]


def none_at_first(xs):
    m = Machine()
    for x in xs:
        m.keep(x * x)
    return m.best if m.best is not None else 0.0


def remembered(xs):
    m = Machine()
    for x in xs:
        m.first(x)
    return xs[2] * (1.0 if m.best is None else 3.0)


def a_while_loop(xs):
    m = Machine()
    m.fill(xs[0])
    return m.total * (xs[1] if m.count == 3 else xs[2])


def a_list(xs):
    m = Machine()
    for x in xs:
        m.put(x)
    return sum(m.items) if len(m.items) > 0 else 0.0


def a_list_asked_for_its_truth(xs):
    m = Machine()
    m.put(xs[0])
    return xs[1] ** 2 if m.items else xs[0]


def a_dict(xs):
    m = Machine()
    m.put(xs[0])
    return xs[1] ** 2 if m.table["on"] == 1 else xs[0]


def a_property_that_counts(xs):
    m = Machine()
    scale = m.counted * m.counted
    return scale * (xs[0] ** 2 if m.count == 2 else xs[1])


def an_operator(xs):
    m = Machine()
    for x in xs:
        m += x
    return m.mean * xs[0]


def a_call(xs):
    m = Machine()
    y = m(xs[0])
    return y**2 if m.ready else y


def held_by_another(xs):
    h = Holder()
    for _ in xs:
        h.step()
    h.machine.count += 1
    return sum(xs) if h.machine.count == 4 and h.others[1].count == 3 else 0.0


def copied_into_a_variable(xs):
    m = Machine()
    m.step()
    n = m.count
    flags = [n]
    return xs[0] ** 2 if flags[0] == 1 else xs[1]


def helper(machine, xs):
    for _ in xs:
        machine.step()


def by_a_function(xs):
    m = Machine()
    helper(m, xs)
    return sum(xs) if m.count == 3 else 0.0


def by_a_function_that_is_handed_on(xs):
    def apply(f, *args):
        f(*args)
    m = Machine()
    apply(helper, m, xs)
    apply(lambda: m.step())
    return sum(xs) if m.count == 4 else 0.0


def by_a_nested_function(xs):
    mode = 0

    def apply(f):
        f()

    def switch():
        nonlocal mode
        mode = 1
    apply(switch)
    return xs[0] ** 2 if mode == 1 else xs[0]


def as_an_argument(xs, machine):
    for x in xs:
        machine.switch(x)
    return xs[0] * xs[1] if machine.mode == "fast" else xs[2]


def two_objects_in_a_loop(xs):
    a, b = Machine(), Machine()
    for m in (a, b):
        m.step()
    b.step()
    return xs[0] ** 2 if a.count == 1 and b.count == 2 else xs[1]


@dataclass
class Adam:
    rate: float = 0.1
    step: int = 0
    m: float = 0.0
    history: list = field(default_factory=list)

    def update(self, x, slope):
        self.step += 1
        self.m = 0.9 * self.m + slope
        if self.step > 2:
            return x - self.rate * self.m
        self.history.append(slope)
        return x - self.rate * slope


def an_optimiser(xs):
    adam = Adam()
    x = xs[0]
    for _ in range(4):
        x = adam.update(x, 2.0 * x * xs[1])
    return x * len(adam.history)


class Welford:
    def __init__(self):
        self.n, self.mean, self.squares = 0, 0.0, 0.0

    def push(self, x):
        self.n += 1
        d = x - self.mean
        self.mean += d / self.n
        self.squares += d * (x - self.mean)

    @property
    def variance(self):
        return self.squares / (self.n - 1) if self.n > 1 else 0.0


def welford(xs):
    w = Welford()
    for x in xs:
        w.push(x)
    return w.variance


class Double:
    def apply(self, x):
        return 2.0 * x


class Square:
    def apply(self, x):
        return x * x


class Model:
    def __init__(self):
        self.act = Double()
        self.function = np.sin

    def swap(self):
        self.act = Square()
        self.function = np.cos

    def forward(self, x):
        self.swap()
        return self.act.apply(x)


def another_class(xs):
    model = Model()
    model.swap()
    return model.act.apply(xs[0])


def another_class_inside(xs):
    return Model().forward(xs[0])


def another_function(xs):
    model = Model()
    model.swap()
    return model.function(xs[0])


class Frozen:
    def __init__(self, left, right, value):
        self.left, self.right, self.value = left, right, value

    def total(self, scale):
        if self.left is None:
            return self.value * scale
        return self.left.total(scale) + self.right.total(scale) * self.value


def a_tree_of_objects(xs):
    tree = Frozen(Frozen(None, None, xs[0]), Frozen(None, None, xs[1]), 3.0)
    m = Machine()
    m.step()
    return tree.total(xs[2]) * m.count


class Defaults:
    ready = False
    count = 0

    def switch(self, x):
        if x > 1.5:
            self.ready = True
        self.count += 1


class OtherDefaults:
    mode = "slow"
    best = None

    def switch(self, x):
        if x > 1.5:
            self.mode = "fast"

    def keep(self, x):
        if x > 1.5:
            self.best = x


def class_level_flag(xs):
    d = Defaults()
    d.switch(xs[2])
    return xs[0] ** 2 if d.ready else xs[1]


def class_level_count(xs):
    d = Defaults()
    d.switch(xs[2])
    return xs[0] ** 2 if d.count == 1 else xs[1]


def class_level_string(xs):
    d = OtherDefaults()
    d.switch(xs[2])
    return xs[0] ** 2 if d.mode == "fast" else xs[1]


def class_level_none(xs):
    d = OtherDefaults()
    d.keep(xs[2])
    return xs[0] ** 2 if d.best is not None else xs[1]


PROGRAMS = [augmented_in_place, counted_by_a_method, counted_in_a_loop_of_the_method, a_string_and_a_flag,
            through_two_methods, none_at_first, remembered, a_while_loop, a_list, a_list_asked_for_its_truth, a_dict,
            a_property_that_counts, an_operator, a_call, held_by_another, copied_into_a_variable, by_a_function,
            by_a_function_that_is_handed_on, by_a_nested_function, two_objects_in_a_loop, an_optimiser, welford,
            a_tree_of_objects, class_level_flag, class_level_count]


@pytest.mark.parametrize("f", PROGRAMS, ids=name)
@pytest.mark.parametrize("xs", [[0.7, 1.2, 2.1], [1.9, -0.4, 0.3]], ids=["up", "down"])
def test_gradients(f, xs):
    s2sgrad.check_grads(f, (xs,))


@pytest.mark.parametrize("last", [2.1, 1.1])
def test_an_object_that_is_passed_in(last):
    xs = [0.7, 1.2, last]
    value, slope = s2sgrad.value_and_grad(as_an_argument)(xs, Machine())
    assert value == as_an_argument(xs, Machine())
    assert slope == ([1.2, 0.7, 0.0] if last > 1.5 else [0.0, 0.0, 1.0])


@pytest.mark.parametrize("last", [2.1, 0.3])
@pytest.mark.parametrize("f", [another_class, another_class_inside, another_function, class_level_string,
                               class_level_none], ids=name)
def test_right_or_refused(f, last):
    """What a field holds is of another class, or is another function, when a pending call is done."""
    xs = [0.7, 1.2, last]
    try:
        value = s2sgrad.value_and_grad(f)(copy.copy(xs))[0]
    except UnsupportedError as refusal:
        assert refusal.remedy
    else:
        assert value == f(xs)
        s2sgrad.check_grads(f, (xs,))


class Log:
    def __init__(self):
        self.entries = []

    def put(self, x):
        self.entries.append(x)
        return x

    def held(self):
        return self.entries

    def me(self):
        return self

    @property
    def last(self):
        return self.entries[-1]

    @last.setter
    def last(self, x):
        self.entries.append(x)


def a_method_appends(xs):
    log = Log()
    log.put(xs[0])
    return xs[1] if len(log.entries) == 0 else xs[2] ** 2


def a_method_appends_and_a_test_pops(xs):
    log = Log()
    for x in xs:
        log.put(x)
        if len(log.entries) > 2:
            log.entries.pop()
    return sum(log.entries)


def a_setter_appends(xs):
    log = Log()
    for x in xs:
        log.last = x
    return xs[0] * (2.0 if len(log.entries) < 3 else xs[1])


def through_what_a_method_gives(xs):
    log = Log()
    log.held().append(1)
    return xs[0] * (2.0 if len(log.entries) == 0 else xs[1])


def rows_of_a_table(xs):
    table = [[0], [0]]
    for i in range(2):
        table[i].append(5)
    return xs[0] * (2.0 if table[0][-1] == 0 else xs[1])


def lists_in_a_dict(xs):
    d = {}
    for k in range(2):
        if k not in d:
            d[k] = [0]
        d[k].append(k)
    return xs[0] * (2.0 if len(d[0]) == 1 else xs[1])


def values_of_a_dict(xs):
    d = {"p": Machine(), "q": Machine()}
    for m in d.values():
        m.count = 1
    return xs[0] * (2.0 if d["p"].count == 0 else xs[1])


def a_bound_method_is_handed_on(xs):
    def run(f):
        f()
    m = Machine()
    run(m.step)
    for g in [m.step]:
        g()
    return xs[0] * (2.0 if m.count == 0 else xs[1])


def registered_in_another_object(xs):
    log = Log()
    m = log.put(Machine())
    log.entries[0].count = 1
    return xs[0] * (2.0 if m.count == 0 else xs[1])


def a_shallow_copy(xs):
    rows = [[0], 5]
    other = list(rows)
    other[0][0] = 1
    return xs[0] * (2.0 if rows[0][0] == 0 else xs[1])


def in_a_comprehension(xs):
    found = [0]
    [found.append(k) for k in range(2)]
    return xs[0] * (2.0 if len(found) == 1 else xs[1])


class Scale:
    x = 5.0
    xs = 2.0

    def double(self):
        self.x = self.x * 2.0


def class_level_names(x):
    s = Scale()
    s.double()
    return s.x * x * s.xs


def the_least_tuple(xs):
    best = (xs[0], 0)
    for i, x in enumerate(xs):
        best = min(best, (x * xs[1], i))
    return best[0] * xs[2] + best[1]


def the_greatest_list(xs):
    best = [xs[0], 0]
    for i, x in enumerate(xs):
        best = max(best, [x * xs[1], i])
    return best[0] * xs[2] + best[1]


@pytest.mark.parametrize("xs", [[0.7, 1.2, 2.1], [1.9, -0.4, 0.3]], ids=["up", "down"])
@pytest.mark.parametrize("f", [
    a_method_appends, a_method_appends_and_a_test_pops, a_setter_appends, through_what_a_method_gives, rows_of_a_table,
    lists_in_a_dict, values_of_a_dict, a_bound_method_is_handed_on, registered_in_another_object, a_shallow_copy,
    in_a_comprehension, the_least_tuple, the_greatest_list], ids=name)
def test_changes_through_other_names(f, xs):
    try:
        value = s2sgrad.value_and_grad(f)(copy.copy(xs))[0]
    except UnsupportedError as refusal:
        assert refusal.remedy
    else:
        assert value == f(xs)
        s2sgrad.check_grads(f, (xs,))


def test_class_level_names_are_no_variables():
    assert s2sgrad.value_and_grad(class_level_names)(1.5) == (30.0, 20.0)
