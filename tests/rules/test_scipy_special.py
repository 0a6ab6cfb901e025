"""Special functions of SciPy."""

from __future__ import annotations

import subprocess
import sys

import jax.scipy.special as jss
import numpy as np
import pytest
from general_branch import without_facts
from harness import Case, check_case, every
from scipy import special

from s2sgrad.rules.scipy_special import register_scipy

register_scipy()
RNG = np.random.default_rng(0)
REAL = RNG.normal(size=(2, 3))
POSITIVE = RNG.uniform(0.5, 3.0, (2, 3))

CASES = [case for function, x, equivalent in (
    (special.expit, REAL, jss.expit), (special.erf, REAL, jss.erf), (special.erfc, REAL, jss.erfc),
    (special.gammaln, POSITIVE, jss.gammaln), (special.digamma, POSITIVE, jss.digamma)) for case in (
    Case(function, x, jax=equivalent), Case(function, x[:0], jax=equivalent),
    Case(function, np.array(x[0, 0]), jax=equivalent), Case(function, float(x[0, 0]), jax=equivalent))]
LOGSUMEXP = [
    Case(special.logsumexp, REAL, jax=jss.logsumexp),
    Case(special.logsumexp, REAL, options={"axis": 0}, jax=jss.logsumexp),
    Case(special.logsumexp, REAL, -1, jax=jss.logsumexp),
    Case(special.logsumexp, REAL, options={"axis": 1, "keepdims": True}, jax=jss.logsumexp),
    Case(special.logsumexp, REAL, options={"keepdims": True}, jax=jss.logsumexp),
    Case(special.logsumexp, REAL, options={"axis": (0, 1)}, jax=jss.logsumexp),
    Case(special.logsumexp, REAL, None, POSITIVE, jax=jss.logsumexp),
    Case(special.logsumexp, REAL, 1, POSITIVE[0], jax=jss.logsumexp),
    Case(special.logsumexp, REAL[:, :1], 0, POSITIVE, jax=jss.logsumexp),
    Case(special.logsumexp, REAL, 1, POSITIVE, True, jax=jss.logsumexp),
    Case(special.logsumexp, REAL, 1, 2.0, argnums=(0,), jax=jss.logsumexp),
]


@every(CASES + LOGSUMEXP)
def test_derivative(case: Case, dtype: str, variant: str) -> None:
    check_case(case, dtype, variant)


@pytest.mark.parametrize("case", [c for c in LOGSUMEXP if len(c.args) == 3 and c.args[1] is not None], ids=str)
def test_derivative_of_logsumexp_where_no_fact_is_known(case: Case) -> None:
    with without_facts(case.function):
        check_case(case)


def test_loading_the_rules_loads_neither_scipy_nor_jax() -> None:
    code = "import sys, s2sgrad.rules, s2sgrad.rules.scipy_special; print({'scipy', 'jax'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
