"""A scan, a branch and a loop that writes in place in single precision, on a GPU or TPU, against the NumPy back end."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from lowering import on_device

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What the programs give on the device."""
    path = tmp_path_factory.mktemp("device") / "results.npz"
    environment = {name: value for name, value in os.environ.items() if name != "JAX_PLATFORMS"}
    environment |= {"JAX_ENABLE_X64": "0", "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
                    "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])}
    ran = subprocess.run([sys.executable, on_device.__file__, str(path)], env=environment, capture_output=True,
                         text=True, timeout=600)
    assert ran.returncode == 0, ran.stderr
    if ran.stdout.split() == ["cpu"]:
        pytest.skip("accelerator: JAX finds none here")
    with np.load(path) as file:
        return dict(file)


def assert_as_numpy(found, f):
    for key, want in on_device.results("numpy", *on_device.ARGS, programs=(f,)).items():
        assert found[key].dtype == np.float32
        np.testing.assert_allclose(found[key], want, rtol=1e-4, atol=1e-5, err_msg=key)


def name(value):
    return getattr(value, "__name__", None)


@pytest.mark.accelerator
@pytest.mark.parametrize("taken", ["numpy", "jax"])
@pytest.mark.parametrize("f", on_device.PROGRAMS, ids=name)
def test_on_the_device(found, f, taken):
    assert_as_numpy({key.removeprefix(f"{taken}_"): value for key, value in found.items()}, f)


@pytest.mark.parametrize("f", on_device.PROGRAMS, ids=name)
def test_on_the_cpu(f):
    assert_as_numpy(on_device.results("jax", *on_device.ARGS, programs=(f,)), f)
