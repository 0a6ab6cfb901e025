"""Code that is nested deeply: long sums, chains of `elif`, of helpers; and that such derivations leave no trace."""

import linecache
import sys
import threading
import types

import numpy as np
import pytest

from s2sgrad import grad, value_and_grad
from s2sgrad.errors import UnsupportedError
from s2sgrad.execute import deep

X = np.array([0.1, 0.2, 0.3, 0.4])


def program(text, name):
    """The function `f` of a module with this text."""
    text = "import numpy as np\n\n\n" + text
    module = types.ModuleType(name)
    file = f"{name}.py"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    exec(compile(text, file, "exec"), vars(module))
    sys.modules[name] = module              # a text that is emitted may import from it
    return module.f


def long_sum(terms):
    return program("def f(x):\n    return " + " + ".join(f"x[{k % 4}]*{k}.0" for k in range(terms)), f"sum_{terms}")


def test_a_long_sum():
    limit = sys.getrecursionlimit()
    df = grad(long_sum(220))
    np.testing.assert_allclose(df(X), [sum(range(k, 220, 4)) for k in range(4)])
    compile(df.source_for(X), "emitted", "exec")
    assert sys.getrecursionlimit() == limit
    assert df.explain(X)


def test_many_branches():
    branches = "".join(f"    elif k == {k}:\n        r = x * {k}\n" for k in range(150))
    f = program("def f(x, k):\n    if k == -1:\n        r = x\n" + branches + "    return r\n", "branches_150")
    df = grad(f)
    assert [df(2.0, k) for k in (-1, 0, 7, 149)] == [1.0, 0.0, 7.0, 149.0]
    compile(df.source_for(2.0, 7), "emitted", "exec")


@pytest.mark.parametrize("first, more, name", [
    ("def g0(x):\n    return x * x\n", "def g{k}(x):\n    return np.tanh(g{before}(x))\n", "written_out"),
    ("def g0(x):\n    y = np.sin(x)\n    return y * y\n",
     "def g{k}(x):\n    y = np.tanh(g{before}(x))\n    return y + 0.1 * y\n", "as_pairs"),
])
def test_helpers_that_call_each_other(first, more, name):
    text = first + "".join(more.format(k=k, before=k - 1) for k in range(1, 60))
    f = program(text + "def f(x):\n    return np.sum(g59(x))\n", f"helpers_{name}")
    value, gradient = value_and_grad(f)(X)
    assert value == f(X)
    steps = 1e-6 * np.eye(4)
    np.testing.assert_allclose(gradient, [(f(X + s) - f(X - s)) / 2e-6 for s in steps], rtol=1e-5, atol=1e-8)


def endless(k):
    return endless(k + 1)


def test_what_is_too_deep_is_refused_and_the_limit_restored():
    limit = sys.getrecursionlimit()
    with pytest.raises(UnsupportedError, match="`test_a_long_sum`.* nested too deeply(?s:.*)Remedy: Split"):
        deep.with_room(test_a_long_sum, lambda: endless(0))
    assert sys.getrecursionlimit() == limit


def depth(left):
    return left and 1 + depth(left - 1)


def test_several_threads_at_once():
    limit = sys.getrecursionlimit()
    found = []
    threads = [threading.Thread(target=lambda: found.append(deep.with_room(depth, lambda: depth(5000))))
               for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [5000] * 4 and sys.getrecursionlimit() == limit and threading.stack_size() == 0


def test_other_errors_come_through():
    def work():
        depth(5000)
        raise KeyError("x")
    with pytest.raises(KeyError):
        deep.with_room(depth, work)
