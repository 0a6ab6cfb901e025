"""Random programs with complex values, against jax.grad of the same text, and against central differences."""

import linecache
import random
import types

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from s2sgrad import check_grads, grad

jax.config.update("jax_enable_x64", True)
W = 0.3 * np.random.default_rng(0).normal(size=(4, 4)) + 0.2j * np.random.default_rng(1).normal(size=(4, 4))
UNARY = ("np.exp(1j * {a})", "np.sin({a})", "{a} * 1j", "{a} * (0.7 - 0.4j)", "np.conj({a})", "np.abs({a})",
         "({a}).real", "({a}).imag", "({a})**2", "np.sqrt({a} + 3.0)", "-{a}", "1.0 / ({a} + 2.5)", "({a})[::-1]",
         "np.tanh({a} * 0.3)", "np.cumsum({a}) * 0.3", "np.fft.fft({a}) * 0.4", "np.fft.ifft({a})", "np.roll({a}, 1)",
         "np.sum(np.fft.rfft(({a}).real)[:3]) + {a}", "np.where(x > 0.2, {a}, 0.5)", "np.mean({a}) + {a}",
         "np.angle({a} + 2.0)")
BINARY = ("{a} + {b}", "{a} - {b}", "{a} * {b}", "{a} / ({b} * {b} + 3.0)", "np.vdot({a}, {b}) * 0.2 + {a}",
          "np.dot({a}, {b}) * 0.1 + {b}", "np.where(x > 0.0, {a}, {b})", "np.stack([{a}, {b}])[0] + {b}",
          "np.outer({a}, {b})[1]", "W @ {a} + {b}", "np.concatenate([{a}[:2], {b}[2:]])")


def program(seed, stores):
    """The text of a function of an array of four entries; with stores it also writes into an array."""
    rng = random.Random(seed)
    names, lines = ["x"], []

    def value(depth=0):
        if depth > 1 or rng.random() < 0.3:
            return rng.choice(names)
        if rng.random() < 0.5:
            return f"({rng.choice(UNARY).format(a=value(depth + 1))})"
        return f"({rng.choice(BINARY).format(a=value(depth + 1), b=value(depth + 1))})"

    for k in range(rng.randint(2, 4)):
        lines.append(f"v{k} = 1.0 * {value()}")
        names.append(f"v{k}")
        chosen = rng.choice(names[1:])
        kind = rng.choice(("none", "loop", "branch"))
        if kind == "loop":
            lines += [f"for k in range({rng.randint(1, 3)}):", f"    {chosen} = 0.5 * {value()} + 0.1 * k * {chosen}"]
        if kind == "branch":
            lines += [f"if x[{rng.randint(0, 3)}] > 0.1:", f"    {chosen} = {value()} * 1.0"]
    if stores:
        lines += ["z = np.zeros(4, dtype=complex)", "for k in range(4):", f"    z[k] = {value()}[k] * (1.0 + 0.2j)",
                  "    z[k] *= z[k - 1] + 1.0", f"z[1:] += {value()}[1:]", f"z.real[:2] *= {value()}[:2].real"]
        names.append("z")
    last, other = names[-1], rng.choice(names)
    lines.append(f"return np.sum(np.abs({last} + 0.3)**2) + np.sum(({last} * {other}).imag) + np.sum({other}.real)")
    return "def f(x):\n" + "".join(f"    {line}\n" for line in lines)


def load(text, numpy, name):
    """The function of the text, with this module as NumPy."""
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    namespace = vars(types.ModuleType(name.removesuffix(".py"))) | {"np": numpy, "W": W}
    exec(compile(text, name, "exec"), namespace)
    return namespace["f"]


@pytest.mark.parametrize("seed", range(24))
def test_against_jax(seed):
    text = program(seed, stores=False)
    x = 0.6 * np.random.default_rng(seed).normal(size=4)
    found = grad(load(text, np, f"complex_{seed}.py"))(x)
    expected = jax.grad(load(text, jnp, f"complex_jax_{seed}.py"))(jnp.asarray(x))
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-10 * (1.0 + np.max(np.abs(expected))), err_msg=text)
    assert found.dtype == np.float64


@pytest.mark.parametrize("seed", range(100, 116))
def test_with_stores_against_differences(seed):
    f = load(program(seed, stores=True), np, f"complex_stores_{seed}.py")
    check_grads(f, (0.6 * np.random.default_rng(seed).normal(size=4),))
