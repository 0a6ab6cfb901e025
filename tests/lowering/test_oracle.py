"""The gradients of JAX itself, of primals that were written for it, as an oracle for ours."""

import re
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from lowering.cases import LOWERED, arguments, derived, module
from lowering.primals import PRIMALS

from s2sgrad.execute import jax_runtime

NAMES = "value_and_grad|grad|vjp|jvp|linearize|linear_transpose|jacfwd|jacrev|hessian|custom_jvp|custom_vjp"
DERIVATIVES = re.compile(rf"\b(?:{NAMES})\b")


def jax_value_and_grad(name, args):
    """What `jax.value_and_grad` of the primal gives at these arguments."""
    wrt = module(name).WRT

    def primal(*moved):
        given = [jnp.asarray(a) if isinstance(a, np.ndarray) else a for a in args]
        for position, value in zip(wrt, moved, strict=True):
            given[position] = value
        return PRIMALS[name](*given)
    return jax.jit(jax.value_and_grad(primal, argnums=tuple(range(len(wrt)))))(*(args[i] for i in wrt))


def assert_close(got, want, rtol=1e-9):
    largest = float(np.max(np.abs(want), initial=0.0))
    np.testing.assert_allclose(got, want, rtol=rtol, atol=rtol * largest)


def test_every_lowered_program_has_a_primal():
    assert set(PRIMALS) == set(LOWERED)


@pytest.mark.parametrize("name", LOWERED)
def test_as_jax(name):
    args = arguments(name)
    expected_value, expected = jax_value_and_grad(name, args)
    assert_close(float(expected_value), module(name).ENTRY(*arguments(name)))       # the primal is the program
    value, gradients = derived(name)(*args)
    assert_close(value, float(expected_value))
    assert jax.tree.structure(gradients) == jax.tree.structure(expected)
    for one, other in zip(jax.tree.leaves(gradients), jax.tree.leaves(expected), strict=True):
        assert_close(one, np.asarray(other))


@pytest.mark.parametrize("name", LOWERED)
def test_no_derivative_of_jax_is_called(name):
    assert not DERIVATIVES.findall(derived(name).source_for(*arguments(name)))


@pytest.mark.parametrize("path", sorted(Path(jax_runtime.__file__).parent.glob("*.py")), ids=lambda path: path.stem)
def test_no_helper_calls_a_derivative_of_jax(path):
    assert not DERIVATIVES.findall(path.read_text(encoding="utf-8"))


def test_derivatives_of_jax_would_be_found():
    assert len(DERIVATIVES.findall("jax.grad(f); jax.vjp(f, x); jvp(f); lax.linearize(f); f_value_and_grad(x)")) == 4
