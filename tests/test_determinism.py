"""Emitted text is the same, byte for byte, whatever the hash seed of the process."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
SEEDS = ("0", "1", "2")
PROGRAM = """
import numpy as np
from golden import primals
from s2sgrad import grad, value_and_grad


def of_dict(parameters, x):
    h = x
    for layer in ("first", "second"):
        h = np.tanh(parameters[layer] * h + parameters["bias"])
    return np.sum(h * parameters["scale"])


v = np.linspace(0.1, 0.9, 6)
print(grad(primals.logistic_loss).source_for(v[:3], np.ones((4, 3)), np.ones(4)))
print(grad(primals.orbit, argnums=(0, 1, 2)).source)
print(value_and_grad(primals.grow, argnums=(0, 1)).source_for(v, 0.8, 6, 0.05))
print(grad(primals.leapfrog, argnums=(0, 1, 2)).source_for(np.ones((4, 3)), np.ones((4, 3)), v[:4], 0.3, 0.05, 4))
print(grad(of_dict).source_for({"first": v, "second": v, "bias": 0.1, "scale": v, "name": "net"}, v))
"""


def printed(file, seed):
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests"), *filter(None, sys.path)])
    done = subprocess.run([sys.executable, str(file)], capture_output=True, text=True,
                          env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": path})
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_five_programs_print_the_same_under_every_hash_seed(tmp_path):
    file = tmp_path / "programs.py"
    file.write_text(PROGRAM)
    texts = {seed: printed(file, seed) for seed in SEEDS}
    assert texts["0"].count("# forward sweep") == 5
    assert texts["0"] == texts["1"] == texts["2"]
