"""Special functions of SciPy."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import jax.scipy.special as jss
import numpy as np
import pytest
from general_branch import without_facts
from harness import Case, check_case, every
from scipy import special

from s2sgrad import grad
from s2sgrad.errors import NotDifferentiableError
from s2sgrad.rules.registry import rule_of
from s2sgrad.rules.scipy_special import register_scipy

register_scipy()
RNG = np.random.default_rng(0)
REAL = RNG.normal(size=(2, 3))
POSITIVE = RNG.uniform(0.5, 3.0, (2, 3))

UNIT = RNG.uniform(0.1, 0.9, (2, 3))


def both(names: str, x: np.ndarray) -> list[tuple[Any, np.ndarray, Any]]:
    """Functions of SciPy by name, an argument, and the function of JAX where it has one."""
    return [(getattr(special, name), x, getattr(jss, name, None)) for name in names.split()]


UNARY = [
    *both("expit erf erfc log_expit i0 i1 i0e i1e ndtr log_ndtr", REAL),
    *[(getattr(special, name), REAL, None) for name in ("j0", "j1", "erfcx", "dawsn", "expm1", "exp2", "cbrt")],
    *both("gammaln digamma gamma entr expi exp1", POSITIVE),
    *[(getattr(special, name), POSITIVE, None) for name in ("y0", "y1", "k0", "k1", "log1p", "rgamma")],
    *both("logit ndtri", UNIT), (special.erfinv, UNIT, jss.erfinv), (special.erfcinv, UNIT, None),
]
CASES = [case for function, x, equivalent in UNARY for case in (
    Case(function, x, jax=equivalent), Case(function, x[:0]), Case(function, float(x[0, 0])))]
for function, equivalent in ((special.beta, jss.beta), (special.betaln, jss.betaln), (special.xlogy, jss.xlogy),
                             (special.xlog1py, jss.xlog1py), (special.rel_entr, jss.rel_entr),
                             (special.kl_div, jss.kl_div), (special.huber, None), (special.pseudo_huber, None)):
    CASES += [Case(function, POSITIVE, UNIT, jax=equivalent), Case(function, POSITIVE[0], UNIT[:, :1]),
              Case(function, POSITIVE[:0], UNIT[0]), Case(function, 0.7, UNIT),
              Case(function, POSITIVE, 0.6), Case(function, 1.7, 0.4)]
CASES += [Case(function, order, POSITIVE, argnums=(1,)) for function in (special.jv, special.yv, special.iv, special.kv)
          for order in (0, 1, 3, 2.5)]
CASES += [
    Case(special.huber, POSITIVE, 3.0 * REAL), Case(special.pseudo_huber, POSITIVE, 3.0 * REAL),
    Case(special.zeta, 2.5, POSITIVE, argnums=(1,)), Case(special.polygamma, 1, POSITIVE, argnums=(1,)),
    Case(special.polygamma, 2, 1.3, argnums=(1,)),
    Case(special.gammainc, POSITIVE, UNIT, argnums=(1,)), Case(special.gammaincc, 2.0, POSITIVE, argnums=(1,)),
    Case(special.betainc, 1.5, POSITIVE, UNIT, argnums=(2,)),
    *[Case(function, x, options=o, jax=equivalent) for function, equivalent in (
        (special.softmax, jss.softmax), (special.log_softmax, jss.log_softmax))
      for x, o in ((REAL[0], {"axis": None}), (REAL, {"axis": -1}), (REAL, {"axis": 0}), (REAL, {"axis": (0, 1)}))],
    Case(special.softmax, REAL), Case(special.log_softmax, REAL),
]
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


@every(CASES, layouts=False)
def test_derivative_of_elementary_functions(case: Case, dtype: str, variant: str) -> None:
    check_case(case, dtype, variant)


@every(LOGSUMEXP)
def test_derivative(case: Case, dtype: str, variant: str) -> None:
    check_case(case, dtype, variant)


@pytest.mark.parametrize("case", [c for c in LOGSUMEXP if len(c.args) == 3 and c.args[1] is not None], ids=str)
def test_derivative_of_logsumexp_where_no_fact_is_known(case: Case) -> None:
    with without_facts(case.function):
        check_case(case)


@pytest.mark.parametrize("function, args, expected", [
    (special.xlogy, (np.array([0.0, 0.0]), np.array([0.0, 2.0])), [[-np.inf, np.log(2.0)], [0.0, 0.0]]),
    (special.xlog1py, (np.array([0.0]), np.array([-1.0])), [[-np.inf], [0.0]]),
    (special.entr, (np.array([0.0]),), [[np.inf]]), (special.j1, (np.array([0.0]),), [[0.5]]),
    (special.i1e, (np.array([0.0]),), [[0.5]]), (special.logit, (0.0,), [np.inf]),
    (special.gammainc, (np.array([1.0]), np.array([0.0])), [None, [1.0]]),
    (special.huber, (1.0, np.array([1.0, -2.0, 0.0])), [[0.0, 1.0, 0.0], [1.0, -1.0, 0.0]]),
])
def test_at_the_ends_of_the_range(function: Any, args: tuple[Any, ...], expected: list[Any]) -> None:
    rule = rule_of(function)
    assert rule is not None and rule.implementation is not None
    with np.errstate(all="ignore"):
        found = rule.implementation(function(*args), *args)
    for partial, value in zip(found if isinstance(found, tuple) else (found,), expected, strict=True):
        assert value is None or np.allclose(partial, value)


def test_an_order_that_is_differentiated_is_refused() -> None:
    with pytest.raises(NotDifferentiableError, match="its argument `v`"):
        grad(bessel_of_any_order)(1.5)


def bessel_of_any_order(v: Any) -> Any:
    return special.jv(v, 2.0)


def test_loading_the_rules_loads_neither_scipy_nor_jax() -> None:
    code = "import sys, s2sgrad.rules, s2sgrad.rules.scipy_special; print({'scipy', 'jax'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
