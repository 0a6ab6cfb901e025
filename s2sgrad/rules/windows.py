"""The derivative of windows that overlap: every entry is in several of them, and their adjoints add up."""

# mypy: allow-untyped-defs

from __future__ import annotations

import numpy as np

from s2sgrad.core.kinds import Kind
from s2sgrad.rules.options import array_kind, as_array, normal_axes, plus, shape_option, unknown_lengths
from s2sgrad.rules.registry import VIEW, adjoint
from s2sgrad.rules.shapes import fresh_dim, static
from s2sgrad.runtime.arrays import add_windows


def _windows_kind(x: Kind, window_shape: Kind, axis: Kind | None = None, **_: Kind) -> Kind:
    dtype, shape = as_array(x)
    lengths = shape_option(window_shape)
    if not isinstance(shape, tuple) or not isinstance(lengths, tuple):
        return array_kind(dtype, None)
    places = tuple(range(len(shape))) if static(axis) is None else normal_axes(axis, len(shape))
    if places is None or len(places) != len(lengths):
        return array_kind(dtype, unknown_lengths(len(shape) + len(lengths)))
    left = list(shape)
    for place, length in zip(places, lengths, strict=True):
        left[place] = plus(left[place], 1 - length.offset) if not length.symbol else fresh_dim()
    return array_kind(dtype, (*left, *lengths))


@adjoint(np.lib.stride_tricks.sliding_window_view, kind=_windows_kind, result=VIEW)
def sliding_window_view(y, x, window_shape, axis=None, *, y_bar):
    x_bar = add_windows(y_bar, np.shape(x), window_shape, axis)
    return x_bar
