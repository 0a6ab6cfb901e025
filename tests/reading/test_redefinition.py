"""A helper that was redefined, or data that changed, is never differentiated in its old form."""

import types

import numpy as np
import pytest
from reading.cells import Notebook

from s2sgrad import grad, value_and_grad

SCALE = 2.0
TABLE = {"k": 2.0}
WEIGHTS = np.array([1.0, 2.0])


def helper(x):
    return x * x


def deeper(x):
    return helper(x) * x


def uses_helper(x):
    return helper(x) * 1.0


def uses_deeper(x):
    return deeper(x) * 1.0


def uses_scale(x):
    return SCALE * x * x


def uses_table(x):
    return TABLE["k"] * x * x


def uses_weights(x):
    return np.sum(WEIGHTS * x**2)


def cube(x):
    return x * x * x


def test_a_helper_redefined_in_a_second_cell():
    book = Notebook()
    book.run("def helper(x):\n    return x * x")
    book.run("def f(x):\n    return helper(x) * 1.0")
    df = grad(book["f"])
    assert df(3.0) == 6.0
    book.run("def helper(x):\n    return x * x * x")
    assert df(3.0) == 27.0
    assert "helper" not in df.source and df.source == grad(book["f"]).source


def test_the_function_itself_redefined_in_a_second_cell():
    book = Notebook()
    book.run("def f(x):\n    return x * x")
    first = book["f"]
    assert grad(first)(3.0) == 6.0
    book.run("def f(x):\n    return x * x * x")
    assert grad(book["f"])(3.0) == 27.0
    assert grad(first)(3.0) == 6.0                        # the old object still means what it says


def test_a_cell_run_again_with_an_equal_text():
    book = Notebook()
    cell = "def helper(x):\n    return x * x\ndef f(x):\n    return helper(x) * 2.0"
    book.run(cell)
    df = grad(book["f"])
    assert df(3.0) == 12.0
    book.run(cell)
    assert df(3.0) == 12.0 and grad(book["f"])(3.0) == 12.0


def test_a_redefined_global_helper(monkeypatch):
    df = grad(uses_helper)
    assert df(3.0) == 6.0
    monkeypatch.setitem(globals(), "helper", cube)
    assert df(3.0) == 27.0
    monkeypatch.undo()
    assert df(3.0) == 6.0


def test_a_redefined_helper_of_a_helper(monkeypatch):
    df = grad(uses_deeper)
    assert df(3.0) == 27.0
    monkeypatch.setitem(globals(), "helper", cube)
    assert df(3.0) == 108.0


def test_replaced_code_of_a_helper(monkeypatch):
    df = grad(uses_helper)
    assert df(3.0) == 6.0
    monkeypatch.setattr(helper, "__code__", cube.__code__)
    assert df(3.0) == 27.0


def test_replaced_defaults_of_a_helper():
    book = Notebook()
    book.run("def helper(x, k=2.0):\n    return k * x * x\ndef f(x):\n    return helper(x)")
    df = grad(book["f"])
    assert df(3.0) == 12.0
    book["helper"].__defaults__ = (5.0,)
    assert df(3.0) == 30.0


def test_a_patched_attribute_of_a_module(monkeypatch):
    module = types.ModuleType("physics")
    module.force = helper
    book = Notebook()
    book.namespace["physics"] = module
    book.run("def f(x):\n    return physics.force(x) * 1.0")
    df = grad(book["f"])
    assert df(3.0) == 6.0
    monkeypatch.setattr(module, "force", cube)
    assert df(3.0) == 27.0


def test_a_patched_attribute_of_numpy(monkeypatch):
    df = grad(uses_sine)
    assert df(0.0) == 1.0
    monkeypatch.setattr(np, "sin", np.exp)
    assert df(1.0) == np.exp(1.0)


def uses_sine(x):
    return np.sin(x)


