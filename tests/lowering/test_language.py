"""Each construct of the language on JAX: value, gradient, their types and the caller's data are those of NumPy."""

import copy
import re
from functools import cache

import jax
import numpy as np
import pytest
from lowering import programs_branches, programs_calls, programs_loops, programs_writes

from s2sgrad import value_and_grad
from s2sgrad.execute.tree import is_float_leaf, leaves

FILES = programs_branches, programs_loops, programs_writes, programs_calls
CASES = [case for file in FILES for case in file.CASES]
IDS = [f"{file.__name__.rpartition('_')[2]}-{f.__name__}" for file in FILES for f, _ in file.CASES]
BY_NAME = {f.__name__: (f, inputs) for f, inputs in CASES}


def active(args):
    """The positions of the arguments that hold a float."""
    return tuple(i for i, a in enumerate(args) if any(is_float_leaf(leaf) for _, leaf in leaves(a)))


def on(backend, f, args):
    return derived(backend, f, active(args))


@cache
def derived(backend, f, argnums):
    return value_and_grad(f, argnums=argnums, backend=backend)


def assert_same(got, want):
    """The same leaves at the same places, to the precision of their dtype. A Python float is as good as float64."""
    got, want = dict(leaves(got)), dict(leaves(want))
    assert got.keys() == want.keys()
    for place, leaf in want.items():
        other = got[place]
        if not isinstance(leaf, (float, np.ndarray, np.generic)):
            assert type(other) is type(leaf) and other == leaf, place
            continue
        assert np.shape(other) == np.shape(leaf) and np.result_type(other) == np.result_type(leaf), place
        assert isinstance(other, np.ndarray) == isinstance(leaf, np.ndarray), place
        tolerance = 1e-5 if np.result_type(leaf) == np.float32 else 1e-10
        np.testing.assert_allclose(other, leaf, rtol=tolerance, atol=tolerance, err_msg=str(place))


@pytest.mark.filterwarnings("ignore:divide by zero")
@pytest.mark.parametrize("f, inputs", CASES, ids=IDS)
def test_as_numpy(f, inputs):
    assert len(inputs) > 1, "one call does not tell enough"
    for args in inputs:
        given = copy.deepcopy(args)
        value, gradients = on("jax", f, args)(*given)
        assert_same(given, args)
        wanted, wanted_gradients = on("numpy", f, args)(*copy.deepcopy(args))
        assert_same(gradients, wanted_gradients)
        np.testing.assert_allclose(value, wanted, rtol=1e-5 if np.result_type(wanted) == np.float32 else 1e-10)


def test_names_are_said_once():
    assert len(BY_NAME) == len(CASES)


# ---------------------------------------------------------------- the general program
GENERAL = ["if_else", "nested", "write_on_both_sides", "chained_comparison", "range_of_an_argument", "nested_loops",
           "integer_start_of_a_sum", "index_behind_the_loop", "zip_of_arrays", "tuples_of_indices", "recurrence",
           "helper_in_a_loop", "helper_that_writes_its_own_array", "stencil"]


@pytest.mark.parametrize("name", GENERAL)
def test_the_general_program_as_numpy(name):
    f, inputs = BY_NAME[name]
    program = general(f, inputs[0])
    for args in inputs:
        value, gradients = program(*jax.tree.map(as_jax, args))
        wanted, wanted_gradients = on("numpy", f, args)(*copy.deepcopy(args))
        np.testing.assert_allclose(value, wanted, rtol=1e-10)
        for got, want in zip(gradients, wanted_gradients, strict=True):
            np.testing.assert_allclose(got, want, rtol=1e-10, atol=1e-12)


def general(f, args):
    """The function that `source` shows."""
    text = on("jax", f, args).source
    namespace = {}
    exec(compile(text, "<general>", "exec"), namespace)
    (entry,) = re.findall(rf"^def ({f.__name__}_value_and_grad)\(", text, re.M)
    return namespace[entry]


def as_jax(leaf):
    return jax.numpy.asarray(leaf) if isinstance(leaf, np.ndarray) else leaf
