"""What goes in and comes out on JAX: dtypes, structures, JAX arrays, transformations of `jax_function`, live data."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from lowering.programs_registry import M, V, W

from s2sgrad import grad, value_and_grad
from s2sgrad.errors import AliasError, ArgumentError
from s2sgrad.execute.tree import leaves


def squares(x):
    return np.sum(x**2)


def loop(x, n):
    s = 0.0
    for i in range(n):
        s += x[i] ** 2
    return s


def loss(w, x, y):
    h = np.tanh(w * x)
    if np.sum(h) > 0:
        h = h * 2
    s = 0.0
    for i in range(len(x)):
        s += (h[i] - y[i]) ** 2
    return s


def on_both(f, **options):
    return grad(f, backend="jax", **options), grad(f, **options)


# ---------------------------------------------------------------- kinds and dtypes
@pytest.mark.parametrize("x", [2.5, np.float32(2.5), np.float64(2.5), np.array(2.5), V, V.astype("float32"),
                               V.astype("float16"), M[:, ::-1], np.asfortranarray(M), V[:0]])
def test_a_gradient_is_what_its_argument_is(x):
    gradient = grad(squares, backend="jax")(x)
    assert type(gradient) is type(x) and np.shape(gradient) == np.shape(x)
    assert np.result_type(gradient) == np.result_type(x)
    np.testing.assert_allclose(gradient, 2 * x, rtol=1e-3)


def by_position(p):
    return np.sum(p[0]) * p[1]


def by_key(p):
    return np.sum(p["b"]) * p["a"]


def nested(p):
    return np.sum(p["w"][0]) * p["w"][1][0] * p["w"][1][1]


@pytest.mark.parametrize("f, p", [(by_position, (V, 2.0)), (by_position, [V, 2.0]), (by_key, {"b": V, "a": 2.0}),
                                  (nested, {"w": [V, (2.0, 3)], "name": "p"})])
def test_a_gradient_has_the_structure_of_its_argument(f, p):
    on_jax, on_numpy = on_both(f)
    got, want = on_jax(p), on_numpy(p)
    assert type(got) is type(want)
    for (place, one), (other_place, other) in zip(leaves(got), leaves(want), strict=True):
        assert place == other_place
        assert one is other is None or np.array_equal(one, other) and np.shape(one) == np.shape(other)


@pytest.mark.parametrize("x, says", [(3, "it is an integer"), ("a", "it is a str"), (V + 1j, "complex128"),
                                     (V.astype(object), "dtype object"), (V.astype(np.longdouble), "dtype float128"),
                                     ([], "there is no float in it")])
def test_what_has_no_gradient_is_refused_by_name(x, says):
    with pytest.raises(ArgumentError, match=says):
        grad(squares, backend="jax")(x)


def test_positions_and_names_of_arguments():
    def f(x, *, m=2.0, k=3):
        return np.sum(x) * m**k
    for options in ({}, {"argnames": "m"}, {"argnames": ("m", "x")}):
        on_jax, on_numpy = on_both(f, **options)
        for one, other in zip(leaves(on_jax(V, m=1.5, k=2)), leaves(on_numpy(V, m=1.5, k=2)), strict=True):
            np.testing.assert_allclose(one[1], other[1], rtol=1e-12)


def test_starred_parameters():
    def f(x, *factors, **more):
        return np.sum(x) * factors[0] * factors[1] * more["a"]
    on_jax, on_numpy = on_both(f)
    np.testing.assert_allclose(on_jax(V, 2.0, 3.0, a=0.5), on_numpy(V, 2.0, 3.0, a=0.5))


def test_aux_comes_back_as_it_is():
    def f(x, n):
        s = 0.0
        running = []
        for v in x:
            s += v * v
            running.append(s)
        return s * n, {"mean": np.mean(x), "n": n, "name": "loss", "none": None, "all": np.array(running), "big": x > 1}
    gradient, aux = grad(f, has_aux=True, backend="jax")(V, 2)
    wanted, wanted_aux = grad(f, has_aux=True)(V, 2)
    np.testing.assert_allclose(gradient, wanted)
    assert list(aux) == list(wanted_aux) and (aux["n"], aux["name"], aux["none"]) == (2, "loss", None)
    for key in ("mean", "all", "big"):
        assert type(aux[key]) is type(wanted_aux[key])
        np.testing.assert_allclose(aux[key], wanted_aux[key])


@pytest.mark.parametrize("option", [np.float32, np.float64])
def test_a_dtype_is_part_of_the_program(option):
    def f(x, dtype):
        return np.sum(x.astype(dtype))
    assert value_and_grad(f, backend="jax")(V, option)[0].dtype == option


@pytest.mark.parametrize("f, x, options", [
    (lambda x, axis: np.sum(np.max(x, axis=axis)), M, [0, 1, (0, 1), None]),
    (lambda x, shape: np.sum(x.reshape(shape)[0]), M, [(2, 6), (6, 2)]),
    (lambda x, part: np.sum(x[part] ** 2), V, [slice(1, 3), slice(None, None, -2), 2]),
    (lambda x, stop: np.sum(x[:stop] ** 2), V, [2, -2, 0])], ids=["axis", "shape", "slice", "stop"])
def test_options_that_are_static(f, x, options):
    on_jax, on_numpy = on_both(f)
    for option in options:
        np.testing.assert_allclose(on_jax(x, option), on_numpy(x, option))


# ---------------------------------------------------------------- JAX arrays
def test_jax_arrays_in_give_jax_arrays_out():
    value, gradient = value_and_grad(loop, backend="jax")(jnp.asarray(V), 3)
    assert isinstance(value, jax.Array) and isinstance(gradient, jax.Array)
    np.testing.assert_allclose(gradient, [1.4, -2.6, 4.2, 0.0, 0.0])


def test_single_precision_stays():
    value, gradient = value_and_grad(loop, backend="jax")(jnp.asarray(V, jnp.float32), 3)
    assert value.dtype == gradient.dtype == jnp.float32


@pytest.mark.parametrize("n", [3, np.int64(3), np.array(3), jnp.asarray(3)])
def test_a_bound_may_be_any_integer(n):
    np.testing.assert_allclose(grad(loop, backend="jax")(V, n), [1.4, -2.6, 4.2, 0.0, 0.0])


def test_one_jax_array_in_a_container_is_enough():
    gradient = grad(lambda p: np.sum(p[0]) * p[1], backend="jax")([jnp.asarray(V), 2.0])
    assert isinstance(gradient, list) and all(isinstance(g, jax.Array) for g in gradient)


def test_a_written_argument_stays_what_it_was():
    def f(x):
        x[0] = 2.0 * x[1]
        return np.sum(x**2)
    for x in (V.copy(), jnp.asarray(V)):
        np.testing.assert_allclose(grad(f, backend="jax")(x), grad(f)(V.copy()))
        assert np.array_equal(x, V)


def test_written_arguments_that_share_memory_are_refused():
    def f(x, y):
        x[0] = y[1]
        return np.sum(x * y)
    with pytest.raises(AliasError, match="share memory"):
        grad(f, backend="jax")(V, V)


def test_a_read_only_argument_may_be_written_by_the_function():
    def f(x):
        x[0] = 2.0 * x[1]
        return np.sum(x**2)
    x = V.copy()
    x.setflags(write=False)
    np.testing.assert_allclose(grad(f, backend="jax")(x), grad(f)(V.copy()))


# ---------------------------------------------------------------- transformations
XS = np.array([V, W, -V])


def test_jit_with_static_and_with_traced_integers():
    pure, wanted = grad(loop, backend="jax").jax_function, grad(loop)(V, 3)
    np.testing.assert_allclose(jax.jit(pure, static_argnums=1)(V, 3), wanted)
    np.testing.assert_allclose(jax.jit(pure)(V, 3), wanted)
    np.testing.assert_allclose(jax.jit(functools.partial(pure, n=3))(V), wanted)


def test_vmap():
    on_jax, on_numpy = on_both(loss)
    wanted = [on_numpy(V, x, W) for x in XS]
    over_rows = jax.vmap(on_jax.jax_function, (None, 0, None))
    np.testing.assert_allclose(over_rows(V, XS, W), wanted, rtol=1e-10)
    np.testing.assert_allclose(jax.jit(over_rows)(V, XS, W), wanted, rtol=1e-10)


def test_vmap_over_a_traced_branch_and_over_indices():
    def cube_or_double(x):
        return x**3 if x > 0 else x * 2

    def entry(x, i):
        return x[i] ** 2
    np.testing.assert_allclose(jax.vmap(grad(cube_or_double, backend="jax").jax_function)(jnp.array([1.0, -1.0])),
                               [3.0, 2.0])
    rows = jax.vmap(grad(entry, backend="jax").jax_function, (None, 0))(V, jnp.arange(5))
    np.testing.assert_allclose(rows, np.diag(2 * V))


def test_jvp_and_grad_of_the_gradient_are_second_derivatives():
    on_jax, on_numpy = on_both(loss)
    direction, step = np.array([1.0, -0.5, 0.2, 0.0, 0.3]), 1e-5
    wanted = (on_numpy(V + step * direction, XS[1], W) - on_numpy(V - step * direction, XS[1], W)) / (2 * step)
    along = jax.jvp(lambda w: on_jax.jax_function(w, XS[1], W), (V,), (direction,))[1]
    np.testing.assert_allclose(along, wanted, rtol=1e-6)
    summed = jax.grad(lambda w: direction @ on_jax.jax_function(w, XS[1], W))(V)
    np.testing.assert_allclose(summed, along, rtol=1e-10)


def test_a_call_under_a_foreign_jit():
    on_jax, on_numpy = on_both(loss)
    np.testing.assert_allclose(jax.jit(lambda w: on_jax(w, XS[1], W))(V), on_numpy(V, XS[1], W), rtol=1e-10)


@pytest.mark.parametrize("p", [[1.5, 2.0], (1.5, 2.0)])
def test_jit_of_containers(p):
    gradient = jax.jit(grad(lambda p: p[0] * p[1], backend="jax").jax_function)(p)
    assert type(gradient) is type(p) and [float(g) for g in gradient] == [2.0, 1.5]


def test_none_among_the_arguments():
    def f(x, w=None):
        return np.sum(x) if w is None else np.sum(x * w)
    pure = jax.jit(grad(f, backend="jax").jax_function)
    np.testing.assert_allclose(pure(V, None), np.ones(5))
    np.testing.assert_allclose(pure(V, W), W)


# ---------------------------------------------------------------- live data
COUNT, SCALE, TABLE, FLAG, LIST = 3, 2.0, np.array([1.0, 2.0, 3.0, 4.0, 5.0]), True, [1.0, 2.0]


def with_data(x):
    s = 0.0
    for i in range(COUNT):
        s += x[i] * TABLE[i] * SCALE
    if FLAG:
        s = s * 2
    return s * LIST[1]


CHANGES = [("COUNT", 4), ("SCALE", 3.0), ("SCALE", np.float64(0.5)), ("SCALE", 2), ("TABLE", TABLE * 2),
           ("TABLE", np.array([1, 2, 3, 4, 5])), ("FLAG", False), ("LIST", [1.0, 7.0, 9.0])]


def test_data_are_read_at_every_call(monkeypatch):
    on_jax, on_numpy = on_both(with_data)
    for name, value in [("SCALE", SCALE), *CHANGES]:
        monkeypatch.setitem(globals(), name, value)
        np.testing.assert_allclose(on_jax(V), on_numpy(V), rtol=1e-12, err_msg=f"{name} = {value}")


def test_an_array_that_changes_in_place(monkeypatch):
    table = TABLE.copy()
    monkeypatch.setitem(globals(), "TABLE", table)
    on_jax, on_numpy = on_both(with_data)
    on_jax(V)
    table[0] = 100.0
    np.testing.assert_allclose(on_jax(V), on_numpy(V), rtol=1e-12)


def test_under_a_foreign_jit_data_are_constants_of_the_trace(monkeypatch):
    traced = jax.jit(grad(with_data, backend="jax").jax_function)
    before = traced(V)
    monkeypatch.setitem(globals(), "SCALE", 77.0)
    np.testing.assert_array_equal(traced(V), before)


def test_a_captured_number_that_changes():
    scale = 2.0

    def f(x):
        return np.sum(x) * scale
    gradient = grad(f, backend="jax")
    assert gradient(V)[0] == 2.0
    scale = 5.0
    assert gradient(V)[0] == 5.0