def test_a_replaced_module(monkeypatch):
    book = Notebook()
    first, second = types.ModuleType("first"), types.ModuleType("second")
    first.force, second.force = helper, cube
    book.namespace["physics"] = first
    book.run("def f(x):\n    return physics.force(x) * 1.0")
    df = grad(book["f"])
    assert df(3.0) == 6.0
    book.namespace["physics"] = second
    assert df(3.0) == 27.0


def test_a_patched_method_of_a_class():
    book = Notebook()
    book.run("""
        class Law:
            @staticmethod
            def force(x):
                return x * x
        def f(x):
            return Law.force(x) * 1.0
    """)
    df = grad(book["f"])
    assert df(3.0) == 6.0
    book["Law"].force = staticmethod(cube)
    assert df(3.0) == 27.0


def made(k, inner):
    def closure(x):
        return k * inner(x)

    def change(new_k, new_inner):
        nonlocal k, inner
        k, inner = new_k, new_inner
    return closure, change


def test_a_reassigned_closure_cell():
    closure, change = made(2.0, helper)
    df = grad(closure)
    assert df(3.0) == 12.0
    change(5.0, helper)
    assert df(3.0) == 30.0
    change(5.0, cube)
    assert df(3.0) == 135.0


def test_closures_over_the_cells_of_one_loop_are_told_apart():
    fs = [made(k, helper)[0] for k in (1.0, 2.0)]
    assert [grad(f)(3.0) for f in fs] == [6.0, 12.0]


def test_a_cell_that_is_bound_after_grad():
    def outer():
        df = grad(inner)

        def late(x):
            return x * x * x
        return df(3.0), late

    def inner(x):
        return later(x) * 1.0

    def later(x):
        return x * x
    assert outer()[0] == 6.0


def test_changed_global_data(monkeypatch):
    df = grad(uses_scale)
    assert df(3.0) == 12.0
    monkeypatch.setitem(globals(), "SCALE", 5.0)
    assert df(3.0) == 30.0
    monkeypatch.setitem(globals(), "SCALE", np.array([1.0, 2.0]))
    with pytest.raises(TypeError):
        df(3.0)                                           # the value is an array now
    monkeypatch.setitem(globals(), "SCALE", 3)
    assert df(3.0) == 18.0


def test_global_data_that_changed_in_place(monkeypatch):
    df = grad(uses_table)
    assert df(3.0) == 12.0
    monkeypatch.setitem(TABLE, "k", 5.0)
    assert df(3.0) == 30.0
    dw = grad(uses_weights)
    x = np.array([1.0, 1.0])
    assert np.array_equal(dw(x), [2.0, 4.0])
    monkeypatch.setitem(globals(), "WEIGHTS", np.array([3.0, 3.0]))
    assert np.array_equal(dw(x), [6.0, 6.0])
    WEIGHTS[0] = 0.0
    assert np.array_equal(dw(x), [0.0, 6.0])


def test_global_data_are_not_folded_into_the_text(monkeypatch):
    text = grad(uses_scale).source
    monkeypatch.setitem(globals(), "SCALE", 5.0)
    assert grad(uses_scale).source == text and "2.0 * x * x" not in text


def test_a_local_definition_shadows_a_builtin_later():
    book = Notebook()
    book.run("def f(x):\n    return abs(x) * 1.0")
    df = grad(book["f"])
    assert df(-3.0) == -1.0
    book.run("def abs(x):\n    return x * x")
    assert df(-3.0) == -6.0


def test_a_changed_attribute_of_self():
    class Model:
        scale = 2.0

        def loss(self, x):
            return self.scale * x * x
    model = Model()
    df = grad(model.loss)
    assert df(3.0) == 12.0
    model.scale = 5.0
    assert df(3.0) == 30.0


def test_the_value_comes_from_the_new_helper_too(monkeypatch):
    df = value_and_grad(uses_helper)
    assert df(3.0) == (9.0, 6.0)
    monkeypatch.setitem(globals(), "helper", cube)
    assert df(3.0) == (27.0, 27.0)
