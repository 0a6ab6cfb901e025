"""How a resolved object is written in emitted code: `np.sin`, `math.exp`, `len`, `unbroadcast`.

Comes in: an object and the names that the emitted program uses for itself. Goes out: text that evaluates to the
object, and the import line that the text needs. Guaranteed: the text reaches that very object (each spelling is
looked up before it is used), whatever the user called their variables; an object that no import reaches is refused.
"""

from __future__ import annotations

import builtins
import operator
import sys
import types
from typing import Any

import numpy as np

from s2sgrad.core import primitives
from s2sgrad.core.named import Named
from s2sgrad.errors import UnsupportedError

_ALIASES = {"numpy": "np", "numpy.linalg": "np.linalg", "numpy.fft": "np.fft", "numpy.random": "np.random"}
_HOMES = ("builtins", "math", "cmath", "numpy", "numpy.linalg", "numpy.fft", "numpy.random", "s2sgrad.runtime",
          "scipy.special", "scipy.linalg", "scipy.fft", "operator", "itertools")
_USUAL = {"absolute": "abs", "conjugate": "conj"}     # what people write for a function that calls itself otherwise

Spelling = tuple[str, str | None]

BUILTINS = frozenset(name for name, value in vars(builtins).items()      # not what a shell or notebook put there
                     if getattr(value, "__module__", None) == "builtins")


def spelling(obj: Any, taken: frozenset[str] = frozenset()) -> Spelling:
    """The text for an object and the import line it needs (None where it needs none).

    taken: names that mean something else in the emitted program; the import then goes by another name.
    Raises UnsupportedError for an object that cannot be reached by an import.
    """
    if isinstance(obj, types.ModuleType):
        return _module(obj.__name__, taken)
    if isinstance(obj, np.dtype):
        return _dtype(obj, taken)
    if isinstance(obj, Named):
        return _named(obj.path, taken)
    name = getattr(obj, "__name__", None)
    for home in _HOMES:
        module = sys.modules.get(home)
        if module is not None:
            found = _name_in(module, name, obj)
            if found:
                return _member(home, found, taken)
    owner = getattr(obj, "__objclass__", None) or getattr(obj, "__self__", None)
    if owner is not None and not isinstance(owner, type) and name is not None:
        module = sys.modules.get(type(owner).__module__)
        if module is not None and _name_in(module, name, obj):
            return _bare(module.__name__, name, taken)      # random.shuffle, of the generator that the module holds
    if owner is not None and not isinstance(owner, types.ModuleType) and getattr(owner, name or "", None) == obj:
        text, line = spelling(owner, taken)           # np.add.at, np.ndarray.copy
        return f"{text}.{name}", line
    return _importable(obj, taken)


def is_spelled(obj: Any) -> bool:
    """Is it a module, a dtype, or an object of Python and its library, NumPy, SciPy or the runtime: spelled always
    the same?"""
    if isinstance(obj, (types.ModuleType, np.dtype, Named)):
        return True
    owner = getattr(obj, "__objclass__", None) or getattr(obj, "__self__", None)
    if owner is not None and not isinstance(owner, types.ModuleType):
        obj = owner if isinstance(owner, type) or getattr(owner, "__name__", None) else type(owner)
    name = getattr(obj, "__name__", None)
    home = str(getattr(obj, "__module__", None)).partition(".")[0]
    return any(home in sys.modules and _name_in(sys.modules[home], name, obj) for home in _HOMES) or (
        home in sys.stdlib_module_names and _is_importable(obj))


def root_name(text: str) -> str:
    """The name that a spelling occupies in the emitted program: `np` of `np.linalg.norm`."""
    return text.partition("(")[0].partition(".")[0]


def _unused(name: str, taken: frozenset[str]) -> str:
    number = 1
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"


def _module(name: str, taken: frozenset[str]) -> Spelling:
    """A module by its usual alias, else its full name, else a numbered alias."""
    root, _, rest = name.partition(".")
    if root == "numpy":
        alias = next((a for a in ("np", "numpy") if a not in taken), None) or _unused("numpy", taken)
        line = "import numpy" if alias == "numpy" else f"import numpy as {alias}"
        if name in _ALIASES or not rest:
            return f"{alias}.{rest}" if rest else alias, line
    if root in taken:
        alias = _unused(name.rpartition(".")[2], taken)
        return alias, f"import {name} as {alias}"
    return name, f"import {name}"


def _named(path: str, taken: frozenset[str]) -> Spelling:
    """`jnp.sin`, `lax.scan`, and any other function by its bare name."""
    if path.startswith("jax.numpy."):
        alias = "jnp" if "jnp" not in taken else _unused("jnp", taken)
        return f"{alias}.{path.removeprefix('jax.numpy.')}", f"import jax.numpy as {alias}"
    home, _, name = path.rpartition(".")
    if not home.startswith("jax."):
        return _bare(home, name, taken)
    package, _, module = home.rpartition(".")
    text, line = _bare(package, module, taken)
    return f"{text}.{name}", line


def _member(home: str, name: str, taken: frozenset[str]) -> Spelling:
    """A member of a module: builtins and runtime helpers by their bare name, the others behind the module's."""
    if home == "builtins" and name not in taken:
        return name, None
    if home == "s2sgrad.runtime":
        return _bare(home, name, taken)
    text, line = _module(home, taken)
    return f"{text}.{name}", line


def _bare(home: str, name: str, taken: frozenset[str]) -> Spelling:
    if name not in taken:
        return name, f"from {home} import {name}"
    alias = _unused(name, taken)
    return alias, f"from {home} import {name} as {alias}"


def _name_in(module: types.ModuleType, name: str | None, obj: Any) -> str | None:
    """Under which name a module holds the object; its own name (or the usual one) before any other."""
    if name is not None:
        names = [_USUAL[name], name] if name in _USUAL and module is np else [name]
        return next((n for n in names if n.isidentifier() and vars(module).get(n) is obj), None)
    if module is builtins or module is operator:
        return None
    return next((n for n, value in vars(module).items() if value is obj and not n.startswith("_")), None)


def _dtype(dtype: np.dtype[Any], taken: frozenset[str]) -> Spelling:
    text, line = _member("numpy", "dtype", taken)
    for code in (dtype.name, dtype.str):
        try:
            same = np.dtype(code) == dtype
        except TypeError:             # a structured dtype has a name that is not a code
            same = False
        if same:
            return f"{text}({code!r})", line
    raise UnsupportedError(f"The dtype {dtype!r} cannot be written in emitted code.", "Use a plain numeric dtype.")


def _is_importable(obj: Any) -> bool:
    """Does the module that the object says it is from hold it under its name?"""
    home, path = getattr(obj, "__module__", None), getattr(obj, "__qualname__", None)
    found: Any = sys.modules.get(home) if isinstance(home, str) else None
    if found is None or not isinstance(path, str) or home in ("__main__", primitives.__name__):
        return False
    for part in path.split("."):
        found = getattr(found, part, None)
    return found is obj


def _importable(obj: Any, taken: frozenset[str]) -> Spelling:
    """An object of some other module, imported from there by name."""
    if _is_importable(obj):
        root, _, rest = obj.__qualname__.partition(".")
        text, line = _bare(obj.__module__, root, taken)
        return f"{text}.{rest}" if rest else text, line
    raise UnsupportedError(f"{obj!r} cannot be reached by an import, so emitted code has no name for it.",
                           "Define it at the top level of a module that can be imported.")
