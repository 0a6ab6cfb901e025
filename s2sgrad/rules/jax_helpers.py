"""The helpers of `s2sgrad.runtime` that emitted JAX code can call, by name; `s2sgrad.execute.jax_runtime` has them.

Kept apart from them so that the lowering can refuse the others without loading JAX.
"""

from __future__ import annotations

HELPERS = frozenset({
    "add_adjoints", "as_sequence_like", "average_adjoint", "bounded_extreme_adjoints", "cast_back", "cast_like",
    "cholesky_adjoint", "cholesky_part_adjoint", "cholesky_solve_adjoint", "coefficients_adjoint", "cofactors",
    "column_split_like", "cond_adjoint", "contracted_axes", "correlation_adjoints", "counted_mean_adjoint",
    "covariance_adjoints", "cross_adjoints", "cumprod_adjoint", "cut", "diff_adjoint", "differenced", "digamma",
    "distance_adjoint", "dot_left_adjoint", "dot_right_adjoint", "dsplit_like", "eigh_adjoint", "eigvalsh_adjoint",
    "einsum_adjoint", "einsum_adjoints", "einsum_at", "einsum_second_adjoints", "einsum_terms", "entries",
    "expand_reduced", "extended_diff_adjoints", "extreme", "extremum_adjoints", "fit", "folded", "from_diagonal",
    "from_groups", "gradient_adjoint", "halves", "hsplit_like", "hypot_adjoints", "in_full_convolution",
    "inner_left_adjoint", "inner_right_adjoint", "interp_adjoint", "interp_slope", "inverse_axes", "irfft_adjoint",
    "irfftn_adjoint", "kron_parts", "last_writers", "lstsq_adjoints", "matmul_left_adjoint", "matmul_right_adjoint",
    "matrix_power_adjoint", "multi_dot_adjoints", "nan_mean_adjoint", "nan_var_adjoint", "norm_adjoint",
    "number_product_adjoint", "observations", "outer_product", "own", "pad_adjoint", "pad_pairs",
    "padding_values_adjoint", "pinv_adjoint", "places_between", "polyfit_adjoints", "polyval_adjoint", "positions",
    "product_of_others", "product_of_others_adjoint", "qr_adjoint", "quantile_adjoint", "quantile_place_adjoint",
    "real_like", "reduced_size", "reordered_adjoint", "replaced", "require_kind", "require_scalar",
    "require_separate", "rfft_adjoint", "rfftn_adjoint", "running_extreme_adjoint", "scalar_clip_adjoint",
    "scatter_slopes", "scatter_to_nodes", "selected_product_adjoints", "share_above", "sinc_derivative",
    "slope_weights", "solve_adjoints", "split_like", "split_observations", "statistic_weights", "steps_along",
    "sum_adjoint", "svd_adjoint", "system_adjoints", "tensordot_left_adjoint", "tensordot_right_adjoint",
    "tie_share", "to_groups", "trace_adjoint", "transformed_axes", "trapezoid_adjoint", "trapezoid_nodes_adjoint",
    "trapezoid_step_adjoint", "triangular_adjoint", "unblock", "unblock_diag", "unbroadcast", "unchoose", "undiag",
    "unfolded", "unmesh", "unordered_reshape", "unpad", "unrepeat", "unselect", "unselected", "unsplit",
    "unstack_like", "untake", "untake_along_axis", "untake_known", "untile", "vander_adjoint", "vsplit_like",
    "weighted_linspace", "without_ends", "zeros_like",
})
