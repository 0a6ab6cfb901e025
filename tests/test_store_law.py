"""Random programs of in-place stores: right or refused, and nearly all of them right."""

import pytest
from suites import store_law
from unsupported import STORE_LAW_REFUSED

import s2sgrad
from s2sgrad.errors import S2SGradError

law = store_law()


def run(numbers, directory):
    """Verdict counts; fails with the shortest program that came out wrong."""
    wrong, refused = [], []
    for number in numbers:
        program = law.make(0, number, str(directory))
        report = law.checks.check(program, s2sgrad, (S2SGradError,), 60.0)
        with open(program.file) as file:
            source = file.read()
        if report["status"] == "refused":
            refused.append(f"{number}: {report['message']}")
        elif report["status"] != "ok":
            wrong.append((len(source), f"{number}: {report['message']}\n\n{source}\n{report.get('traceback', '')}"))
    assert not wrong, f"{len(wrong)} wrong; the shortest is {min(wrong)[1]}"
    return refused


def test_first_200(tmp_path):
    refused = run(range(200), tmp_path)
    assert len(refused) <= STORE_LAW_REFUSED, "\n".join(refused)


@pytest.mark.slow
@pytest.mark.parametrize("start", range(0, 5000, 100))
def test_5000(start, tmp_path):
    run(range(start, start + 100), tmp_path)


def test_every_hazard_is_frequent(tmp_path):
    """At least 30 % of the programs have each: views, repeated indices, names bound anew in loops, helpers."""
    found = [law.make(0, number, str(tmp_path)).features for number in range(200)]
    for feature in law.FEATURES:
        assert sum(feature in f for f in found) >= 60, feature
