"""Programs in the JAX dialect as functions: what they take and give, what they are compiled for, and how JAX is met."""

import os
import subprocess
import sys
import threading
import types
import warnings
from collections import namedtuple
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from s2sgrad.core.nodes import Datum
from s2sgrad.errors import ArgumentError, Origin, UnsupportedError
from s2sgrad.execute.arguments import check_arguments
from s2sgrad.execute.jax_backend import JaxProgram, stand_ins
from s2sgrad.execute.signature import kinds_of, signature_key

ROOT = Path(__file__).parents[2]
LOSS = """
import jax.numpy as jnp

def loss_grad(w, x, n, *, result_bar=1.0):
    traces.append((type(n).__name__, n))
    result = n * jnp.sum(w * x)
    return (result, {"x": x, "n": n, "name": "loss"}), (result_bar * n * x, result_bar * n * w)
"""
SQUARE = """
import jax.numpy as jnp

def square_grad(x, *, result_bar=1.0):
    return result_bar * 2.0 * x * scale
"""
TREE = """
from s2sgrad.execute.jax_runtime import cast_like, zeros_like

def tree_grad(p, *, result_bar=1.0):
    p_bar = zeros_like(p)
    p_bar[0] = {key: value if value is None else value + result_bar for key, value in p_bar[0].items()}
    return cast_like(p_bar, p)
"""
Pair = namedtuple("Pair", "a b")


def program(text, entry, data=(), **layout):
    layout = {"argnums": (0,), "single": True, "value": False, "has_aux": False} | layout
    return JaxProgram(text, entry.removesuffix("_grad"), entry, {}, data, **layout)


def loss(argnums=(0, 1)):
    """The loss with aux, and the list of what it was traced for."""
    traces = []
    made = program(LOSS, "loss_grad", (Datum("traces", {"traces": Opaque(traces)}, "traces"),), argnums=argnums,
                   single=False, value=True, has_aux=True)
    return made, traces


class Opaque:
    """A place to note what happens, which is always equal to itself."""

    __slots__ = ("append",)

    def __init__(self, notes):
        self.append = notes.append.__call__


def square(scale=1.0):
    holder = {"scale": scale}
    return program(SQUARE, "square_grad", (Datum("scale", holder, "scale"),)), holder


# ---------------------------------------------------------------- what comes back
@pytest.mark.parametrize("x", [3.0, np.float64(3.0), np.float32(3.0), np.array(3.0), np.ones((2, 3)),
                               np.ones(3, "float32"), np.ones((0, 2)), np.ones(3, "float16"), np.ones(2, ">f8"),
                               np.asfortranarray(np.ones((2, 3)))[:, ::-1]])
def test_a_gradient_is_of_the_kind_and_dtype_of_its_argument(x):
    gradient = square(1.5)[0](x)
    assert type(gradient) is type(x) and np.all(gradient == 3.0 * x)
    if isinstance(x, np.ndarray):
        assert gradient.dtype == x.dtype and gradient.shape == x.shape and gradient.flags.writeable


def test_values_and_aux_come_back_as_numpy():
    (value, aux), (w_bar, x_bar) = loss()[0](np.ones(3), np.arange(3.0), 2)
    assert type(value) is np.float64 and value == 6.0
    assert type(aux["x"]) is np.ndarray and aux["x"].flags.writeable and type(aux["n"]) is int and aux["name"] == "loss"
    assert w_bar.tolist() == [0.0, 2.0, 4.0] and x_bar.tolist() == [2.0, 2.0, 2.0]
    assert not np.shares_memory(aux["x"], w_bar)


@pytest.mark.parametrize("value, has_aux, body, expected", [
    (False, False, "2.0 * x", 6.0), (True, False, "(x, 2.0 * x)", (3.0, 6.0)),
    (True, True, "((x, ['a', x]), 2.0 * x)", ((3.0, ["a", 3.0]), 6.0)), (False, True, "(2.0 * x, x)", (6.0, 3.0)),
])
def test_layouts(value, has_aux, body, expected):
    text = f"def f_grad(x, *, result_bar=1.0):\n    return {body}\n"
    for x in (3.0, jnp.asarray(3.0)):
        assert program(text, "f_grad", value=value, has_aux=has_aux)(x) == expected


def test_several_gradients_come_in_a_tuple_also_one():
    text = "def f_grad(x, *, result_bar=1.0):\n    return (2.0 * x,)\n"
    assert program(text, "f_grad", single=False)(3.0) == (6.0,)


