"""grad and value_and_grad: what they ask of the pipeline, how calls are resolved, what the cache does."""

import threading
from dataclasses import dataclass

import numpy as np
import pytest

from s2sgrad import grad, value_and_grad
from s2sgrad.errors import AliasError, ArgumentError, UnsupportedError


def f(x, y, z=3.0):
    """The primal."""
    return x * y * z


def all_forms(x, /, y, *rest, k=2.0, m, **more):
    return x


def write(x, y):
    x[0] = 1.0
    return x @ y


# ---------------------------------------------------------------- what is asked for
@pytest.mark.parametrize("options, argnums, single", [
    ({}, (0,), True),
    ({"argnums": 1}, (1,), True),
    ({"argnums": -1}, (2,), True),
    ({"argnums": (2, 0)}, (2, 0), False),
    ({"argnums": (1,)}, (1,), False),
    ({"argnums": [0, 1]}, (0, 1), False),
    ({"argnums": np.int64(1)}, (1,), True),
    ({"argnums": (np.int32(2), 0)}, (2, 0), False),
    ({"argnums": np.array([0, 1])}, (0, 1), False),
    ({"argnames": "y"}, (1,), True),
    ({"argnames": ("z", "x")}, (2, 0), False),
    ({"argnames": ("z",)}, (2,), False),
])
def test_request(made, options, argnums, single):
    for transform, value in ((grad, False), (value_and_grad, True)):
        transform(f, **options)(1.0, 2.0)
        request = made[-1].request
        assert (request.argnums, request.single, request.value) == (argnums, single, value)
        assert not request.has_aux and request.backend == "numpy" and len(request.kinds) == 3


def test_options_are_passed_on(made):
    grad(f, has_aux=True, backend="numpy")(1.0, 2.0)
    assert made[0].request.has_aux and made[0].request.backend == "numpy"


@pytest.mark.parametrize("options, text", [
    ({"argnums": 3}, "argnums=3 is out of range: f() has 3 positional parameters"),
    ({"argnums": -4}, "out of range"),
    ({"argnums": (0, 0)}, "names a parameter twice"),
    ({"argnums": (0, -3)}, "names a parameter twice"),
    ({"argnums": ()}, "nothing to differentiate"),
    ({"argnums": "x"}, "must be an int"),
    ({"argnums": True}, "must be an int"),
    ({"argnums": np.True_}, "must be an int"),
    ({"argnums": 1.0}, "must be an int or a tuple of ints, not 1.0"),
    ({"argnums": (0, 1.5)}, "must be an int"),
    ({"argnums": np.array(1.0)}, "must be an int"),
    ({"argnames": "w"}, "f() has no parameter 'w' to differentiate\nRemedy: choose from x, y, z"),
    ({"argnames": ("x", "x")}, "names a parameter twice"),
    ({"argnums": 0, "argnames": "x"}, "both given"),
    ({"backend": "torch"}, "there is no back end 'torch'"),
])
def test_wrong_options(options, text):
    with pytest.raises(ArgumentError) as refused:
        grad(f, **options)
    assert text in str(refused.value)


def test_parameters_that_cannot_be_differentiated():
    for options in ({"argnums": 2}, {"argnames": "rest"}, {"argnames": "more"}):
        with pytest.raises(ArgumentError):
            grad(all_forms, **options)


def test_as_a_decorator(made):
    @grad
    def bare(x):
        """Text."""
        return x

    @value_and_grad(argnames=("y",))
    def with_options(x, y):
        return x

    assert bare.__name__ == "bare" and bare.__doc__ == "Text." and bare.primal(2.0) == 2.0
    bare(1.0)
    with_options(1.0, 2.0)
    assert made[0].request.argnums == (0,) and made[1].request.argnums == (1,) and made[1].request.value
    assert repr(bare).endswith("bare with respect to x>")


def test_primal_is_the_same_object():
    assert grad(f).primal is f


@pytest.mark.parametrize("what", [np.sin, len, 3, np.vectorize(f)])
def test_only_plain_functions(what):
    with pytest.raises(ArgumentError, match="not a plain Python function"):
        grad(what)


def test_derivatives_of_derivatives_are_refused():
    with pytest.raises(UnsupportedError, match="derivatives of derivatives"):
        grad(grad(f))


# ---------------------------------------------------------------- calls
def test_calls_are_resolved_as_python_does(made):
    df = grad(f)
    for result in (df(1.0, 2.0), df(1.0, y=2.0), df(y=2.0, x=1.0), df(1.0, 2.0, 3.0), df(1.0, z=3.0, y=2.0)):
        assert result == (1.0, 2.0, 3.0)
    assert len(made) == 1


def test_every_form_of_parameter(made):
    df = grad(all_forms, argnames=("k", "y"))
    assert df(1.0, 2.0, 5, 6, m=4.0, q=7) == ((1.0, 2.0, 5, 6), {"k": 2.0, "m": 4.0, "q": 7})
    assert df(1.0, y=2.0, m=4.0) == ((1.0, 2.0), {"k": 2.0, "m": 4.0})
    assert df(1.0, 2.0, m=4.0, x=9) == ((1.0, 2.0), {"k": 2.0, "m": 4.0, "x": 9})
    assert made[0].request.argnums == (3, 1) and len(made[0].request.kinds) == 6


def test_defaults_are_read_live(made):
    def g(x, n=2.0):
        return x
    dg = grad(g)
    assert dg(1.0) == (1.0, 2.0)
    g.__defaults__ = (5.0,)
    assert dg(1.0) == (1.0, 5.0)


def only_keyword(x, *, k):
    return x


def positional_only(x, /):
    return x


