"""Random programs of in-place stores: right or refused, and nearly all of them right."""

import pytest
from suites import store_law
from unsupported import STORE_LAW, STORE_LAW_RAISING

import s2sgrad
from s2sgrad.errors import S2SGradError

law = store_law()


def verdict(number, directory):
    """Whether program `number` is "ok" or "refused", and the message; fails where it comes out wrong."""
    program = law.make(0, number, str(directory))
    report = law.checks.check(program, s2sgrad, (S2SGradError,), 60.0)
    with open(program.file) as file:
        source = file.read()
    if number in STORE_LAW_RAISING:
        assert report["status"] == "CRASH"
        assert report["message"].startswith(STORE_LAW_RAISING[number])
        return "raises", report["message"]
    assert report["status"] in ("ok", "refused"), f"{report['message']}\n\n{source}\n{report.get('traceback', '')}"
    return report["status"], report["message"]


@pytest.mark.parametrize("number", range(200))
def test_first_200(number, tmp_path):
    status, message = verdict(number, tmp_path)
    assert (status == "refused") == (number in STORE_LAW)
    assert STORE_LAW.get(number, "") in (message or "")


def test_few_are_refused():
    assert len(STORE_LAW) <= 0.05 * 200


@pytest.mark.slow
@pytest.mark.parametrize("start", range(0, 5000, 100))
def test_5000(start, tmp_path):
    for number in range(start, start + 100):
        verdict(number, tmp_path)


def test_every_hazard_is_frequent(tmp_path):
    """At least 30 % of the programs have each: views, repeated indices, names bound anew in loops, helpers."""
    found = [law.make(0, number, str(tmp_path)).features for number in range(200)]
    for feature in law.FEATURES:
        assert sum(feature in f for f in found) >= 60, feature
