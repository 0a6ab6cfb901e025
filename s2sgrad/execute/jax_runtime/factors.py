"""Adjoints of factorisations of matrices, on JAX arrays: see `s2sgrad.runtime.factors`."""

from __future__ import annotations

from s2sgrad.execute.jax_runtime.twin import twin
from s2sgrad.runtime import factors as given

folded = twin(given.folded)
unfolded = twin(given.unfolded)
eigh_adjoint = twin(given.eigh_adjoint, folded)
eigvalsh_adjoint = twin(given.eigvalsh_adjoint, folded, unfolded)
svd_adjoint = twin(given.svd_adjoint)
qr_adjoint = twin(given.qr_adjoint)
pinv_adjoint = twin(given.pinv_adjoint)
lstsq_adjoints = twin(given.lstsq_adjoints, pinv_adjoint)
matrix_power_adjoint = twin(given.matrix_power_adjoint)
multi_dot_adjoints = twin(given.multi_dot_adjoints)
