"""From the words of the command line to the object they name: FILE.py:FUNCTION or package.module:FUNCTION.

Comes in: such a target. Goes out: the imported module and the object. Guaranteed: what does not exist is refused with
near matches; an exception of the user's own code is reported by its place and last line, and what that code prints
goes to stderr.
"""

from __future__ import annotations

import contextlib
import difflib
import importlib.util
import linecache
import os
import pkgutil
import sys
import traceback
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from s2sgrad.errors import NOWHERE, ArgumentError, Origin, S2SGradError, SourceError


def resolve(target: str) -> tuple[ModuleType, Any]:
    """(module, object) of FILE.py:FUNCTION or package.module:FUNCTION; FUNCTION may be dotted.

    Raises: ArgumentError, with near matches, for what does not exist; SourceError where the import fails.
    """
    place, colon, path = target.rpartition(":")
    if not colon or not place or not path:
        raise ArgumentError(f"`{target}` does not name a function in a file or module.",
                            "write FILE.py:FUNCTION or package.module:FUNCTION.")
    module = import_file(Path(place)) if place.endswith(".py") else import_named(place)
    found: Any = module
    for part in path.split("."):
        if part not in dir(found):
            known = [name for name in dir(found) if callable(getattr(found, name)) and not name.startswith("__")]
            raise ArgumentError(f"There is no function `{path}` in {place}.{near(part, known)}")
        found = getattr(found, part)
    return module, found


def near(name: str, known: Iterable[str]) -> str:
    """What the user may have meant."""
    close = difflib.get_close_matches(name, sorted(known))
    return " Did you mean " + " or ".join(f"`{c}`" for c in close) + "?" if close else ""


def import_file(path: Path) -> ModuleType:
    """The module of a file: by its dotted name if it lies in a package, else as a script's neighbours import it."""
    if not path.is_file():
        others = [p.name for p in path.parent.glob("*.py")] if path.parent.is_dir() else []
        raise ArgumentError(f"There is no file {path}.{near(path.name, others)}")
    path = path.resolve()
    root, name = path.parent, path.stem
    while (root / "__init__.py").is_file():
        root, name = root.parent, f"{root.name}.{name}"
    sys.path.insert(0, str(root))
    if root != path.parent:
        module = import_named(name)
        if module.__file__ is None or Path(module.__file__).resolve() != path:
            raise SourceError(f"{path} is the module {name}, but Python finds that one in {module.__file__}.",
                              "run the command where this package is the one that is installed.")
        return module
    if name in sys.modules and getattr(sys.modules[name], "__file__", None) != str(path):
        name = f"{name}__{len(sys.modules)}"               # a file that has the name of another module
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise SourceError(f"{path} cannot be imported.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        with users_code(f"{path.name} cannot be imported", module.__file__):
            spec.loader.exec_module(module)
    except S2SGradError:
        del sys.modules[name]                              # as the import statement does
        raise
    return module


def import_named(name: str) -> ModuleType:
    """The module of a dotted name, which may lie in the current folder."""
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    folders: list[str] | None = None                       # where to look: None stands for sys.path
    parts = name.split(".")
    for depth in range(1, len(parts) + 1):
        prefix = ".".join(parts[:depth])
        spec = None if folders == [] or not parts[depth - 1].isidentifier() else importlib.util.find_spec(prefix)
        if spec is None:
            known = [".".join([*parts[:depth - 1], m.name]) for m in pkgutil.iter_modules(folders)]
            raise ArgumentError(f"There is no module `{prefix}`.{near(prefix, known)}")
        with users_code(f"{prefix} cannot be imported", spec.origin):
            module = importlib.import_module(prefix)
        folders = list(getattr(module, "__path__", []))
    return module


@contextlib.contextmanager
def users_code(what: str, file: str | None) -> Iterator[None]:
    """Run code of the user's: its exceptions are reported by place and last line, its output goes to stderr."""
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield
    except S2SGradError:
        raise
    except (Exception, SystemExit) as error:
        last = traceback.format_exception_only(error)[-1].strip()
        raise SourceError(f"{what}: {last}", "", place_of(error, file)) from error


def place_of(error: BaseException, file: str | None) -> Origin:
    """Where in the user's file an exception comes from; if from nowhere there, where it was raised."""
    if isinstance(error, SyntaxError) and error.filename and not error.filename.startswith("<"):
        return line_origin(error.filename, error.lineno or 1)
    frames = [f for f in traceback.extract_tb(error.__traceback__)
              if f.lineno is not None and not f.filename.startswith("<") and f.filename != __file__]
    own = [f for f in frames if f.filename == file]
    last = (own or frames)[-1:]
    return line_origin(last[0].filename, last[0].lineno or 1) if last else NOWHERE


def line_origin(file: str, line: int) -> Origin:
    """A whole line."""
    text = linecache.getline(file, line).rstrip()
    return Origin(file, line, len(text) - len(text.lstrip()), len(text))
