"""Adjoints of discrete Fourier transforms, on JAX arrays: see `s2sgrad.runtime.fourier`."""

from __future__ import annotations

from s2sgrad.execute.jax_runtime.twin import twin
from s2sgrad.runtime import fourier as given

transformed_axes = given.transformed_axes
fit = twin(given.fit)
rfft_adjoint = twin(given.rfft_adjoint, fit)
irfft_adjoint = twin(given.irfft_adjoint, fit)
rfftn_adjoint = twin(given.rfftn_adjoint, transformed_axes, fit)
irfftn_adjoint = twin(given.irfftn_adjoint, transformed_axes, irfft_adjoint, fit)