def test_structures_come_back_with_none_for_what_is_no_float():
    p = [{"w": np.ones(2, "float32"), "n": 3, "s": np.float32(0.5)}, (1.0, "a", np.arange(2)), []]
    gradient = program(TREE, "tree_grad")(p)
    assert gradient[0]["w"].dtype == np.float32 and gradient[0]["w"].tolist() == [1.0, 1.0]
    assert gradient[0]["n"] is None and type(gradient[0]["s"]) is np.float32 and gradient[0]["s"] == 1.0
    assert gradient[1:] == [(0.0, None, None), []]


def test_constant_results_come_back_new_each_time():
    text = """
import numpy as np

def f_grad(x, *, result_bar=1.0):
    return (1.5, np.zeros(2), int), np.zeros(3)
"""
    f = program(text, "f_grad", value=True)
    (value, constant, kind), gradient = f(np.ones(3, "float32"))
    assert type(value) is np.float64 and kind is int and gradient.dtype == np.float32
    gradient[:], constant[:] = 7.0, 7.0
    (_, constant, _), gradient = f(np.ones(3, "float32"))
    assert not np.any(gradient) and not np.any(constant)


def test_static_results_follow_the_shapes_that_they_were_made_for():
    text = "def f_grad(x, *, result_bar=1.0):\n    return 2.0 * x, x.shape\n"
    f = program(text, "f_grad", has_aux=True)
    assert f(np.ones(2))[1] == (2,) and f(np.ones(3))[1] == (3,) and f(np.ones(2))[1] == (2,)


def test_namedtuples_and_classes_reach_the_program():
    text = "def f_grad(x, pair, cls, *, result_bar=1.0):\n    return pair.a * x, cls(pair.b, x)\n"
    gradient, aux = program(text, "f_grad", has_aux=True)(2.0, Pair(3.0, "b"), Pair)
    assert gradient == 6.0 and aux == Pair("b", 2.0)


# ---------------------------------------------------------------- what a program is compiled for
def test_new_numbers_are_not_new_programs():
    f, traces = loss()
    for w in (1.0, 2.0):
        assert f(w * np.ones(3), np.ones(3), 2)[0][0] == 6.0 * w
    assert len(traces) == 1


def test_static_values_compare_by_type_and_value():
    f, traces = loss()
    for n in (1, True, 1, 2, np.int64(1), True):
        assert f(np.ones(3), np.ones(3), n)[0][0] == 3.0 * n
    f(np.ones(3), np.ones(3), 1.0)
    assert [kind for kind, _ in traces][:4] == ["int", "bool", "int", "int64"] and len(traces) == 5
    assert isinstance(traces[4][1], jax.core.Tracer)


def test_live_data_are_never_stale():
    f, holder = square(1.0)
    for scale in (2.0, 3, np.float32(4.0), np.arange(1.0, 4.0), jnp.ones(3), True):
        holder["scale"] = scale
        np.testing.assert_array_equal(f(np.ones(3)), 2.0 * np.asarray(scale) * np.ones(3))
        np.testing.assert_array_equal(f.pure(jnp.ones(3)), 2.0 * np.asarray(scale) * np.ones(3))
    holder["scale"] = data = np.ones(3)
    f(np.ones(3))
    data[:] = 5.0
    assert f(np.ones(3)).tolist() == [10.0, 10.0, 10.0]


def test_attributes_of_a_live_object_are_never_stale():
    text = "def f_grad(x, *, result_bar=1.0):\n    return model.scale * x\n"
    model = types.SimpleNamespace(scale=2.0)
    f = program(text, "f_grad", (Datum("model", {"model": model}, "model"),))
    assert f(3.0) == 6.0
    model.scale = 4.0
    assert f(3.0) == 12.0


def test_closure_cells_are_read_live():
    scale = 2.0
    cell = (lambda: scale).__closure__[0]
    f = program(SQUARE, "square_grad", (Datum("scale", cell),))
    assert f(1.0) == 4.0
    scale = 5.0
    assert f(1.0) == 10.0


def test_data_that_are_gone():
    f, holder = square()
    del holder["scale"]
    with pytest.raises(NameError, match="name 'scale' is not defined"):
        f(1.0)


def test_keyword_arguments_are_those_of_the_entry():
    text = "def f_grad(x, *rest, n=1.0, result_bar=1.0, **more):\n    return result_bar * more['k'] * x * rest[0]\n"
    f = program(text, "f_grad", argnums=(2,))
    assert f(2.0, 3.0, n=np.float32(4.0), k=5) == np.float32(30.0)
    assert type(f(2.0, 3.0, n=np.float32(4.0), k=5)) is np.float32
    assert f(2.0, 3.0, n=4.0, k=5, result_bar=2.0) == 60.0


