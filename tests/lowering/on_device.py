"""Programs in single precision on the device that JAX chooses by itself; run as a script, it writes what they give.

    python on_device.py RESULTS.npz

prints the platform of that device. It is a process of its own since the tests hold JAX to the CPU.
"""

import sys

import numpy as np

import s2sgrad


def scanned(x, rate):
    for k in range(50):
        x = x + 0.02 * np.sin(rate * x) / (1.0 + k)
    return np.sum(x**2)


def branching(x, limit):
    s = 0.0
    for v in x:
        if v > limit:
            s = s + np.log(v)
        else:
            s = s + v * np.exp(s * v)
    return s


def in_place(x, rate):
    y = x.copy()
    for i in range(1, len(y)):
        y[i] += rate * y[i - 1]
        y[i - 1] *= y[i]
    return np.sum(np.tanh(y))


PROGRAMS = (scanned, branching, in_place)
ARGS = np.linspace(-0.6, 0.9, 30, dtype=np.float32), np.float32(0.4)


def results(backend, *args, programs=PROGRAMS):
    """Value and gradients of the programs, by names of their own."""
    found = {}
    for f in programs:
        value, gradients = s2sgrad.value_and_grad(f, argnums=(0, 1), backend=backend)(*args)
        found |= {f"{f.__name__}_value": value, f"{f.__name__}_0": gradients[0], f"{f.__name__}_1": gradients[1]}
    return found


def main(path):
    import jax
    if jax.default_backend() == "cpu":
        print("cpu")
        return
    found = {f"numpy_{name}": value for name, value in results("jax", *ARGS).items()}
    there = results("jax", *map(jax.numpy.asarray, ARGS))
    platforms = {device.platform for value in there.values() for device in value.devices()}
    np.savez(path, **found, **{f"jax_{name}": np.asarray(value) for name, value in there.items()})
    print(*platforms)


if __name__ == "__main__":
    main(sys.argv[1])
