"""Adjoints of functions of np.linalg, on JAX arrays: see `s2sgrad.runtime.linalg`."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp

from s2sgrad.execute.jax_runtime.broadcasting import unbroadcast
from s2sgrad.execute.jax_runtime.reductions import expand_reduced, tie_share
from s2sgrad.execute.jax_runtime.twin import twin
from s2sgrad.runtime import linalg as given

extreme = twin(given.extreme)
norm_adjoint = twin(given.norm_adjoint, expand_reduced, tie_share, extreme)
cond_adjoint = twin(given.cond_adjoint, norm_adjoint)
trace_adjoint = twin(given.trace_adjoint)
solve_adjoints = twin(given.solve_adjoints, unbroadcast)
cholesky_adjoint = twin(given.cholesky_adjoint)


def cofactors(a: Any, det: Any) -> Any:
    """The derivative of det = jnp.linalg.det(a) by each entry of `a`, which must not be singular."""
    return jnp.expand_dims(det, (-2, -1)) * jnp.swapaxes(jnp.linalg.inv(a), -1, -2)
