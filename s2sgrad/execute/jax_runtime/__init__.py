"""What emitted JAX code may use besides JAX itself: the helpers of `s2sgrad.runtime`, on JAX arrays, and control flow.

The files mirror those of `s2sgrad.runtime`. Only emitted text imports this package: it loads JAX.
"""

from s2sgrad.execute.jax_runtime.adjoints import (
    add_adjoints as add_adjoints,
    cast_like as cast_like,
    last_writers as last_writers,
    own as own,
    real_like as real_like,
    require_scalar as require_scalar,
    zeros_like as zeros_like,
)
from s2sgrad.execute.jax_runtime.arrays import (
    cast_back as cast_back,
    from_diagonal as from_diagonal,
    inverse_axes as inverse_axes,
    undiag as undiag,
    unordered_reshape as unordered_reshape,
    weighted_linspace as weighted_linspace,
)
from s2sgrad.execute.jax_runtime.broadcasting import unbroadcast as unbroadcast
from s2sgrad.execute.jax_runtime.calculus import (
    coefficients_adjoint as coefficients_adjoint,
    differenced as differenced,
    gradient_adjoint as gradient_adjoint,
    halves as halves,
    polyfit_adjoints as polyfit_adjoints,
    polyval_adjoint as polyval_adjoint,
    slope_weights as slope_weights,
    steps_along as steps_along,
    trapezoid_adjoint as trapezoid_adjoint,
    trapezoid_nodes_adjoint as trapezoid_nodes_adjoint,
    trapezoid_step_adjoint as trapezoid_step_adjoint,
    vander_adjoint as vander_adjoint,
)
from s2sgrad.execute.jax_runtime.checks import (
    entries as entries,
    require_kind as require_kind,
    require_separate as require_separate,
)
from s2sgrad.execute.jax_runtime.control import (
    branch as branch,
    scan as scan,
)
from s2sgrad.execute.jax_runtime.elementary import sinc_derivative as sinc_derivative
from s2sgrad.execute.jax_runtime.factors import (
    eigh_adjoint as eigh_adjoint,
    eigvalsh_adjoint as eigvalsh_adjoint,
    folded as folded,
    lstsq_adjoints as lstsq_adjoints,
    matrix_power_adjoint as matrix_power_adjoint,
    multi_dot_adjoints as multi_dot_adjoints,
    pinv_adjoint as pinv_adjoint,
    qr_adjoint as qr_adjoint,
    svd_adjoint as svd_adjoint,
    unfolded as unfolded,
)
from s2sgrad.execute.jax_runtime.fourier import (
    fit as fit,
    irfft_adjoint as irfft_adjoint,
    irfftn_adjoint as irfftn_adjoint,
    rfft_adjoint as rfft_adjoint,
    rfftn_adjoint as rfftn_adjoint,
    transformed_axes as transformed_axes,
)
from s2sgrad.execute.jax_runtime.gathering import (
    unselect as unselect,
    unselected as unselected,
    untake as untake,
    untake_along_axis as untake_along_axis,
)
from s2sgrad.execute.jax_runtime.joining import (
    as_sequence_like as as_sequence_like,
    column_split_like as column_split_like,
    cut as cut,
    dsplit_like as dsplit_like,
    hsplit_like as hsplit_like,
    pad_adjoint as pad_adjoint,
    pad_pairs as pad_pairs,
    padding_values_adjoint as padding_values_adjoint,
    split_like as split_like,
    statistic_weights as statistic_weights,
    unpad as unpad,
    unrepeat as unrepeat,
    unsplit as unsplit,
    unstack_like as unstack_like,
    untile as untile,
    vsplit_like as vsplit_like,
)
from s2sgrad.execute.jax_runtime.linalg import (
    cholesky_adjoint as cholesky_adjoint,
    cofactors as cofactors,
    cond_adjoint as cond_adjoint,
    extreme as extreme,
    norm_adjoint as norm_adjoint,
    solve_adjoints as solve_adjoints,
    trace_adjoint as trace_adjoint,
)
from s2sgrad.execute.jax_runtime.products import (
    contracted_axes as contracted_axes,
    cross_adjoints as cross_adjoints,
    dot_left_adjoint as dot_left_adjoint,
    dot_right_adjoint as dot_right_adjoint,
    einsum_adjoint as einsum_adjoint,
    einsum_adjoints as einsum_adjoints,
    einsum_at as einsum_at,
    einsum_second_adjoints as einsum_second_adjoints,
    einsum_terms as einsum_terms,
    inner_left_adjoint as inner_left_adjoint,
    inner_right_adjoint as inner_right_adjoint,
    kron_parts as kron_parts,
    matmul_left_adjoint as matmul_left_adjoint,
    matmul_right_adjoint as matmul_right_adjoint,
    replaced as replaced,
    tensordot_left_adjoint as tensordot_left_adjoint,
    tensordot_right_adjoint as tensordot_right_adjoint,
)
from s2sgrad.execute.jax_runtime.rearranging import (
    positions as positions,
    reordered_adjoint as reordered_adjoint,
    unblock as unblock,
    unchoose as unchoose,
    unmesh as unmesh,
    untake_known as untake_known,
)
from s2sgrad.execute.jax_runtime.reductions import (
    average_adjoint as average_adjoint,
    bounded_extreme_adjoints as bounded_extreme_adjoints,
    counted_mean_adjoint as counted_mean_adjoint,
    cumprod_adjoint as cumprod_adjoint,
    diff_adjoint as diff_adjoint,
    expand_reduced as expand_reduced,
    extended_diff_adjoints as extended_diff_adjoints,
    from_groups as from_groups,
    product_of_others as product_of_others,
    product_of_others_adjoint as product_of_others_adjoint,
    reduced_size as reduced_size,
    selected_product_adjoints as selected_product_adjoints,
    tie_share as tie_share,
    to_groups as to_groups,
)
from s2sgrad.execute.jax_runtime.running import (
    digamma as digamma,
    distance_adjoint as distance_adjoint,
    number_product_adjoint as number_product_adjoint,
    running_extreme_adjoint as running_extreme_adjoint,
)
from s2sgrad.execute.jax_runtime.sampling import (
    in_full_convolution as in_full_convolution,
    interp_adjoint as interp_adjoint,
    interp_slope as interp_slope,
    scatter_slopes as scatter_slopes,
    scatter_to_nodes as scatter_to_nodes,
    without_ends as without_ends,
)
from s2sgrad.execute.jax_runtime.selection import (
    extremum_adjoints as extremum_adjoints,
    hypot_adjoints as hypot_adjoints,
    scalar_clip_adjoint as scalar_clip_adjoint,
    share_above as share_above,
    sum_adjoint as sum_adjoint,
)
from s2sgrad.execute.jax_runtime.statistics import (
    correlation_adjoints as correlation_adjoints,
    covariance_adjoints as covariance_adjoints,
    nan_mean_adjoint as nan_mean_adjoint,
    nan_var_adjoint as nan_var_adjoint,
    observations as observations,
    places_between as places_between,
    quantile_adjoint as quantile_adjoint,
    quantile_place_adjoint as quantile_place_adjoint,
    split_observations as split_observations,
)
from s2sgrad.execute.jax_runtime.systems import (
    cholesky_part_adjoint as cholesky_part_adjoint,
    cholesky_solve_adjoint as cholesky_solve_adjoint,
    outer_product as outer_product,
    system_adjoints as system_adjoints,
    triangular_adjoint as triangular_adjoint,
    unblock_diag as unblock_diag,
)
