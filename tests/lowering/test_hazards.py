"""Programs on which source transformation goes silently wrong: on JAX right, or refused, and never anything else."""

from functools import partial
from types import SimpleNamespace

import pytest
from suites import HAZARDS, hazards

import s2sgrad
from s2sgrad.errors import S2SGradError

check = hazards()
PROGRAMS = {program.name: program for program in check.programs(str(HAZARDS / "programs"))}
JAX = SimpleNamespace(grad=partial(s2sgrad.grad, backend="jax"),
                      value_and_grad=partial(s2sgrad.value_and_grad, backend="jax"))


@pytest.mark.parametrize("name", PROGRAMS)
def test_right_or_refused(name):
    report = check.check(PROGRAMS[name], JAX, (S2SGradError,), 60.0)
    right_or_refused = report["status"] in ("ok", "refused") or report.get("refused")
    assert right_or_refused, f"{report['status']}: {report['message']}\n{report.get('traceback', '')}"
