"""Rules of the user's own on JAX: the JAX function that they name, or a refusal."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from s2sgrad import adjoint, grad
from s2sgrad.errors import UnsupportedError
from s2sgrad.rules import registry


def relu(x):
    return np.maximum(x, 0.0)


def relu_adjoint(y, x, *, y_bar):
    return y_bar * (x > 0.0)


def bump(x):
    return np.exp(-x * x)


def bump_adjoint(y, x, *, y_bar):
    return -2.0 * y_bar * x * y


@pytest.fixture(autouse=True)
def own_rules(monkeypatch):
    """The rules, for these tests only."""
    monkeypatch.setattr(registry, "_RULES", dict(registry._RULES))
    adjoint(relu, jax="jax.nn.relu")(relu_adjoint)
    adjoint(bump)(bump_adjoint)


def test_a_rule_that_names_its_jax_function_lowers():
    def f(x):
        return np.sum(relu(x) ** 2)
    x = np.array([-1.0, 2.0, 0.5])
    with jax.enable_x64(True):
        made = grad(f, backend="jax")
        assert "nn.relu(x)" in made.source_for(x)
        np.testing.assert_allclose(made(x), jax.grad(lambda x: jnp.sum(jax.nn.relu(x) ** 2))(x))


def test_a_rule_that_names_none_is_refused():
    def f(x):
        return np.sum(bump(x))
    with pytest.raises(UnsupportedError, match=r"bump` does not lower to JAX yet"):
        grad(f, backend="jax").source_for(np.ones(3))
