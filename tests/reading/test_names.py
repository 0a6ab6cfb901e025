"""What names may stand for: aliases, methods, lambdas, nested and decorated functions, notebook cells, scripts."""

import builtins
import functools
import math
import math as m
from math import cos as c

import numpy
import numpy as np
import pytest
from numpy import linalg, sin as s
from reading.cells import Notebook

from s2sgrad import check_grads, grad

tanh = np.tanh


def aliases(x):
    return s(x) * c(x) + m.exp(x) + numpy.cos(x) + math.log(x)


def assigned_alias(x):
    return tanh(x) * builtins.abs(x)


def submodule(A):
    return linalg.det(A) + np.linalg.norm(A) + numpy.linalg.slogdet(A)[1]


def alias_inside(x):
    f = np.sin
    g = f
    return g(x) * x


def import_inside(x):
    import math as inner

    from numpy import cos
    return inner.sin(x) * cos(x)


def local_name_of_a_builtin(x, sum, len):
    max = sum * x
    return max * len


def names_of_the_emitter(result_bar, x_bar, x):
    t_bar = x_bar * x
    x_record = t_bar * result_bar
    return x_record * x


def unicode_names(α, x_0):
    β = α * x_0
    return β * β


def twice(f):
    @functools.wraps(f)
    def wrapper(x):
        return 2.0 * f(x)
    return wrapper


def noted(f):
    f.note = True
    return f


@noted
def decorated_by_a_mark(x):
    return x * x


@twice
def decorated_by_a_wrapper(x):
    return x * x


def calls_a_decorated_function(x):
    return decorated_by_a_mark(x) * x


def calls_a_wrapped_function(x):
    return decorated_by_a_wrapper(x) * x


class Model:
    def __init__(self, scale):
        self.scale = scale

    def loss(self, x):
        return self.scale * x * x

    @staticmethod
    def square(x):
        return x * x

    @classmethod
    def cube(cls, x):
        return x * x * x


@pytest.mark.parametrize(("f", "args"), [
    (aliases, (0.7,)), (assigned_alias, (0.7,)), (submodule, (np.array([[2.0, 0.3], [0.4, 1.5]]),)),
    (alias_inside, (0.7,)), (import_inside, (0.7,)), (local_name_of_a_builtin, (0.7, 1.3, 0.4)),
    (names_of_the_emitter, (0.7, 1.3, 0.4)), (unicode_names, (0.7, 1.3)), (decorated_by_a_mark, (0.7,)),
    (calls_a_decorated_function, (0.7,)), (Model(3.0).loss, (0.7,)), (Model.square, (0.7,)), (Model.cube, (0.7,)),
    (Model(3.0).cube, (0.7,)), (lambda x, y=2.0: x * x * y, (0.7,)),
], ids=lambda value: getattr(value, "__name__", ""))
def test_names(f, args):
    check_grads(f, args)


def test_the_wrapper_counts_and_not_only_what_it_wraps():
    assert grad(decorated_by_a_wrapper)(3.0) == 12.0
    assert grad(calls_a_wrapped_function)(3.0) == 54.0


def test_an_unbound_method_with_its_receiver():
    assert grad(Model.loss, argnames="x")(Model(3.0), 2.0) == 12.0


def test_two_lambdas_on_one_line():
    f, g = (lambda x: x * x), (lambda x: x * x * x)
    assert (grad(f)(3.0), grad(g)(3.0)) == (6.0, 27.0)


def test_lambdas_of_a_comprehension_have_the_cell_as_it_is_now():
    fs = [lambda x: x * k for k in (1.0, 2.0)]  # noqa: B023
    assert [grad(f)(3.0) for f in fs] == [2.0, 2.0]


def test_a_default_of_a_lambda_is_its_own():
    fs = [lambda x, k=k: x * k for k in (1.0, 2.0)]
    assert [grad(f)(3.0) for f in fs] == [1.0, 2.0]


def test_nested_functions_two_deep():
    def outer(k):
        def middle(n):
            def inner(x):
                return k * x**n
            return inner
        return middle
    assert grad(outer(2.0)(3))(3.0) == 54.0


def test_a_function_of_a_notebook_cell():
    book = Notebook()
    book.run("from numpy import exp as e\nk = 2.0")
    book.run("def f(x):\n    y = k * x\n    return y * e(0.0 * y)")
    assert grad(book["f"])(3.0) == 2.0
    assert "y = k * x" in grad(book["f"]).source


def test_a_lambda_of_a_notebook_cell():
    book = Notebook()
    book.run("f = lambda x: x * x")
    assert grad(book["f"])(3.0) == 6.0


def test_two_cells_with_functions_of_one_name():
    book = Notebook()
    book.run("def f(x):\n    return x * x")
    first = book["f"]
    book.run("def f(x):\n    return x * x * x")
    assert (grad(first)(3.0), grad(book["f"])(3.0)) == (6.0, 27.0)


def test_a_decorated_function_of_a_notebook_cell():
    book = Notebook()
    book.run("from s2sgrad import grad\n\n@grad\ndef slope(x):\n    return x * x")
    assert book["slope"](3.0) == 6.0


def test_globals_are_those_of_the_helper_not_of_the_caller():
    one, two = Notebook(), Notebook()
    one.run("k = 2.0\ndef helper(x):\n    return k * x * x")
    two.namespace["helper"] = one["helper"]
    two.run("k = 100.0\ndef f(x):\n    return helper(x) * k")
    assert grad(two["f"])(3.0) == 1200.0
    one.run("k = 3.0")
    assert grad(two["f"])(3.0) == 1800.0
