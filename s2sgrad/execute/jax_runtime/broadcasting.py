"""Undoing what broadcasting did: see `s2sgrad.runtime.broadcasting`."""

from __future__ import annotations

from s2sgrad.execute.jax_runtime.twin import twin
from s2sgrad.runtime import broadcasting as given

unbroadcast = twin(given.unbroadcast)