@pytest.mark.parametrize("expression", ["x + None", "int(x)", "jnp.reshape(x, (2, 3))", "f_grad(x)"])
def test_what_cannot_be_traced_is_refused_with_the_users_line(expression):
    text = f"import jax.numpy as jnp\ndef f_grad(x):\n    return {expression}\n"
    f = JaxProgram(text, "f", "f_grad", {3: Origin("m.py", 7)}, (), argnums=(0,), single=True, value=False,
                   has_aux=False)
    for call in (f, f.pure):
        with pytest.raises(UnsupportedError, match="JAX cannot run this") as caught:
            call(np.arange(4.0))
        assert caught.value.origin == Origin("m.py", 7)
        assert isinstance(caught.value.__cause__, (TypeError, ValueError, RecursionError))


def test_what_the_program_raises_on_purpose_passes():
    f = JaxProgram("def f_grad(x):\n    raise ValueError('no')\n", "f", "f_grad", {2: Origin("m.py", 7)}, (),
                   argnums=(0,), single=True, value=False, has_aux=False)
    with pytest.raises(ValueError) as caught:
        f(1.0)
    assert caught.type is ValueError and caught.value.args == ("no",)


# ---------------------------------------------------------------- JAX arrays
def test_jax_arrays_come_back_where_one_was_given():
    (value, aux), (w_bar, x_bar) = loss()[0](jnp.ones(3), np.arange(3.0), 2)
    assert all(isinstance(leaf, jax.Array) for leaf in (value, aux["x"], w_bar, x_bar)) and aux["name"] == "loss"
    gradient = program(TREE, "tree_grad")([{"w": jnp.ones(2), "n": 3, "s": 1.0}])
    assert isinstance(gradient[0]["w"], jax.Array) and gradient[0]["n"] is None
    assert isinstance(gradient[0]["s"], jax.Array)


def test_a_constant_gradient_is_a_jax_array_where_one_was_given():
    text = "def f_grad(x, *, result_bar=1.0):\n    return 0.0\n"
    gradient = program(text, "f_grad")(jnp.array(1.0, "float32"))
    assert isinstance(gradient, jax.Array) and gradient.dtype == np.float32


def test_inside_transformations_of_the_user():
    f, _ = square(3.0)
    rows = jnp.arange(6.0).reshape(2, 3)
    for g in (f, f.pure):
        np.testing.assert_array_equal(jax.jit(g)(rows), 6.0 * rows)
        np.testing.assert_array_equal(jax.vmap(g)(rows), 6.0 * rows)
        np.testing.assert_array_equal(jax.jacfwd(g)(rows[0]), 6.0 * np.eye(3))
        np.testing.assert_array_equal(jax.jvp(g, (rows,), (rows,))[1], 6.0 * rows)
    text = "def f_grad(x, n, *, result_bar=1.0):\n    return [n * x][:n][0]\n"
    assert jax.jit(program(text, "f_grad").pure, static_argnums=1)(2.0, 3) == 6.0


def test_live_data_of_an_outer_transformation():
    def outer(scale):
        return program(SQUARE, "square_grad", (Datum("scale", {"scale": scale}, "scale"),))(3.0)
    assert jax.jit(outer)(2.0) == 12.0 and jax.grad(outer)(2.0) == 6.0


def test_the_pure_function_takes_numpy_too():
    (value, aux), (w_bar, _) = loss()[0].pure(np.ones(3), np.arange(3.0), 2)
    assert isinstance(value, jax.Array) and isinstance(w_bar, jax.Array) and aux["n"] == 2
    x = np.ones(3)
    kept = program("def f_grad(x):\n    return x\n", "f_grad").pure(x)
    x[:] = 2.0
    assert kept.tolist() == [1.0, 1.0, 1.0]


