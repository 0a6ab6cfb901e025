"""Golden files of the JAX dialect: read by a person whenever they change (`--update-golden` writes them)."""

import ast
import re
from functools import cache
from pathlib import Path

import jax
import numpy as np
import pytest
from golden import primals
from test_golden import CASES

from s2sgrad import grad, value_and_grad

FOLDER = Path(__file__).parents[1] / "golden" / "jax"
NAMES = ("rnn", "logistic_loss", "orbit", "diffuse", "grow", "leapfrog")


@cache
def gradient(name, backend="jax"):
    case = CASES[name]
    make = grad if case.make is grad else value_and_grad
    return make(getattr(primals, name), argnums=case.argnums, backend=backend)


def golden(name):
    return (FOLDER / f"{name}.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_is_what_is_emitted(name, update_golden):
    text = gradient(name).source_for(*CASES[name].args)
    if update_golden:
        (FOLDER / f"{name}.py").write_text(text, encoding="utf-8")
    assert text == golden(name), "read the difference, then run pytest with --update-golden"


@pytest.mark.parametrize("name", NAMES)
def test_runs_under_jit_and_agrees_with_numpy(name):
    args = CASES[name].args
    namespace = {}
    exec(compile(golden(name), f"{name}.py", "exec"), namespace)
    case = CASES[name]
    made = namespace[f"{name}_{'grad' if case.make is grad else 'value_and_grad'}"]
    static = tuple(k for k, a in enumerate(args) if isinstance(a, int))
    with jax.enable_x64(True):
        found = jax.device_get(jax.jit(made, static_argnums=static)(*args))
    expected = gradient(name, "numpy")(*args)
    for one, other in zip(jax.tree_util.tree_leaves(found), jax.tree_util.tree_leaves(expected), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_is_pure_and_derived_by_us(name):
    text = re.sub(r"#.*", "", golden(name))
    assert not re.search(r"jax\.(grad|vjp|jvp|jacfwd|jacrev|linearize)\b", text)
    assert "import numpy" not in text and not re.search(r"\][ ]*[-+*/]?= ", text)


@pytest.mark.parametrize("name", NAMES)
def test_has_nothing_that_nobody_reads(name):
    names = [n for n in ast.walk(ast.parse(golden(name))) if isinstance(n, ast.Name)]
    stored = {n.id for n in names if isinstance(n.ctx, ast.Store)}
    assert stored - {n.id for n in names if isinstance(n.ctx, ast.Load)} <= {"_"}
