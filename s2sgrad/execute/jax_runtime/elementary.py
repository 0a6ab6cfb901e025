"""Derivatives of elementary functions, on JAX arrays: see `s2sgrad.runtime.elementary`."""

from __future__ import annotations

from s2sgrad.execute.jax_runtime.twin import twin
from s2sgrad.runtime import elementary as given

sinc_derivative = twin(given.sinc_derivative)
