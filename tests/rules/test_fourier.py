"""Discrete Fourier transforms: lengths, axes, norms, even and odd, against differences, JAX and the actual kinds."""

from __future__ import annotations

import itertools
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
import scipy.fft
from general_branch import without_facts
from harness import Case, check_case, every

import s2sgrad.rules as _rules  # noqa: F401  (registers the rules)
from s2sgrad import check_grads
from s2sgrad.rules.scipy_fft import NAMES, register_scipy_fft

RNG = np.random.default_rng(3)
NORMS = (None, "backward", "ortho", "forward")


def draw(*shape: int) -> Any:
    """Complex entries."""
    return RNG.standard_normal(shape) + 1j * RNG.standard_normal(shape)


def equivalent(function: Any) -> Any:
    """The function in JAX."""
    return getattr(jnp.fft, function.__name__)


V5, V6, M, T = draw(5), draw(6), draw(4, 5), draw(2, 3, 4)
CASES: list[Case] = []
for _f in (np.fft.fft, np.fft.ifft, np.fft.irfft):
    _j = equivalent(_f)
    CASES += [Case(_f, V5, jax=_j), Case(_f, V6, jax=_j), Case(_f, M, jax=_j), Case(_f, M, options={"axis": 0}, jax=_j)]
    CASES += [Case(_f, V5, n, jax=_j) for n in (1, 3, 4, 8, 9)]
    CASES += [Case(_f, M, options={"n": n, "axis": axis, "norm": norm}, jax=_j)
              for n, axis, norm in ((3, 0, "ortho"), (6, -1, "forward"), (6, 0, "backward"))]
    CASES += [Case(_f, V5, options={"norm": norm}, jax=_j) for norm in NORMS]
    CASES += [Case(_f, M.real, jax=_j), Case(_f, M.real, 7, 0, "ortho")]
for _f in (np.fft.rfft,):
    _j = equivalent(_f)
    CASES += [Case(_f, v.real, jax=_j) for v in (V5, V6, V5[:1], V5[:2], M)]
    CASES += [Case(_f, V5.real, n, jax=_j) for n in (1, 2, 3, 4, 8, 9)]
    CASES += [Case(_f, M.real, options={"n": n, "axis": axis, "norm": norm}, jax=_j)
              for n, axis, norm in itertools.product((None, 6), (0, -1), NORMS[1:])]
for _f in (np.fft.fft2, np.fft.ifft2, np.fft.irfft2, np.fft.fftn, np.fft.ifftn, np.fft.irfftn, np.fft.rfft2,
           np.fft.rfftn):
    _a, _b = (M.real, T.real) if _f in (np.fft.rfft2, np.fft.rfftn) else (M, T)
    _j = equivalent(_f)
    CASES += [Case(_f, _a, jax=_j), Case(_f, _b, jax=_j), Case(_f, _b, options={"axes": (0, 2)}, jax=_j),
              Case(_f, _b, options={"axes": (2, 0), "norm": "ortho"}, jax=_j),
              Case(_f, _b, options={"s": (5, 3), "axes": (0, 1)}, jax=_j),
              Case(_f, _b, options={"s": (2, 6), "axes": (1, -1), "norm": "forward"}, jax=_j),
              Case(_f, _b, options={"axes": (1,)}, jax=None if _f.__name__.endswith("2") else _j)]    # JAX: of two
CASES += [Case(f, v, options=o, jax=equivalent(f)) for f in (np.fft.fftshift, np.fft.ifftshift) for v, o in (
    (V5, {}), (V6, {}), (M, {}), (M, {"axes": 0}), (T, {"axes": (0, 2)}), (M.real, {}))]

FREQUENCIES = [Case(f, n, 0.7, argnums=(1,), jax=equivalent(f))
               for f in (np.fft.fftfreq, np.fft.rfftfreq) for n in (5, 6)]


@every(CASES, layouts=False)
def test_rules(case: Case, dtype: str, variant: str) -> None:
    check_case(case, dtype, variant)


@every([case for case in CASES if case.args[0] is M], layouts=True)
def test_layouts(case: Case, dtype: str, variant: str) -> None:
    check_case(case, dtype, variant)


@pytest.mark.parametrize("case", FREQUENCIES, ids=repr)
def test_frequencies(case: Case) -> None:
    check_case(case)


@pytest.mark.parametrize("case", [case for case in CASES if "n" in case.options or "s" in case.options], ids=repr)
def test_general_branches(case: Case) -> None:
    with without_facts(case.function):
        check_case(case)


@pytest.mark.parametrize("name", NAMES)
def test_scipy_has_the_same_rules(name: str) -> None:
    register_scipy_fft()
    function, real = getattr(scipy.fft, name), name in ("rfft", "rfft2", "rfftn")
    args: tuple[Any, ...] = (6, 0.7) if name.endswith("freq") else (M.real if real else M,)
    check_case(Case(function, *args, argnums=(len(args) - 1,)))


def test_a_program_with_scipy() -> None:
    def f(x: Any) -> Any:
        return np.sum(np.abs(scipy.fft.rfft(x, norm="ortho")) ** 3) + np.sum(scipy.fft.fftn(1j * x).imag)

    check_grads(f, (V5.real,))
