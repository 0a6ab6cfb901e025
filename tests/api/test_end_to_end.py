"""The interface on top of the real pipeline: what comes back, in which form."""

from dataclasses import dataclass

import numpy as np
import pytest

from s2sgrad import check_grads, grad, stop_gradient, value_and_grad
from s2sgrad.errors import ArgumentError

SCALE = 2.0


def helper(x):
    return x * x


def scaled(x, y=3.0):
    return SCALE * helper(x) * y


def other_helper(x):
    return x * x * x


def energy(u, v):
    return np.sum(u * u) * v


def with_aux(x):
    y = x * x
    return y, {"twice": 2.0 * x}


def half_constant(x):
    return x * stop_gradient(x)


def of_dict(params, x):
    return np.sum((params["w"] * x + params["b"]) ** 2)


@dataclass
class Model:
    scale: float

    def loss(self, w):
        return self.scale * np.sum(w * w)


def test_forms_of_results():
    u = np.array([1.0, 2.0])
    assert np.array_equal(grad(energy)(u, 3.0), [6.0, 12.0])
    assert grad(energy, argnums=-1)(u, 3.0) == 5.0
    both = grad(energy, argnames=("v", "u"))(u, 3.0)
    assert type(both) is tuple and both[0] == 5.0 and np.array_equal(both[1], [6.0, 12.0])
    value, gradient = value_and_grad(energy, argnames="v")(u, v=3.0)
    assert value == 15.0 and gradient == 5.0


def test_dtypes_are_kept():
    assert type(grad(scaled)(1.5)) is float
    assert grad(energy)(np.ones(2, np.float32), np.float32(2.0)).dtype == np.float32
    zero_d = grad(energy)(np.array(1.5), 2.0)
    assert isinstance(zero_d, np.ndarray) and zero_d.shape == ()


def test_aux():
    assert grad(with_aux, has_aux=True)(3.0) == (6.0, {"twice": 6.0})
    assert value_and_grad(with_aux, has_aux=True)(3.0) == ((9.0, {"twice": 6.0}), 6.0)


def test_defaults_count():
    assert grad(scaled)(1.0) == 12.0
    assert grad(scaled, argnames="y")(2.0) == 8.0


def test_a_replaced_helper_and_changed_data_are_seen(monkeypatch):
    d = grad(scaled)
    assert d(2.0) == 24.0
    monkeypatch.setitem(globals(), "SCALE", 1.0)
    assert d(2.0) == 12.0
    monkeypatch.setitem(globals(), "helper", other_helper)
    assert d(2.0) == 36.0


def test_stop_gradient():
    assert grad(half_constant)(3.0) == 3.0


def test_a_bound_method():
    assert np.array_equal(grad(Model(3.0).loss)(np.array([1.0, 2.0])), [6.0, 12.0])


def test_structures():
    params = {"w": np.array([1.0, 2.0]), "b": 0.5, "name": "linear"}
    x = np.array([0.3, 0.4])
    gradient = grad(of_dict)(params, x)
    assert list(gradient) == ["w", "b", "name"] and gradient["name"] is None and type(gradient["b"]) is float
    check_grads(of_dict, (params, x))


def test_check_grads():
    check_grads(energy, (np.array([1.0, -2.0]), 3.0))
    check_grads(scaled, (1.5, 2.0), argnames="x")


def test_source_does_not_depend_on_calls():
    d = grad(energy)
    before = d.source
    d(np.ones(3), 2.0)
    assert d.source == before == grad(energy).source
    assert d.source_for(np.ones(3), 2.0) == d.source_for(np.ones(5), 1.0)


def test_an_integer_is_refused():
    with pytest.raises(ArgumentError, match="pass 3.0 instead of 3"):
        grad(scaled)(3)
