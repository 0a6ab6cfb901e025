"""The helpers of `s2sgrad.runtime` that emitted JAX code can call, by name; `s2sgrad.execute.jax_runtime` has them.

Kept apart from them so that the lowering can refuse the others without loading JAX.
"""

from __future__ import annotations

HELPERS = frozenset({
    "add_adjoints", "as_sequence_like", "average_adjoint", "cast_back", "cast_like", "cholesky_adjoint",
    "column_split_like", "contracted_axes", "cross_adjoint", "cumprod_adjoint", "cut", "diff_adjoint",
    "dot_left_adjoint", "dot_right_adjoint", "dsplit_like", "einsum_adjoint", "einsum_adjoints", "einsum_at",
    "einsum_second_adjoints", "einsum_terms", "entries", "expand_reduced", "extremum_adjoints", "fit",
    "from_diagonal", "from_groups", "hsplit_like", "hypot_adjoints", "in_full_convolution", "inner_left_adjoint",
    "inner_right_adjoint", "interp_adjoint", "interp_slope", "inverse_axes", "irfft_adjoint", "irfftn_adjoint",
    "kron_parts", "last_writers", "matmul_left_adjoint", "matmul_right_adjoint", "norm_adjoint", "own", "pad_adjoint",
    "pad_pairs", "padding_values_adjoint", "product_of_others", "product_of_others_adjoint", "real_like",
    "reduced_size", "replaced", "require_kind", "require_scalar", "require_separate", "rfft_adjoint", "rfftn_adjoint",
    "scalar_clip_adjoint", "scatter_slopes", "scatter_to_nodes", "sinc_derivative", "solve_adjoints", "split_like",
    "statistic_weights", "sum_adjoint", "tensordot_left_adjoint", "tensordot_right_adjoint", "tie_share", "to_groups",
    "trace_adjoint", "transformed_axes", "unbroadcast", "undiag", "unordered_reshape", "unpad", "unrepeat",
    "unselect", "unselected", "unstack_like", "untake", "untake_along_axis", "untile", "vsplit_like",
    "weighted_linspace", "without_ends", "zeros_like",
})
