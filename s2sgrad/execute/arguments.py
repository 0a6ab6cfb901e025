"""Which arguments a gradient function accepts, checked once for each set of call facts.

In go the arguments by parameter, and which of them are differentiated; nothing comes out. What passes is either a
real float, an array of them or a structure with such leaves, or an argument that is not differentiated and whose
operators mean what they mean for NumPy arrays.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from s2sgrad.errors import ArgumentError
from s2sgrad.execute.tree import Path, children, is_float_leaf, leaves, spell

# Array types of other packages whose operators differ from those of arrays (alignment by label, `*` as a matrix
# product), with what turns them into arrays. They are told by the module of their type; nothing is imported.
FOREIGN = {"pandas": ".to_numpy()", "xarray": ".to_numpy()", "polars": ".to_numpy()", "scipy.sparse": ".toarray()"}


def check_arguments(names: Sequence[str], values: Sequence[Any], differentiated: Sequence[int]) -> None:
    """Raise ArgumentError, naming the parameter and the remedy, for what cannot be accepted."""
    for i, (name, value) in enumerate(zip(names, values, strict=True)):
        found = leaves(value)
        for path, leaf in found:
            _check_any(name + spell(path), leaf)
        if i in differentiated:
            if children(value) is None:
                _check_number(name, value)
            else:
                _check_structure(name, found)


def _check_any(where: str, leaf: Any) -> None:
    module = type(leaf).__module__
    for package, remedy in FOREIGN.items():
        if module == package or module.startswith(package + "."):
            raise ArgumentError(f"the argument {where} is a {package} {type(leaf).__name__}, whose operators are not "
                                "those of NumPy arrays", f"pass {where}{remedy}")
    if isinstance(leaf, np.ndarray) and type(leaf) is not np.ndarray:
        raise ArgumentError(f"the argument {where} is a {type(leaf).__name__}, a subclass of ndarray whose operators "
                            "may have another meaning", f"pass np.asarray({where})")


def _check_number(where: str, value: Any) -> None:
    """A differentiated leaf at the top: a float, a NumPy float or a float array."""
    cannot = f"cannot differentiate with respect to {where}: "
    match value:
        case bool() | np.bool_():
            raise ArgumentError(f"{cannot}it is a bool", "differentiate another argument (argnums=, argnames=)")
        case int() | np.integer():
            raise ArgumentError(f"{cannot}it is an integer", f"pass {float(value)!r} instead of {int(value)}")
        case np.ndarray():
            if value.dtype.kind != "f":
                remedy = f"pass {where}.astype(float)" if value.dtype.kind in "biuO" else "pass an array of real floats"
                raise ArgumentError(f"{cannot}it is an array of dtype {value.dtype}", remedy)
        case complex() | np.complexfloating():
            raise ArgumentError(f"{cannot}it is complex", "pass the real and the imaginary part as two arguments")
        case _ if type(value) is not float and not isinstance(value, np.floating):
            convert = f"pass np.asarray({where}), or " if hasattr(value, "__array__") else ""
            raise ArgumentError(f"{cannot}it is a {type(value).__name__}, not a float, a float array or a tuple, "
                                "list or dict of these",
                                f"{convert}differentiate another argument (argnums=, argnames=)")


def _check_structure(name: str, found: list[tuple[Path, Any]]) -> None:
    """A differentiated container: at least one float leaf, and none that would lose its derivative in silence."""
    if not any(is_float_leaf(leaf) for _, leaf in found):
        raise ArgumentError(f"cannot differentiate with respect to {name}: there is no float in it",
                            "pass floats or float arrays, for example 3.0 instead of 3")
    for path, leaf in found:
        where = name + spell(path)
        match leaf:
            case list() | tuple() | dict():
                raise ArgumentError(f"cannot differentiate with respect to {where}: {type(leaf).__name__} is a "
                                    f"subclass of {type(leaf).__mro__[1].__name__}", "pass a plain list, tuple or dict")
            case complex() | np.complexfloating():
                _check_number(where, leaf)
            case np.ndarray() if leaf.dtype.kind in "cO":
                _check_number(where, leaf)
