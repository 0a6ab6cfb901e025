"""What makes emitted code and the transformation fast, told by counts and texts, never by a clock.

The times themselves are reported by `python -m benchmarks`.
"""

import linecache
import math
import sys

import numpy as np
import pytest
from golden import primals

from s2sgrad import grad, value_and_grad


def calls_of(f, *args):
    """How many Python functions (the C ones left out) run while f does."""
    count = 0

    def watch(frame, event, argument):
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        f(*args)
    finally:
        sys.setprofile(before)
    return count


def straight_line(n):
    """n lines, each of which binds a new name."""
    forms = ("math.sin({0}) * y", "{0} * 0.5 + x", "{0} * {1}", "{0} - {1} / 3.0")
    body = [f"    a{i} = " + forms[i % 4].format(f"a{i - 1}", f"a{max(i - 3, 0)}") for i in range(1, n)]
    return defined("\n".join(["def f(x, y):", "    a0 = x * y", *body, f"    return a{n - 1}", ""]), f"straight {n}")


def rebinding(n):
    """n lines that bind the same two names again and again."""
    forms = ("y = math.sin(x) * y", "x = x * y + 0.5")
    body = [f"    {forms[i % 2]}" for i in range(n)]
    return defined("\n".join(["def f(x, y):", *body, "    return x * y", ""]), f"rebinding {n}")


def loop(n):
    """A loop with n lines, whose variables are carried from trip to trip."""
    forms = ("x = x + 0.01 * math.sin(x) * y", "s = s + x * y", "y = y * 0.5 + x")
    body = [f"        {forms[i % 3]}" for i in range(n)]
    return defined("\n".join(["def f(x, y):", "    s = 0.0", "    for t in range(20):", *body, "    return s", ""]),
                   f"loop {n}")


def branches(n):
    """n lines in branches one after the other."""
    forms = ("if x > 0.5:\n        x = x * y + 0.1", "else:\n        y = math.sin(x)")
    body = [f"    {forms[i % 2]}" for i in range(n - n % 2)]
    return defined("\n".join(["def f(x, y):", *body, "    return x * y", ""]), f"branches {n}")


def writes(n):
    """n lines that write an array in place."""
    body = [f"    u[1:-1] += 0.{i % 8 + 1} * (u[2:] - u[:-2])" for i in range(n)]
    return defined("\n".join(["def f(u):", *body, "    return np.sum(u**2)", ""]), f"writes {n}")


def defined(source, name):
    """The function f of a source, which `inspect` finds under this name."""
    name = f"<{name}>"
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    namespace = {"math": math, "np": np}
    exec(compile(source, name, "exec"), namespace)
    return namespace["f"]


SCALARS = {
    "orbit": (primals.orbit, (0, 1, 2), (0.3, 1.7, 0.2, 50)),
    "kepler": (primals.kepler, (0, 1), (1.1, 0.4)),
    "straight line": (straight_line(12), (0, 1), (0.3, 0.7)),
    "loop": (loop(4), (0, 1), (0.3, 0.7)),
}


# ---------------------------------------------------------------- emitted code
def test_the_linear_stencil_records_nothing():
    text = grad(primals.diffuse).source_for(np.ones(12), 5, 0.1)
    assert "record" not in text and "append" not in text and "pop" not in text


def test_write_once_entries_are_not_recorded():
    text = grad(primals.log_det).source_for(np.eye(5))
    assert "record" not in text and "append" not in text and "pop" not in text


@pytest.mark.parametrize("make", [grad, value_and_grad])
@pytest.mark.parametrize("name", SCALARS)
def test_scalar_programs_use_no_helper_and_no_array(name, make):
    f, argnums, args = SCALARS[name]
    text = make(f, argnums=argnums).source_for(*args)
    assert "s2sgrad.runtime" not in text
    assert "np." not in text, "Python floats stay Python floats"


@pytest.mark.parametrize("name", SCALARS)
def test_scalar_gradients_are_python_floats(name):
    f, argnums, args = SCALARS[name]
    assert {type(g) for g in grad(f, argnums=argnums)(*args)} == {float}


def test_emitted_length_is_proportional_to_the_source():
    lengths = [len(grad(straight_line(n), argnums=(0, 1)).source_for(0.3, 0.7).splitlines()) for n in (25, 50, 100)]
    assert lengths[2] - lengths[1] <= 1.1 * 2 * (lengths[1] - lengths[0])
    assert lengths[2] <= 6 * 100


# ---------------------------------------------------------------- the call path
def product(x, y):
    return math.sin(x) * y


def test_a_call_on_two_numbers_runs_next_to_nothing_besides_the_emitted_function():
    df = grad(product, argnums=(0, 1))
    df(1.3, 0.7)
    assert calls_of(df, 1.3, 0.7) <= 6        # __call__, has anything been redefined?, the emitted function


def test_a_call_on_two_arrays_only_adds_their_key():
    df = grad(lambda x, y: x @ y)
    a = np.ones(3)
    df(a, a)
    assert calls_of(df, a, a) <= 20


# ---------------------------------------------------------------- the transformation
@pytest.mark.parametrize("make, args", [(straight_line, (0.3, 0.7)), (rebinding, (0.3, 0.7)), (loop, (0.3, 0.7)),
                                        (branches, (0.3, 0.7)), (writes, (np.ones(9),))])
def test_the_work_of_transforming_grows_linearly(make, args):
    """Function calls, not seconds: 4 times the lines may take 5.5 times the calls."""
    def transform(n):
        return calls_of(grad(make(n), argnums=tuple(range(len(args)))).source_for, *args)

    transform(5)                              # whatever happens once only
    assert transform(100) <= 5.5 * transform(25)
