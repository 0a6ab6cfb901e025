"""A function of a package that may not be installed: known by its dotted name, and only ever printed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Named:
    """`Named("jax.numpy.sin")` stands for that function where a `Call` holds it."""

    path: str
