"""Adjoints of integrals, slopes and polynomials on a grid, on JAX arrays: see `s2sgrad.runtime.calculus`."""

from __future__ import annotations

from s2sgrad.execute.jax_runtime.broadcasting import unbroadcast
from s2sgrad.execute.jax_runtime.factors import lstsq_adjoints
from s2sgrad.execute.jax_runtime.twin import twin
from s2sgrad.runtime import calculus as given

steps_along = twin(given.steps_along)
differenced = twin(given.differenced)
halves = twin(given.halves)
trapezoid_adjoint = twin(given.trapezoid_adjoint, steps_along)
trapezoid_nodes_adjoint = twin(given.trapezoid_nodes_adjoint, unbroadcast, differenced, halves)
trapezoid_step_adjoint = twin(given.trapezoid_step_adjoint, unbroadcast, halves)
slope_weights = twin(given.slope_weights)
gradient_adjoint = twin(given.gradient_adjoint, slope_weights)
polyval_adjoint = twin(given.polyval_adjoint)
coefficients_adjoint = twin(given.coefficients_adjoint)
vander_adjoint = twin(given.vander_adjoint)
polyfit_adjoints = twin(given.polyfit_adjoints, vander_adjoint, lstsq_adjoints)
