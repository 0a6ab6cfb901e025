"""What is known of `x.shape`, `x.size`, `x.ndim` and `x.dtype` of arrays and numbers, and of the limits of dtypes."""

from __future__ import annotations

import sys

import numpy as np

from s2sgrad.core.kinds import UNKNOWN, Array, Kind, Known, Number, Numeric, TupleKind
from s2sgrad.rules.options import length_kind
from s2sgrad.rules.shapes import constant_kind

LIMITS = (np.finfo, np.iinfo, type(sys.float_info))


def attribute_kind(kind: Kind, attr: str) -> Kind | None:
    """The kind of such an attribute; None for any other."""
    match kind, attr:
        case Array(shape=tuple() as shape), "shape":
            return TupleKind(tuple(length_kind(d) for d in shape))
        case Array(shape=shape), "size":
            if isinstance(shape, tuple) and len(shape) == 1:
                return length_kind(shape[0])
            return Number("int", True)
        case Array(shape=shape), "ndim":
            return Number("int", True, len(shape) if isinstance(shape, tuple) else None)
        case (Array() | Numeric() | Number()), "size" | "ndim":
            return Number("int", True)
        case (Array(dtype) | Number(dtype) | Numeric(dtype)), "dtype":
            return Known(np.dtype(dtype)) if dtype is not None and dtype != "int" else UNKNOWN
        case Known(value), _ if isinstance(value, LIMITS) and hasattr(value, attr):
            return constant_kind(getattr(value, attr))
    return None
