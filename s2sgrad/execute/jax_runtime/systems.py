"""Adjoints of triangular and symmetric systems, on JAX arrays: see `s2sgrad.runtime.systems`."""

from __future__ import annotations

from s2sgrad.execute.jax_runtime.factors import folded, unfolded
from s2sgrad.execute.jax_runtime.linalg import cholesky_adjoint
from s2sgrad.execute.jax_runtime.twin import twin
from s2sgrad.runtime import systems as given

outer_product = twin(given.outer_product)
triangular_adjoint = twin(given.triangular_adjoint, outer_product)
system_adjoints = twin(given.system_adjoints, folded, unfolded, outer_product)
cholesky_part_adjoint = twin(given.cholesky_part_adjoint, cholesky_adjoint)
cholesky_solve_adjoint = twin(given.cholesky_solve_adjoint, outer_product)
unblock_diag = twin(given.unblock_diag)
