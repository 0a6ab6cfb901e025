"""The few helpers that emitted code may use. NumPy only; each one can be embedded in a standalone file."""

from s2sgrad.runtime.adjoints import (
    add_adjoints as add_adjoints,
)
from s2sgrad.runtime.adjoints import (
    add_into as add_into,
)
from s2sgrad.runtime.adjoints import (
    cast_like as cast_like,
)
from s2sgrad.runtime.adjoints import (
    last_writers as last_writers,
)
from s2sgrad.runtime.adjoints import (
    own as own,
)
from s2sgrad.runtime.adjoints import (
    real_like as real_like,
)
from s2sgrad.runtime.adjoints import (
    require_scalar as require_scalar,
)
from s2sgrad.runtime.adjoints import (
    zeros_like as zeros_like,
)
from s2sgrad.runtime.arrays import (
    cast_back as cast_back,
)
from s2sgrad.runtime.arrays import (
    from_diagonal as from_diagonal,
)
from s2sgrad.runtime.arrays import (
    inverse_axes as inverse_axes,
)
from s2sgrad.runtime.arrays import (
    undiag as undiag,
)
from s2sgrad.runtime.arrays import (
    unordered_reshape as unordered_reshape,
)
from s2sgrad.runtime.arrays import (
    weighted_linspace as weighted_linspace,
)
from s2sgrad.runtime.broadcasting import unbroadcast as unbroadcast
from s2sgrad.runtime.checks import entries as entries
from s2sgrad.runtime.checks import require_kind as require_kind
from s2sgrad.runtime.checks import require_separate as require_separate
from s2sgrad.runtime.elementary import sinc_derivative as sinc_derivative
from s2sgrad.runtime.fourier import (
    fit as fit,
)
from s2sgrad.runtime.fourier import (
    irfft_adjoint as irfft_adjoint,
)
from s2sgrad.runtime.fourier import (
    irfftn_adjoint as irfftn_adjoint,
)
from s2sgrad.runtime.fourier import (
    rfft_adjoint as rfft_adjoint,
)
from s2sgrad.runtime.fourier import (
    rfftn_adjoint as rfftn_adjoint,
)
from s2sgrad.runtime.fourier import (
    transformed_axes as transformed_axes,
)
from s2sgrad.runtime.gathering import (
    unselect as unselect,
)
from s2sgrad.runtime.gathering import (
    unselected as unselected,
)
from s2sgrad.runtime.gathering import (
    untake as untake,
)
from s2sgrad.runtime.gathering import (
    untake_along_axis as untake_along_axis,
)
from s2sgrad.runtime.joining import (
    as_sequence_like as as_sequence_like,
)
from s2sgrad.runtime.joining import (
    column_split_like as column_split_like,
)
from s2sgrad.runtime.joining import (
    cut as cut,
)
from s2sgrad.runtime.joining import (
    dsplit_like as dsplit_like,
)
from s2sgrad.runtime.joining import (
    hsplit_like as hsplit_like,
)
from s2sgrad.runtime.joining import (
    pad_adjoint as pad_adjoint,
)
from s2sgrad.runtime.joining import (
    pad_pairs as pad_pairs,
)
from s2sgrad.runtime.joining import (
    padding_values_adjoint as padding_values_adjoint,
)
from s2sgrad.runtime.joining import (
    split_like as split_like,
)
from s2sgrad.runtime.joining import (
    statistic_weights as statistic_weights,
)
from s2sgrad.runtime.joining import (
    unpad as unpad,
)
from s2sgrad.runtime.joining import (
    unrepeat as unrepeat,
)
from s2sgrad.runtime.joining import (
    unstack_like as unstack_like,
)
from s2sgrad.runtime.joining import (
    untile as untile,
)
from s2sgrad.runtime.joining import (
    vsplit_like as vsplit_like,
)
from s2sgrad.runtime.linalg import (
    cholesky_adjoint as cholesky_adjoint,
)
from s2sgrad.runtime.linalg import (
    norm_adjoint as norm_adjoint,
)
from s2sgrad.runtime.linalg import (
    solve_adjoints as solve_adjoints,
)
from s2sgrad.runtime.linalg import (
    trace_adjoint as trace_adjoint,
)
from s2sgrad.runtime.products import (
    contracted_axes as contracted_axes,
)
from s2sgrad.runtime.products import (
    cross_adjoint as cross_adjoint,
)
from s2sgrad.runtime.products import (
    dot_left_adjoint as dot_left_adjoint,
)
from s2sgrad.runtime.products import (
    dot_right_adjoint as dot_right_adjoint,
)
from s2sgrad.runtime.products import (
    einsum_adjoint as einsum_adjoint,
)
from s2sgrad.runtime.products import (
    einsum_adjoints as einsum_adjoints,
)
from s2sgrad.runtime.products import (
    einsum_at as einsum_at,
)
from s2sgrad.runtime.products import (
    einsum_second_adjoints as einsum_second_adjoints,
)
from s2sgrad.runtime.products import (
    einsum_terms as einsum_terms,
)
from s2sgrad.runtime.products import (
    inner_left_adjoint as inner_left_adjoint,
)
from s2sgrad.runtime.products import (
    inner_right_adjoint as inner_right_adjoint,
)
from s2sgrad.runtime.products import (
    kron_parts as kron_parts,
)
from s2sgrad.runtime.products import (
    matmul_left_adjoint as matmul_left_adjoint,
)
from s2sgrad.runtime.products import (
    matmul_right_adjoint as matmul_right_adjoint,
)
from s2sgrad.runtime.products import (
    replaced as replaced,
)
from s2sgrad.runtime.products import (
    tensordot_left_adjoint as tensordot_left_adjoint,
)
from s2sgrad.runtime.products import (
    tensordot_right_adjoint as tensordot_right_adjoint,
)
from s2sgrad.runtime.reductions import (
    average_adjoint as average_adjoint,
)
from s2sgrad.runtime.reductions import (
    cumprod_adjoint as cumprod_adjoint,
)
from s2sgrad.runtime.reductions import (
    diff_adjoint as diff_adjoint,
)
from s2sgrad.runtime.reductions import (
    expand_reduced as expand_reduced,
)
from s2sgrad.runtime.reductions import (
    from_groups as from_groups,
)
from s2sgrad.runtime.reductions import (
    product_of_others as product_of_others,
)
from s2sgrad.runtime.reductions import (
    product_of_others_adjoint as product_of_others_adjoint,
)
from s2sgrad.runtime.reductions import (
    reduced_size as reduced_size,
)
from s2sgrad.runtime.reductions import (
    tie_share as tie_share,
)
from s2sgrad.runtime.reductions import (
    to_groups as to_groups,
)
from s2sgrad.runtime.sampling import (
    in_full_convolution as in_full_convolution,
)
from s2sgrad.runtime.sampling import (
    interp_adjoint as interp_adjoint,
)
from s2sgrad.runtime.sampling import (
    interp_slope as interp_slope,
)
from s2sgrad.runtime.sampling import (
    scatter_slopes as scatter_slopes,
)
from s2sgrad.runtime.sampling import (
    scatter_to_nodes as scatter_to_nodes,
)
from s2sgrad.runtime.sampling import (
    without_ends as without_ends,
)
from s2sgrad.runtime.selection import (
    extremum_adjoints as extremum_adjoints,
)
from s2sgrad.runtime.selection import (
    hypot_adjoints as hypot_adjoints,
)
from s2sgrad.runtime.selection import (
    scalar_clip_adjoint as scalar_clip_adjoint,
)
from s2sgrad.runtime.selection import (
    sum_adjoint as sum_adjoint,
)