# ---------------------------------------------------------------- stand-ins
def test_stand_ins_have_the_facts_of_what_they_stand_for():
    x = np.arange(6.0).reshape(2, 3)
    values = (jnp.ones((2, 3), "float32"), [x.T, {"a": x, "k": jnp.arange(3)}], 3, np.ma.ones(2), jnp.asarray(1.0))
    made = stand_ins(values)
    assert made[0].dtype == np.float32 and made[0].shape == (2, 3) and made[0].flags.c_contiguous
    assert made[1][0].shape == (3, 2) and made[1][0].flags.c_contiguous and made[1][1]["a"] is x
    assert made[2] == 3 and made[3] is values[3] and type(made[4]) is np.ndarray
    assert values[1][0].base is not None
    assert signature_key(made[:1]) == signature_key((np.zeros((2, 3), "float32"),))
    assert kinds_of(made[:1]) == kinds_of((np.zeros((2, 3), "float32"),))
    check_arguments(["w", "p"], made[:2], [0, 1])


def test_stand_ins_of_tracers():
    seen = []
    jax.jit(lambda x: seen.append(stand_ins((x, [x]))) or x)(jnp.ones((2, 1), "int32"))
    assert seen[0][0].shape == (2, 1) and seen[0][1][0].dtype == np.int32


@pytest.mark.parametrize("leaf", [jnp.ones(2, "bfloat16"), jax.random.key(0)])
def test_dtypes_that_numpy_does_not_have_are_refused(leaf):
    with pytest.raises(ArgumentError, match=r"the argument p\['a'\] is a JAX array of dtype (bfloat16|key)"):
        stand_ins((1.0, {"a": leaf}), ("x", "p"))
    with pytest.raises(ArgumentError, match=r"the argument number 1\['a'\]"):
        stand_ins((1.0, {"a": leaf}))


# ---------------------------------------------------------------- threads and processes
def test_one_compilation_serves_all_threads():
    f, traces = loss()
    barrier, results = threading.Barrier(4), []

    def call(k):
        barrier.wait()
        results.extend(f(k * np.ones(3), np.ones(3), 2)[0][0] / k for _ in range(5))
    threads = [threading.Thread(target=call, args=(k,)) for k in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [6.0] * 20 and 1 <= len(traces) <= 4


def run(script, **environment):
    path = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=120,
                          env=os.environ | {"PYTHONPATH": path} | environment)


MADE = """
import sys
import numpy as np
from s2sgrad.execute.jax_backend import JaxProgram, stand_ins
f = JaxProgram("def f_grad(x, *, result_bar=1.0):\\n    return 2.0 * x", "f", "f_grad", {}, (), argnums=(0,),
               single=True, value=False, has_aux=False)
"""


def test_making_a_program_does_not_load_jax():
    assert run(MADE + "stand_ins((np.ones(2), 1.0)); print('jax' in sys.modules)").stdout == "False\n"


def test_without_jax_the_first_call_says_what_is_missing():
    said = run(MADE + """
sys.modules["jax"] = None
from s2sgrad.errors import S2SGradError
assert stand_ins((1.0,)) == (1.0,)
for call in (f, f.pure):
    try:
        call(1.0)
    except S2SGradError as error:
        assert isinstance(error, ImportError)
        print(error)
""").stdout
    assert said == "backend='jax' needs jax, which is not installed\nRemedy: pip install jax\n" * 2


SINGLE = MADE + """
import warnings
def said(*args, f=f):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = f(*args)
    return result, [(w.filename, str(w.message)) for w in caught]
"""


@pytest.mark.parametrize("x", ["np.ones(3)", "np.float64(2.0)", "2.0", "[np.ones(2)][0]"])
def test_double_precision_that_jax_does_not_have_is_said_once(x):
    found = run(SINGLE + f"""
x = {x}
result, first = said(x)
assert type(result) is type(x) and getattr(result, "dtype", None) == getattr(x, "dtype", None)
_, second = said(x)
assert second == [], second
print(first)
""", JAX_ENABLE_X64="0").stdout
    assert found.count("float64, but JAX computes in float32") == 1 and "jax_enable_x64" in found
    assert found.startswith("[('<string>', ")


def test_single_precision_on_purpose_is_not_warned_of():
    found = run(SINGLE + """
import jax.numpy as jnp
g = JaxProgram("def f_grad(x, s, *, result_bar=1.0):\\n    return s * x", "f", "f_grad", {}, (), argnums=(0,),
               single=True, value=False, has_aux=False)
for args in ((np.ones(3, "float32"), 0.5), (jnp.ones(3), 0.5), (np.float32(1.0), 3)):
    assert said(*args, f=g)[1] == [], args
assert said(np.ones(3, "float32"), np.float64(0.5), f=g)[1]
""", JAX_ENABLE_X64="0")
    assert found.stdout == ""


def test_with_double_precision_nothing_is_said():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert square()[0](np.ones(3)).dtype == np.float64
