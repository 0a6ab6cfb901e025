"""Adjoints of products of any rank, on JAX arrays: see `s2sgrad.runtime.products`."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import numpy as np

from s2sgrad.execute.jax_runtime.broadcasting import unbroadcast
from s2sgrad.execute.jax_runtime.twin import twin
from s2sgrad.runtime import products as given

contracted_axes = given.contracted_axes     # of ranks and axes alone
einsum_terms = given.einsum_terms           # of ranks alone
replaced = given.replaced
matmul_left_adjoint = twin(given.matmul_left_adjoint, unbroadcast)
matmul_right_adjoint = twin(given.matmul_right_adjoint, unbroadcast)
dot_left_adjoint = twin(given.dot_left_adjoint, unbroadcast)
dot_right_adjoint = twin(given.dot_right_adjoint, unbroadcast)
inner_left_adjoint = twin(given.inner_left_adjoint, unbroadcast)
inner_right_adjoint = twin(given.inner_right_adjoint, unbroadcast)
tensordot_left_adjoint = twin(given.tensordot_left_adjoint, contracted_axes)
tensordot_right_adjoint = twin(given.tensordot_right_adjoint, contracted_axes)
kron_parts = twin(given.kron_parts)
cross_adjoints = twin(given.cross_adjoints)


def einsum_adjoint(subscripts: str, operands: Any, index: int, z_bar: Any) -> Any:
    """The adjoint of operands[index] in z = np.einsum(subscripts, *operands): z_bar takes the operand's place.

    In the operand's shape and dtype. Raises ValueError when subscripts is no string.
    """
    terms, output = einsum_terms(subscripts, operands)
    own, shape = terms[index], jnp.shape(operands[index])
    sizes: dict[str, int] = {}
    for term, operand in zip(terms, operands, strict=True):
        for letter, n in zip(term, jnp.shape(operand), strict=True):
            sizes[letter] = n if sizes.get(letter, 1) == 1 else sizes[letter]
    others = [(t, x) for k, (t, x) in enumerate(zip(terms, operands, strict=True)) if k != index]
    letters = "".join(dict.fromkeys(own))
    shared = "".join(c for c in letters if c in output or any(c in t for t, _ in others))
    pull = ",".join([output] + [t for t, _ in others]) + "->" + shared
    bar = jnp.einsum(pull, z_bar, *(x for _, x in others))
    bar = jnp.reshape(bar, [bar.shape[shared.index(c)] if c in shared else 1 for c in letters])
    bar = jnp.broadcast_to(bar, [sizes[c] for c in letters])
    short = tuple(i for i, c in enumerate(letters) if shape[own.index(c)] == 1 != sizes[c])
    bar = jnp.sum(bar, axis=short, keepdims=True) if short else bar
    dtype = jnp.asarray(operands[index]).dtype
    bar = bar.astype(dtype) if dtype.kind == bar.dtype.kind else bar
    if len(letters) == len(own):
        return bar
    along = dict(zip(letters, np.ogrid[tuple(slice(n) for n in bar.shape)], strict=True))
    return jnp.zeros(shape, bar.dtype).at[tuple(along[c] for c in own)].set(bar)


einsum_adjoints = twin(given.einsum_adjoints, einsum_adjoint)
einsum_at = twin(given.einsum_at, replaced)
einsum_second_adjoints = twin(given.einsum_second_adjoints, einsum_adjoint, replaced)
