"""NumPy does without the lowering, and the lowering without JAX until something is called."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "sine_of_square.py"
BLOCKED = """
import sys
for name in {names}:
    sys.modules[name] = None
"""


def run(names, code):
    done = subprocess.run([sys.executable, "-c", BLOCKED.format(names=names) + code], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def test_numpy_works_where_the_lowering_is_gone():
    code, out, err = run(["s2sgrad.lower.jax", "jax"], f"""
import runpy
from s2sgrad import grad
f = runpy.run_path({str(EXAMPLE)!r})["f"]
print(grad(f)(1.0), len(grad(f).source) > 0)
""")
    assert code == 0, err
    assert out.endswith("True\n")


def test_the_source_is_shown_without_jax():
    code, out, err = run(["jax"], f"""
from s2sgrad.cli import main
sys.exit(main(["show", {str(EXAMPLE) + ":f"!r}, "--backend", "jax", "--args", "1.0"]))
""")
    assert code == 0, err
    assert "import jax.numpy as jnp" in out and "jnp.cos" in out


def test_a_call_without_jax_says_what_to_install():
    code, _, err = run(["jax"], f"""
import runpy
from s2sgrad import grad
grad(runpy.run_path({str(EXAMPLE)!r})["f"], backend="jax")(1.0)
""")
    assert code != 0
    assert "backend='jax' needs jax, which is not installed" in err and "pip install jax" in err


@pytest.mark.parametrize("backend", ["numpy", "jax"])
def test_importing_and_showing_load_no_jax(backend):
    code, out, err = run([], f"""
import runpy
from s2sgrad import grad
grad(runpy.run_path({str(EXAMPLE)!r})["f"], backend={backend!r}).source_for(1.0)
print("jax" in sys.modules)
""")
    assert code == 0, err
    assert out == "False\n"
