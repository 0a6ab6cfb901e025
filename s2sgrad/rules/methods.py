"""The function that each method and attribute of an array stands for.

A method call on a receiver that is known to be a number or an array becomes a call of the function here, with the
receiver as first argument. Where NumPy has no function with the method's own meaning (a method's `copy()` orders
memory by "C", `np.copy` by "K"), the entry is the method descriptor of `np.ndarray`, which prints as a method.
Methods that write their receiver (`fill`, `sort`, `put`, `resize`) are not here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

METHODS: dict[str, Callable[..., Any]] = {
    # sums and extrema
    "all": np.all,
    "any": np.any,
    "argmax": np.argmax,
    "argmin": np.argmin,
    "cumprod": np.cumprod,
    "cumsum": np.cumsum,
    "max": np.max,
    "mean": np.mean,
    "min": np.min,
    "prod": np.prod,
    "std": np.std,
    "sum": np.sum,
    "trace": np.trace,
    "var": np.var,
    # entries
    "clip": np.clip,
    "conj": np.ndarray.conj,
    "conjugate": np.ndarray.conjugate,
    "round": np.round,
    # products
    "dot": np.dot,
    # shapes
    "diagonal": np.diagonal,
    "ravel": np.ravel,
    "reshape": np.reshape,
    "squeeze": np.squeeze,
    "swapaxes": np.swapaxes,
    "transpose": np.transpose,
    # selection
    "argpartition": np.argpartition,
    "argsort": np.argsort,
    "choose": np.choose,
    "compress": np.compress,
    "nonzero": np.nonzero,
    "repeat": np.repeat,
    "searchsorted": np.searchsorted,
    "take": np.take,
    # copies and conversions
    "astype": np.ndarray.astype,
    "copy": np.ndarray.copy,
    "flatten": np.ndarray.flatten,
    "item": np.ndarray.item,
    "tolist": np.ndarray.tolist,
    "view": np.ndarray.view,
}

ATTRIBUTES: dict[str, Callable[..., Any]] = {
    "T": np.transpose,
    "mT": np.matrix_transpose,
    "real": np.real,
    "imag": np.imag,
    "flat": np.ravel,
}

# What a dict is asked for. Its keys carry no derivative; of its values and items only the kinds are known.
DICT_METHODS: dict[str, Callable[..., Any]] = {"keys": dict.keys, "values": dict.values, "items": dict.items}

# Methods whose positional arguments may stand for one tuple: `x.reshape(2, 3)` is `np.reshape(x, (2, 3))`. A single
# argument is passed on as it is (`x.reshape(6)`, `x.reshape(shape)`, `x.transpose(None)`); `x.transpose()` has none.
VARARGS = frozenset({"reshape", "transpose"})
