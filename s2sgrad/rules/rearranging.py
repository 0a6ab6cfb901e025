"""Derivatives of functions that pick, drop, insert and arrange entries: np.delete, np.insert, np.block, ...

Each is applied to the positions of the argument, which tells where every entry of the result came from.
"""
# mypy: allow-untyped-defs

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from s2sgrad.core.kinds import UNKNOWN, Array, Kind, TupleKind
from s2sgrad.rules.options import array_kind, as_array, entries, product, strong, unknown_lengths
from s2sgrad.rules.registry import MAYBE_VIEW, adjoint
from s2sgrad.rules.shapes import fresh_dim, static
from s2sgrad.runtime.gathering import untake
from s2sgrad.runtime.rearranging import positions, reordered_adjoint, unblock, unchoose, unmesh, untake_known


# ---------------------------------------------------------------- kinds
def _some_entries(arr: Kind, *_: Kind, **__: Kind) -> Kind:
    return array_kind(as_array(arr)[0], None)


def _compressed(condition: Kind, a: Kind, *_: Kind, **__: Kind) -> Kind:
    return array_kind(as_array(a)[0], None)


def _extracted(condition: Kind, arr: Kind) -> Kind:
    return array_kind(as_array(arr)[0], (fresh_dim(),))


def _partitioned(a: Kind, kth: Kind, axis: Kind | None = None, *_: Kind, **__: Kind) -> Kind:
    dtype, shape = as_array(a)
    if axis is not None and static(axis) is None:
        return array_kind(dtype, (product(shape) if isinstance(shape, tuple) else fresh_dim(),))
    return array_kind(dtype, shape if axis is None or isinstance(static(axis), int) else None)


def _chosen(a: Kind, choices: Kind, *_: Kind, **__: Kind) -> Kind:
    return UNKNOWN


def _blocks(arrays: Kind) -> Kind:
    def leaves(kind: Kind) -> list[Kind]:
        items = entries(kind)
        return [kind] if items is None else [leaf for item in items for leaf in leaves(item)]
    return array_kind(strong(*leaves(arrays)), None)


def _meshed(*xi: Kind, indexing: Kind | None = None, sparse: Kind | None = None, copy: Kind | None = None) -> Kind:
    lengths = []
    for kind in xi:
        shape = as_array(kind)[1]
        lengths.append(shape[0] if isinstance(shape, tuple) and len(shape) == 1 else fresh_dim())
    if static(indexing, "xy") == "xy" and len(xi) > 1:
        lengths[:2] = lengths[1::-1]
    plain = static(sparse, False) is False and static(indexing, "xy") in ("xy", "ij")
    return TupleKind(tuple(Array(as_array(kind)[0], tuple(lengths) if plain else unknown_lengths(len(xi)))
                           for kind in xi))


# ---------------------------------------------------------------- picking
@adjoint(np.delete, kind=_some_entries)
def delete(y, arr, obj, axis=None, *, y_bar):
    arr_bar = untake(y_bar, np.shape(arr), np.delete(positions(np.shape(arr)), obj, axis))
    return arr_bar


@adjoint(np.compress, kind=_compressed)
def compress(y, condition, a, axis=None, *, y_bar):
    a_bar = untake(y_bar, np.shape(a), np.compress(condition, positions(np.shape(a)), axis))
    return None, a_bar


@adjoint(np.extract, kind=_extracted)
def extract(y, condition, arr, *, y_bar):
    arr_bar = untake(y_bar, np.shape(arr), np.extract(condition, positions(np.shape(arr))))
    return None, arr_bar


@adjoint(np.resize, kind=_some_entries)
def resize(y, a, new_shape, *, y_bar):
    a_bar = untake(y_bar, np.shape(a), np.resize(positions(np.shape(a)), new_shape))
    return a_bar


# a view of which cells lie several times in memory: no adjoint can be added to it, so its memory may not be written
@adjoint(sliding_window_view, kind=_some_entries, result=MAYBE_VIEW)
def windows(y, x, window_shape, axis=None, *, y_bar):
    x_bar = untake(y_bar, np.shape(x), sliding_window_view(positions(np.shape(x)), window_shape, axis))
    return x_bar


@adjoint(np.insert, kind=_some_entries)
def insert(y, arr, obj, values, axis=None, *, y_bar):
    kept = np.insert(positions(np.shape(arr)), obj, np.full(np.shape(values), -1), axis)
    arr_bar = untake_known(y_bar, np.shape(arr), kept)
    places = np.insert(np.full(np.shape(arr), -1), obj, positions(np.shape(values)), axis)
    values_bar = untake_known(y_bar, np.shape(values), places)
    return arr_bar, None, values_bar


# ---------------------------------------------------------------- arranging
@adjoint(np.partition, kind=_partitioned)
def partition(y, a, kth, axis=-1, *, y_bar):
    a_bar = reordered_adjoint(a, y, axis, y_bar)
    return a_bar


@adjoint(np.choose, kind=_chosen)
def choose(y, a, choices, *, y_bar):
    choices_bar = unchoose(y_bar, a, choices)
    return None, choices_bar


@adjoint(np.block, kind=_blocks)
def block(y, arrays, *, y_bar):
    arrays_bar = unblock(y_bar, arrays)
    return arrays_bar


@adjoint(np.meshgrid, kind=_meshed)
def meshgrid(y, *xi, indexing="xy", sparse=False, y_bar):
    bars = unmesh(y_bar, xi, indexing)
    return bars