def four(a, b, c, d):
    return a


@pytest.mark.parametrize("function, args, kwargs", [
    (f, (), {}), (f, (1.0,), {}), (f, (1.0,) * 4, {}), (f, (1.0, 2.0), {"w": 1.0}), (f, (1.0, 2.0), {"x": 1.0}),
    (four, (), {}), (four, (1.0,), {}), (four, (1.0,) * 5, {}), (positional_only, (), {"x": 1.0}),
    (only_keyword, (1.0,), {}), (only_keyword, (1.0, 2.0), {}), (f, (), {"z": 1.0}),
])
def test_messages_are_those_of_python(made, function, args, kwargs):
    with pytest.raises(TypeError) as python:
        function(*args, **kwargs)
    with pytest.raises(ArgumentError) as ours:
        grad(function)(*args, **kwargs)
    assert str(ours.value) == str(python.value)
    assert not made


@dataclass
class Model:
    scale: float

    def loss(self, w):
        return self.scale * w

    slope = grad(loss, argnames="w")


def test_methods(made):
    model = Model(2.0)
    assert grad(model.loss)(3.0) == (model, 3.0)
    assert grad(model.loss, argnums=-1)(w=3.0) == (model, 3.0)
    assert model.slope(3.0) == (model, 3.0)
    assert [p.request.argnums for p in made] == [(1,)] * 3
    with pytest.raises(ArgumentError, match="Model.loss\\(\\) has 1 positional parameter\n"):
        grad(model.loss, argnums=1)


# ---------------------------------------------------------------- what is accepted
class Series:
    pass


Series.__module__ = "pandas.core.series"


@pytest.mark.parametrize("value, text", [
    (3, "cannot differentiate with respect to x: it is an integer\nRemedy: pass 3.0 instead of 3"),
    (True, "it is a bool"),
    (1j, "it is complex"),
    (np.int64(2), "pass 2.0 instead of 2"),
    (np.complex128(1j), "it is complex"),
    (np.arange(3), "it is an array of dtype int64\nRemedy: pass x.astype(float)"),
    (np.ones(2, complex), "dtype complex128"),
    (np.array([None]), "dtype object"),
    ([1, 2], "there is no float in it"),
    ({"a": [1.0, 1j]}, "respect to x['a'][1]: it is complex"),
    ("s", "it is a str"),
    (None, "it is a NoneType"),
    (object(), "it is a object"),
    (Series(), "the argument x is a pandas Series"),
    ([1.0, Series()], "the argument x[1] is a pandas Series"),
    (np.ma.array([1.0]), "subclass of ndarray"),
])
def test_arguments_that_cannot_be_differentiated(made, value, text):
    with pytest.raises(ArgumentError) as refused:
        grad(f)(value, 2.0)
    assert text in str(refused.value)
    assert not made


def test_other_arguments_may_be_anything_but_foreign_arrays(made):
    for value in (3, True, "s", None, object(), np.arange(3), [1, "a"], 1j):
        grad(f)(1.0, value)
    for value in (Series(), [Series()], np.ma.array([1.0])):
        with pytest.raises(ArgumentError, match="the argument y"):
            grad(f)(1.0, value)


def test_overlap_is_refused_where_arguments_are_written(made):
    x = np.ones(4)
    for y in (x, x[::-1]):
        with pytest.raises(AliasError, match="the arguments x and y share memory") as refused:
            grad(write)(x, y)
        assert refused.value.remedy == "pass a copy, for example y.copy()"
    grad(write)(x, x.copy())
    grad(f)(x, x)


# ---------------------------------------------------------------- the cache
def test_one_program_for_each_signature(made):
    df = grad(f)
    for x in (1.0, 2.0, np.ones(3), np.ones(4), np.float32(1.0)):
        df(x, 2.0)
    assert len(made) == 3


def test_a_stale_program_is_derived_again(made):
    df = grad(f)
    for x in (1.0, np.ones(3)):
        df(x, 2.0)
        made[-1].stale = True
        df(x, 2.0)
        df(x, 2.0)
    assert len(made) == 4


def test_replaced_code_is_read_again(made):
    def g(x):
        return x

    def h(x, n=4.0):
        return x
    dg = grad(g)
    dg(1.0)
    g.__code__, g.__defaults__ = h.__code__, h.__defaults__
    assert dg(1.0) == (1.0, 4.0)


def test_the_cache_is_bounded_and_keeps_what_is_used(made):
    df = grad(f)
    df(1.0, 2.0)
    for n in range(200):
        df(1.0, str(n))
        df(1.0, 2.0)
    assert len(made) == 201
    assert len(df._programs) == 64


def test_live_data_are_refreshed_at_each_call(made):
    df = grad(f)
    df(1.0, 2.0)
    df._programs.clear()
    calls = []
    program = df._load(made[0])
    program.refresh = lambda: calls.append(1)
    df._programs[(float, float, float)] = program
    df(1.0, 2.0)
    df(1.0, 2.0)
    assert len(calls) == 2


def test_threads_share_one_derivation(made):
    df = grad(f)
    threads = [threading.Thread(target=df, args=(np.ones(3), 2.0)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1


# ---------------------------------------------------------------- sources
def test_source_is_the_program_under_declared_facts(made, tmp_path):
    df = grad(f)
    df(1.0, 2.0)
    assert df.source == "# f None" and df.source == "# f None"
    assert "Number" in df.source_for(1.0, y=2.0)
    assert len(made) == 2
    df.save(tmp_path / "f_grad.py")
    assert (tmp_path / "f_grad.py").read_text() == df.text_for_save() == "# f None\n"
    made[-1].stale = True
    _ = df.source
    assert len(made) == 3
