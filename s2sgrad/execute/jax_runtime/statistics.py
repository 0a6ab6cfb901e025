"""Adjoints of order statistics and of covariances, on JAX arrays: see `s2sgrad.runtime.statistics`."""

from __future__ import annotations

from s2sgrad.execute.jax_runtime.reductions import expand_reduced, from_groups, to_groups
from s2sgrad.execute.jax_runtime.twin import twin
from s2sgrad.runtime import statistics as given

places_between = twin(given.places_between)
quantile_adjoint = twin(given.quantile_adjoint, places_between, to_groups, from_groups)
quantile_place_adjoint = twin(given.quantile_place_adjoint, places_between, to_groups)
nan_mean_adjoint = twin(given.nan_mean_adjoint, expand_reduced)
nan_var_adjoint = twin(given.nan_var_adjoint, expand_reduced)
observations = twin(given.observations)
split_observations = twin(given.split_observations)
covariance_adjoints = twin(given.covariance_adjoints, observations, split_observations)
correlation_adjoints = twin(given.correlation_adjoints, observations, split_observations)
