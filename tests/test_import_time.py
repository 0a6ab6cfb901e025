"""`import s2sgrad` is light, told by which modules it loads."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("statement, absent", [
    ("import s2sgrad", ("jax", "scipy", "pygments", "argparse")),
    ("import numpy, s2sgrad; s2sgrad.grad(lambda x: x * x)(3.0)", ("jax", "scipy", "pygments", "argparse")),
])
def test_does_not_load(statement, absent, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(f"import sys\n{statement}\nprint(*[m for m in {absent!r} if m in sys.modules])\n")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.split() == []
