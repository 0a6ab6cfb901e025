"""A network that tells two spirals apart: its loss is plain NumPy, its training step is compiled by JAX.

    pip install '.[jax]' && python examples/jax_mlp.py

The model knows nothing of JAX. `value_and_grad(loss, backend="jax")` takes NumPy arrays like any other gradient; its
`jax_function` is the same as a pure function of JAX arrays, which `jax.jit` compiles together with the update.
"""

import jax
import numpy as np

from s2sgrad import value_and_grad

jax.config.update("jax_enable_x64", True)           # JAX computes in float32 otherwise


def logits(network, points):
    first, weights, biases, last = network
    h = np.tanh(points @ first)
    for k in range(len(weights)):
        h = np.tanh(h @ weights[k] + biases[k])
    return h @ last


def loss(network, points, labels):
    z = logits(network, points)
    return np.mean(np.logaddexp(0.0, z) - labels * z)


value_and_slope = value_and_grad(loss, backend="jax")


@jax.jit
def train(network, velocity, points, labels):
    """One step of gradient descent with momentum."""
    value, slope = value_and_slope.jax_function(network, points, labels)
    velocity = jax.tree.map(lambda v, g: 0.9 * v - 0.1 * g, velocity, slope)
    network = jax.tree.map(lambda x, v: x + v, network, velocity)
    return network, velocity, value


def inputs(rng, width=24, hidden=2, count=100):
    """A network with random weights, and two spirals of so many points with their labels."""
    network = (rng.normal(size=(2, width)), rng.normal(size=(hidden, width, width)) / np.sqrt(width),
               np.zeros((hidden, width)), rng.normal(size=width) / np.sqrt(width))
    angle = np.linspace(1.0, 8.0, count)
    arm = np.column_stack((angle * np.cos(angle), angle * np.sin(angle))) / 4.0
    points = np.concatenate((arm, -arm)) + 0.03 * rng.normal(size=(2 * count, 2))
    return network, points, np.repeat((0.0, 1.0), count)


if __name__ == "__main__":
    network, points, labels = inputs(np.random.default_rng(0))
    print(value_and_slope.source_for(network, points, labels))
    value, slope = value_and_slope(network, points, labels)         # NumPy arrays in, NumPy arrays out
    assert np.isclose(value, loss(network, points, labels))
    assert all(type(part) is np.ndarray for part in slope)
    velocity = jax.tree.map(np.zeros_like, network)
    for step in range(1001):
        network, velocity, value = train(network, velocity, points, labels)
        if step % 200 == 0:
            print(f"step {step:4}: loss {value:.4f}")
    found = logits(jax.device_get(network), points) > 0.0
    print(f"accuracy {np.mean(found == (labels > 0.0)):.1%}")
