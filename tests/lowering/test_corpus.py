"""The corpus on JAX: what NumPy gives, or a refusal that names the place and the way around it."""

import copy
import re

import pytest
from lowering.cases import LEVEL, LOWERED, PATHS, REFUSED, arguments, assert_same, check, derived

from s2sgrad.errors import S2SGradError

RTOL = 1e-9


def refusal(name, backend):
    """The error for a call with the arguments of seed 0; None where there is an answer."""
    try:
        derived(name, backend)(*arguments(name))
    except S2SGradError as error:
        return error
    return None


def assert_as_numpy(name, seed):
    args = arguments(name, seed)
    given = copy.deepcopy(args)
    result = derived(name)(*given)
    assert check.same(given, args), "arguments were changed"
    assert_same(result, derived(name, "numpy")(*args), RTOL)


def assert_refused_by_the_lowering(error, name):
    assert re.search(rf"{name}\.py:\d+ in \w+\n", str(error))
    assert "backend='numpy'" in error.remedy and error.remedy in str(error)


def test_lists_name_programs_that_numpy_differentiates():
    assert all(LEVEL[name] == 2 for name in REFUSED)
    assert len([name for name in LOWERED if LEVEL[name] == 1]) == 12


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("name", LOWERED)
def test_as_numpy(name, seed):
    assert_as_numpy(name, seed)


@pytest.mark.parametrize("name", REFUSED)
def test_refused_by_the_lowering(name):
    assert refusal(name, "numpy") is None
    error = refusal(name, "jax")
    assert error is not None, f"{name} is listed as refused, but lowers"
    assert REFUSED[name] in str(error)
    assert_refused_by_the_lowering(error, name)


@pytest.mark.parametrize("name", [name for name in PATHS if LEVEL[name] == 3])
def test_right_or_refused(name):
    error = refusal(name, "jax")
    if error is None:
        assert_as_numpy(name, 0)
        assert_as_numpy(name, 1)
    else:
        assert_refused_by_the_lowering(error, name)
