"""The corpus on JAX: its programs by level, what is refused, and gradients that are derived and compiled once."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from suites import CORPUS, corpus

import s2sgrad

check = corpus()
PATHS = {path.stem: path for path in sorted((CORPUS / "programs").glob("*.py")) if not path.stem.startswith("_")}
LEVEL = {name: check.level_of(str(path)) for name, path in PATHS.items()}

# levels 1 and 2: what the NumPy back end differentiates and the lowering refuses, with a part of the message. As in
# tests/unsupported.py: what is listed must be refused with that message, and what is not listed must work.
REFUSED: dict[str, str] = {
    "conv2d_loops": "A slice whose bounds are known only while the program runs",
    "cox_partial_likelihood": "A `while` loop",
    "dft_spectral_flatness": "A list that gets other than one entry in each trip of a loop",
    "dropout_regression": "`np.default_rng`, which is not known to give the same at every call,",
    "gp_cholesky_loops": "A slice whose bounds are known only while the program runs",
    "kepler_radial_velocity": "A `while` loop",
    "langevin_rollout": "`np.default_rng`, which is not known to give the same at every call,",
    "mc_barrier_asian": "A loop that is left by `break` or `return`",
    "wave1d_three_levels": "Arrays that change places, of which a loop keeps track, do not lower to JAX yet.",
    "yield_curve_bootstrap": "A loop that is left by `break` or `return`",
}
LOWERED = [name for name in PATHS if LEVEL[name] < 3 and name not in REFUSED]


@cache
def module(name: str) -> Any:
    """The program's module."""
    return check.load(str(PATHS[name]))


def arguments(name: str, seed: int = 0) -> tuple[Any, ...]:
    """The arguments of the program."""
    return tuple(module(name).inputs(np.random.default_rng(seed)))


@cache
def derived(name: str, backend: str = "jax") -> s2sgrad.GradFunction:
    """Value and gradient of the program."""
    return s2sgrad.value_and_grad(module(name).ENTRY, argnums=tuple(module(name).WRT), backend=backend)


def assert_same(got: Any, want: Any, rtol: float, where: str = "result") -> None:
    """The same structure, shapes and dtypes, and numbers that differ by rtol of the largest one.

    A Python float is as good as a NumPy scalar of that dtype.
    """
    parts = check.children(want)
    if parts is not None:
        assert type(got) is type(want), f"{where} is a {type(got).__name__}, not a {type(want).__name__}"
        found = check.children(got)
        assert [step for step, _ in found] == [step for step, _ in parts], where
        for (step, one), (_, other) in zip(found, parts, strict=True):
            assert_same(one, other, rtol, where + check.show((step,)))
    elif check.is_leaf(want):
        assert check.is_leaf(got) and isinstance(got, np.ndarray) == isinstance(want, np.ndarray), where
        assert np.shape(got) == np.shape(want) and np.asarray(got).dtype == np.asarray(want).dtype, where
        largest = float(np.max(np.abs(want), initial=0.0))
        np.testing.assert_allclose(got, want, rtol=rtol, atol=rtol * largest, err_msg=where)
    else:
        assert got is None and want is None, where
