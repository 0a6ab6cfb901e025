"""Random programs of loops, branches and writes: the two back ends agree, or JAX refuses with the user's line."""

import importlib.util

import jax
import numpy as np
import pytest
from lowering.random_programs import program

from s2sgrad import value_and_grad
from s2sgrad.errors import InternalError, S2SGradError

ARGS = (np.array([0.3, -0.4, 0.9, 0.6]), np.array([0.8, 0.2, -0.5, 0.1]), 0.7, 3)


def function(seed, folder):
    path = folder / f"program_{seed}.py"
    path.write_text(program(seed), encoding="utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.f


def refusal(f, backend):
    """The gradient, or the error that refuses it."""
    try:
        return value_and_grad(f, argnums=(0, 1, 2), backend=backend)(*ARGS)
    except S2SGradError as error:
        assert not isinstance(error, InternalError)
        return error


def agree(seeds, folder):
    """How many programs JAX refused that NumPy takes, and how many NumPy takes."""
    refused, taken = 0, 0
    for seed in seeds:
        f = function(seed, folder)
        expected = refusal(f, "numpy")
        if isinstance(expected, S2SGradError):
            continue
        taken += 1
        found = refusal(f, "jax")
        if isinstance(found, S2SGradError):
            refused += 1
            assert found.origin.file.endswith(f"program_{seed}.py"), found
            continue
        for one, other in zip(jax.tree_util.tree_leaves(found), jax.tree_util.tree_leaves(expected), strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-8, atol=1e-10, err_msg=program(seed))
    return refused, taken


def test_programs_are_those_of_their_seeds():
    assert program(3) == program(3) != program(4)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_the_first_forty(tmp_path):
    refused, taken = agree(range(40), tmp_path)
    assert taken >= 25 and refused <= 4


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("start", range(0, 1000, 100))
def test_a_thousand(start, tmp_path):
    agree(range(start, start + 100), tmp_path)
