"""`isinstance` by the kind of a value: which Python type it has, where the kind tells."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sgrad.core.closure import Closure
from s2sgrad.core.kinds import Array, DictKind, Kind, Known, ListKind, Number, RecordKind, TupleKind, is_float


def is_instance(kind: Kind, cls: Any) -> bool | None:
    """`isinstance(value, cls)` for a value of this kind; None where the kind does not tell."""
    classes = cls if isinstance(cls, tuple) else (cls,)
    if not all(isinstance(c, type) for c in classes):
        return None
    own: type
    match kind:
        case Number(several=True):
            found = {is_instance(k, cls) for k in _narrower(kind)}
            return found.pop() if len(found) == 1 else None
        case Number(dtype, True):
            own = {"bool": bool, "int": int, "float64": float, "complex128": complex}.get(dtype, object)
        case Number(dtype) if dtype != "int":
            own = np.dtype(dtype).type
        case Array():
            own = np.ndarray
        case TupleKind():
            own = tuple
        case ListKind(items=tuple()):
            own = list
        case DictKind():
            own = dict
        case RecordKind(cls=type() as own):
            pass
        case Known(value) if not isinstance(value, Closure):
            own = type(value)
        case _:
            return None
    return None if own is object else any(issubclass(own, c) for c in classes)


def _narrower(kind: Number) -> list[Number]:
    """The types that a number of several types may have."""
    dtypes = ("bool", "int", "float64", "complex128")
    widest = max(dtypes.index(kind.dtype), 2) if kind.dtype in dtypes else 3        # 2 ** n is an int or a float
    if is_float(kind) and not kind.mixed:
        floats = [Number(dtype, weak) for dtype in dtypes[2:widest + 1] for weak in (True, False)]
        return [*floats, Number("float32"), *([Number("complex64")] if widest == 3 else [])]
    found = [Number(dtype, True) for dtype in dtypes[:widest + 1]]
    return found if kind.weak else [*found, *(Number(dtype) for dtype in ("bool", "int64", "float32", "float64"))]
