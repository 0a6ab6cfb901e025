"""All that computes the value and gradients of a case, and the comparison that comes before any timing.

In: a case and its arguments. Out: for each variant a function of nothing that gives (value, gradients), or a text that
says why there is none. A peer that is not installed is a text as well.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from benchmarks.cases import Case
from s2sgrad import value_and_grad
from s2sgrad.api import GradFunction

Variant = Callable[[], Any] | str
PEERS = {                                       # the file of a kind of peers, and the variants in it
    "peers_jax": ("s2sgrad on JAX", "jax"),
    "peers_torch": ("torch",),
    "peers_autograd": ("autograd",),
    "peers_tensorflow": ("tf eager", "tf.function"),
    "differences": ("differences",),
}
NAMES = ("s2sgrad", "emitted", "by hand", *(name for names in PEERS.values() for name in names))
TOLERANCES = {"differences": 1e-4, "float32": 1e-4, "float64": 1e-7}


def variants(case: Case, args: tuple[Any, ...], peers: Sequence[str] = tuple(PEERS)) -> dict[str, Variant]:
    """Every variant of a case, in the order of NAMES."""
    called, by_hand = value_and_grad(case.primal, argnums=case.argnums), case.by_hand
    emitted = emitted_function(called, args)
    found: dict[str, Variant] = {"s2sgrad": lambda: called(*args), "emitted": lambda: emitted(*args),
                                 "by hand": lambda: by_hand(*args)}
    for peer in peers:
        try:
            module = importlib.import_module(f"benchmarks.{peer}")
        except ModuleNotFoundError as error:
            found |= dict.fromkeys(PEERS[peer], f"{error.name} is not installed")
        else:
            found |= module.variants(case, args)
    return found


def emitted_function(df: GradFunction, args: tuple[Any, ...]) -> Callable[..., Any]:
    """The function that a call with these arguments ends in; there is no public way to leave the rest out."""
    return df._program(args).call


def primal_of(case: Case, args: tuple[Any, ...]) -> Callable[[], Any]:
    """The program itself; where it writes to its arguments, on copies, which the variants make too."""
    f = case.primal
    if not case.writes:
        return lambda: f(*args)
    return lambda: f(*[np.copy(value) if isinstance(value, np.ndarray) else value for value in args])


def compare(case: Case, args: tuple[Any, ...], found: dict[str, Variant]) -> None:
    """Raise AssertionError where a variant gives another value or gradient than the one written by hand."""
    wanted_value, wanted = case.by_hand(*args)
    for name, variant in found.items():
        if isinstance(variant, str):
            continue
        value, gradients = variant()
        for k, (one, other) in enumerate(zip((value, *gradients), (wanted_value, *wanted), strict=True)):
            _same(f"{case.name}, {name}, {'the value' if k == 0 else f'gradient {k}'}", name, one, other)


def _same(what: str, name: str, one: Any, other: Any) -> None:
    other = np.asarray(other)
    tolerance = TOLERANCES.get(name, TOLERANCES[str(other.dtype)])
    scale = float(np.max(np.abs(other), initial=1e-30))
    np.testing.assert_allclose(np.asarray(one), other, rtol=tolerance, atol=tolerance * scale, err_msg=what)
