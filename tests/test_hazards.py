"""Right or refused: small programs on which source transformation goes silently wrong."""

import pytest
from suites import HAZARDS, hazards
from unsupported import HAZARDS as REFUSED, HAZARDS_REFUSED

import s2sgrad
from s2sgrad.errors import S2SGradError

check = hazards()
PROGRAMS = {program.name: program for program in check.programs(str(HAZARDS / "programs"))}


def test_list_names_ordinary_programs():
    assert len(PROGRAMS) == 177
    assert all(PROGRAMS[name].must_pass for name in REFUSED)


@pytest.mark.parametrize("name", PROGRAMS)
def test_right_or_refused(name):
    report = check.check(PROGRAMS[name], s2sgrad, (S2SGradError,), 60.0)
    if name in REFUSED:
        assert report.get("refused"), f"{name} is listed as refused, but: {report['status']} {report['message']}"
        assert REFUSED[name] in report["message"]
    else:
        assert report["status"] in ("ok", "refused"), f"{report['message']}\n{report.get('traceback', '')}"


def test_few_are_refused():
    others = [p for p in PROGRAMS.values() if not p.must_pass]
    refused = [p.name for p in others if check.check(p, s2sgrad, (S2SGradError,), 60.0)["status"] == "refused"]
    assert len(refused) <= HAZARDS_REFUSED, refused
