"""The benchmarks compute what they should, on tiny sizes: every variant of every program against the one by hand."""

import importlib.util
import json
from xml.etree import ElementTree

import numpy as np
import pytest

from benchmarks import differences, report, timing
from benchmarks.cases import CASES, TEN
from benchmarks.measure import Measurement
from benchmarks.picture import picture
from benchmarks.timing import Timing
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


# ---------------------------------------------------------------- timing and what is made of it
def measured(name, **ratios):
    """A measurement in which the primal takes a second."""
    times = {"primal": 1.0} | {variant.replace("_", " "): ratio for variant, ratio in ratios.items()}
    return Measurement(name, {variant: Timing(seconds, 15) for variant, seconds in times.items()}, {"torch": "why not"})


def test_long_functions_get_fewer_runs_unless_they_are_ours(monkeypatch):
    monkeypatch.setattr(timing, "LONG", 0.0)
    found = timing.alternate({"ours": lambda: None, "peer": lambda: None}, runs=9, always=["ours"])
    assert (found["ours"].runs, found["peer"].runs) == (9, timing.FEW_RUNS)


def test_targets_are_met_or_missed():
    found = [measured("mlp", emitted=2.0, by_hand=1.0), measured("lstm", emitted=1.0, by_hand=2.0),
             measured("sine", emitted=9.0, by_hand=1.0)]              # not one of the ten
    mean, worst = report.rows(found)
    assert np.isclose(mean.value, 1.0) and not mean.missed
    assert np.isclose(worst.value, 2.0) and worst.missed and worst.detail == "mlp 2.00"


def test_the_table_has_dashes_with_reasons():
    head, *lines = report.table([measured("mlp", s2sgrad=2.0, torch=3.0), measured("lstm", s2sgrad=1.5)])
    assert lines[1].split() == ["mlp", "1", "s", "2.00", "3.00", "-"]
    assert lines[2].split() == ["lstm", "1", "s", "1.50", "-", "-"]
    assert "- torch for mlp, lstm: why not" in lines


def test_measurements_survive_json():
    one = measured("mlp", s2sgrad=2.0)
    data = report.as_data([one], quick=False)
    assert Measurement.of(json.loads(json.dumps(data))["programs"][0]) == one


def test_the_picture_has_a_row_for_each_program_and_a_dot_for_each_variant():
    svg = ElementTree.fromstring(picture([measured("mlp", s2sgrad=2.0, autograd=1500.0), measured("sine", jax=0.3)]))
    titles = [title.text for title in svg.iter("{http://www.w3.org/2000/svg}title")]
    assert titles == ["mlp, autograd: 1.5e+03", "mlp, s2sgrad: 2", "sine, jax: 0.3"]
