"""Emitted text becomes a function that tracebacks, `pdb`, profilers and coverage can show line by line.

Comes in: text, the name it is known by, the name of its entry function, and which emitted line stands for which line
of the user. Goes out: the entry function. Guaranteed: the file name under which the text runs depends on the text and
its name only, and the lines are in `linecache` for as long as Python runs.
"""

from __future__ import annotations

import builtins
import hashlib
import linecache
import types
from collections.abc import Mapping

from s2sgrad.errors import NOWHERE, Origin

_origins: dict[str, Mapping[int, Origin]] = {}


def load(text: str, name: str, entry: str, lines: Mapping[int, Origin]) -> types.FunctionType:
    """Run emitted text in a namespace of its own, which is the returned function's `__globals__`.

    Args: the whole text; the name for the file name `<s2sgrad NAME hash>`; the function to return; the origin in the
    user's source of each emitted line (counted from 1).
    """
    filename = f"<s2sgrad {name} {hashlib.sha256(text.encode()).hexdigest()[:8]}>"
    # No modification time: linecache.checkcache, which every traceback calls, leaves the entry alone.
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    _origins[filename] = lines
    namespace: dict[str, object] = {"__name__": filename, "__builtins__": builtins}
    exec(compile(text, filename, "exec", dont_inherit=True), namespace)
    match namespace[entry]:
        case types.FunctionType() as function:
            return function
        case other:
            raise TypeError(f"`{entry}` in {filename} is not a function but a {type(other).__name__}")


def origin_of(filename: str, line: int) -> Origin:
    """The user's line that an emitted line comes from; NOWHERE for other files and for lines without an origin."""
    return _origins.get(filename, {}).get(line, NOWHERE)


def is_emitted(filename: str) -> bool:
    """Is it the file name of emitted text?"""
    return filename in _origins
