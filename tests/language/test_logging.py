"""What is printed or logged is shown once, by the forward sweep, and counts for nothing else."""

import logging

import numpy as np
import pytest
from language.check import FACTS, check, name

from s2sgrad import grad

log = logging.getLogger(__name__)


class Relaxation:
    def __init__(self, u):
        self.log = logging.getLogger("relaxation")
        self.u = u

    def step(self):
        self.log.info("u is %s", self.u)
        self.u = 0.5 * self.u**2


def of_the_module(x):
    s = 0.0
    for k, v in enumerate(x, start=1):
        s += k * v**2
        log.info("step %d: %s", k, s)
    return s


def of_an_array_that_is_written(x):
    u = x.copy()
    for _ in range(3):
        u *= 1.1
        log.info("u is %s", u)
        if log.isEnabledFor(logging.DEBUG):
            log.debug(f"{u}")
    logging.info("done: %s", u)
    return np.sum(u**2)


def of_an_object(x):
    s = Relaxation(x)
    s.step()
    s.step()
    return np.sum(s.u**2)


X = np.array([0.5, 0.3, 0.9])


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", [of_the_module, of_an_array_that_is_written, of_an_object], ids=name)
def test_logging(f, facts):
    check(f, (X,), facts)


def test_once_with_the_values_of_the_forward_sweep(caplog):
    with caplog.at_level(logging.INFO):
        grad(of_the_module)(np.array([1.0, 2.0]))
    assert [r.getMessage() for r in caplog.records] == ["step 1: 1.0", "step 2: 9.0"]


def test_it_prints_as_it_was_written():
    assert "        log.info('step %d: %s', k, s)\n" in grad(of_the_module).source_for(X)
