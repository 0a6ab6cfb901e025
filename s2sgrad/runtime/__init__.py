"""The few helpers that emitted code may use. NumPy only; each one can be embedded in a standalone file."""

from s2sgrad.runtime.broadcasting import unbroadcast as unbroadcast
from s2sgrad.runtime.arrays import (
    cast_back as cast_back,
    from_diagonal as from_diagonal,
    inverse_axes as inverse_axes,
    undiag as undiag,
    unordered_reshape as unordered_reshape,
    weighted_linspace as weighted_linspace,
)
from s2sgrad.runtime.checks import require_kind as require_kind, require_separate as require_separate
from s2sgrad.runtime.elementary import sinc_derivative as sinc_derivative
from s2sgrad.runtime.selection import (
    extremum_adjoints as extremum_adjoints,
    hypot_adjoints as hypot_adjoints,
    scalar_clip_adjoint as scalar_clip_adjoint,
    sum_adjoint as sum_adjoint,
)
from s2sgrad.runtime.joining import (
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
    unstack_like as unstack_like,
    untile as untile,
    vsplit_like as vsplit_like,
)
from s2sgrad.runtime.reductions import (
    average_adjoint as average_adjoint,
    cumprod_adjoint as cumprod_adjoint,
    diff_adjoint as diff_adjoint,
    expand_reduced as expand_reduced,
    from_groups as from_groups,
    product_of_others as product_of_others,
    product_of_others_adjoint as product_of_others_adjoint,
    reduced_size as reduced_size,
    tie_share as tie_share,
    to_groups as to_groups,
)
from s2sgrad.runtime.products import (
    contracted_axes as contracted_axes,
    cross_adjoint as cross_adjoint,
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
from s2sgrad.runtime.linalg import (
    cholesky_adjoint as cholesky_adjoint,
    norm_adjoint as norm_adjoint,
    solve_adjoints as solve_adjoints,
    trace_adjoint as trace_adjoint,
)
from s2sgrad.runtime.gathering import (
    unselect as unselect,
    unselected as unselected,
    untake as untake,
    untake_along_axis as untake_along_axis,
)
from s2sgrad.runtime.sampling import (
    in_full_convolution as in_full_convolution,
    interp_adjoint as interp_adjoint,
    interp_slope as interp_slope,
    scatter_slopes as scatter_slopes,
    scatter_to_nodes as scatter_to_nodes,
    without_ends as without_ends,
)
from s2sgrad.runtime.adjoints import (
    add_adjoints as add_adjoints,
    add_into as add_into,
    cast_like as cast_like,
    last_writers as last_writers,
    require_scalar as require_scalar,
    zeros_like as zeros_like,
)
