"""The benchmarks compute what they should, on tiny sizes: every variant of every program against the one by hand."""

import importlib.util

import numpy as np
import pytest

from benchmarks import differences
from benchmarks.cases import CASES, TEN
from benchmarks.variants import PEERS, compare, variants

NEEDED = {"peers_jax": "jax", "peers_torch": "torch", "peers_autograd": "autograd", "peers_tensorflow": "tensorflow",
          "differences": "numpy"}
PROGRAMS = list({case.program: name for name, case in reversed(CASES.items())}.values())     # each in one size
INSTALLED = [peer for peer in PEERS if importlib.util.find_spec(NEEDED[peer]) is not None]


@pytest.fixture(autouse=True)
def float64_on_jax():
    if "peers_jax" not in INSTALLED:
        yield
        return
    import jax
    with jax.enable_x64(True):
        yield


@pytest.mark.parametrize("name", PROGRAMS)
def test_written_by_hand_is_the_derivative(name):
    case = CASES[name]
    args = case.args(small=True)
    before = [np.copy(value) for value in args]
    value, gradients = case.by_hand(*args)
    assert all(np.array_equal(one, other) for one, other in zip(args, before, strict=True)), "arguments stay"
    double = tuple(np.float64(v) if getattr(v, "dtype", None) == np.float32 else v for v in args)
    assert np.isclose(value, case.primal(*[np.copy(v) if isinstance(v, np.ndarray) else v for v in double]))
    for k, gradient in zip(case.argnums, gradients, strict=True):
        direction = np.random.default_rng(k).normal(size=np.shape(args[k]))
        slope = differences.slope(case, double, k, direction)
        assert np.isclose(np.vdot(direction, gradient), slope, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("peer", ["", *INSTALLED])
@pytest.mark.parametrize("name", PROGRAMS)
def test_all_variants_agree(name, peer):
    case = CASES[name]
    args = case.args(small=True)
    compare(case, args, variants(case, args, [peer] if peer else []))


def test_there_are_ten():
    assert len(TEN) == 10 and all(case.counted for case in TEN)
