"""Emitted text as a file that stands alone: the runtime helpers that it imports are embedded in it.

Comes in: the text of a program and the program. Goes out: text with the same functions that imports nothing of s2sgrad.
Data that the function reads from a module are imported from there; data that no import reaches are refused.
Guaranteed: the text is a pure function of what comes in.
"""

from __future__ import annotations

import ast
import dis
import inspect
import re
import sys
import textwrap
import types
from collections.abc import Iterator
from typing import Any

import numpy as np

from s2sgrad import runtime
from s2sgrad.core.nodes import Datum, Program
from s2sgrad.errors import ArgumentError, NonScalarError, NotDifferentiableError, UnsupportedError

RUNTIME = runtime.__name__
ERRORS: dict[type, str] = {error: f'''class {error.__name__}(TypeError, ValueError):
    """{inspect.getdoc(error)}"""

    def __init__(self, cause: str, remedy: str) -> None:
        super().__init__(f"{{cause}}\\nRemedy: {{remedy}}")''' for error in (ArgumentError, NonScalarError,
                                                                                   NotDifferentiableError)}


def standalone(text: str, program: Program) -> str:
    """The text with its helpers inside.

    Raises: UnsupportedError for data that the program reads from where no import reaches: a closure, a default value,
    a script or notebook.
    """
    tree = ast.parse(text)
    lines = text.splitlines()
    top = next(k for k, line in enumerate(lines) if not line.startswith("#"))
    first = next(node.lineno for node in tree.body if isinstance(node, ast.FunctionDef))
    imports, wanted = _imports(tree)
    embedded = _closed(list(wanted))
    spelled = _names(embedded, wanted, {d.name for d in program.data} | {f.name for f in program.functions})
    if embedded:
        imports = ["from typing import Any", "import numpy as np", *imports]
    if "np" in spelled:
        imports.append(f"import numpy as {spelled['np']}")
    imports += [_data_import(d) for d in program.data]
    parts = [_source(obj, spelled) for obj in embedded]
    head = [*lines[:top], f"# {_needs(imports)}"]
    if embedded:
        imports.insert(0, "from __future__ import annotations")
    return "\n".join([*head, *_sections(imports), "\n", *(part + "\n\n" for part in parts),
                      *lines[first - 1:]]).rstrip("\n") + "\n"


def _imports(tree: ast.Module) -> tuple[list[str], dict[str, str]]:
    """The import lines that stay, and the helpers with the names that the text gives them."""
    stay: list[str] = []
    helpers: dict[str, str] = {}
    for node in tree.body:
        match node:
            case ast.ImportFrom(module=module, names=names) if module == RUNTIME:
                helpers |= {alias.name: alias.asname or alias.name for alias in names}
            case ast.Import() | ast.ImportFrom():
                stay.append(ast.unparse(node))
    return stay, helpers


# ---------------------------------------------------------------- helpers
def _closed(names: list[str]) -> list[Any]:
    """These helpers and what they use, each behind what it uses."""
    found: list[Any] = []
    seen: list[Any] = [np]

    def visit(obj: Any) -> None:
        if obj in seen:
            return
        seen.append(obj)
        match obj:
            case types.FunctionType(__module__=home) if home.startswith(RUNTIME + "."):
                for name in _global_names(obj.__code__):
                    if name in obj.__globals__:
                        visit(obj.__globals__[name])
                found.append(obj)
            case type() if obj in ERRORS:
                found.append(obj)
            case _ if obj is not Any:
                raise TypeError(f"{obj!r} cannot be embedded in a standalone file")

    for name in names:
        visit(getattr(runtime, name))
    return sorted(found, key=lambda obj: obj not in ERRORS)


def _global_names(code: types.CodeType) -> Iterator[str]:
    yield from (i.argval for i in dis.get_instructions(code) if i.opname == "LOAD_GLOBAL")
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _global_names(constant)


def _names(embedded: list[Any], wanted: dict[str, str], taken: set[str]) -> dict[str, str]:
    """What is called otherwise in the file, because the text says so or because the name is taken there."""
    names: dict[str, str] = {}
    for own in [*(obj.__name__ for obj in embedded), *(["np"] if embedded else ())]:
        name, number = wanted.get(own, own), 1
        while own not in wanted and name in taken:
            name, number = f"{own}_{number}", number + 1
        if name != own:
            names[own] = name
    return names


def _source(obj: Any, names: dict[str, str]) -> str:
    text = ERRORS[obj] if obj in ERRORS else textwrap.dedent(inspect.getsource(obj)).rstrip()
    for own, name in names.items():
        text = re.sub(rf"(?<![\w.]){own}\b", name, text)
    return text


# ---------------------------------------------------------------- data
def _data_import(datum: Datum) -> str:
    """The import line of a datum."""
    remedy = f"Make `{datum.key or datum.name}` a parameter, or a constant at the top level of a module."
    match datum.holder:
        case {"__name__": str() as home} if home in sys.modules and vars(sys.modules[home]) is datum.holder:
            if home != "__main__":
                return f"from {home} import {datum.key}" + (f" as {datum.name}" if datum.name != datum.key else "")
            where = "in a script or notebook"
        case types.CellType():
            where = "in a closure"
        case _:
            where = "in a default value or an object"
    raise UnsupportedError(f"The function reads `{datum.key or datum.name}`, which lives {where}, where no import "
                           "reaches it.", remedy)


# ---------------------------------------------------------------- layout
def _needs(imports: list[str]) -> str:
    """A sentence about the packages that the import lines name (helpers of the JAX runtime are not embedded)."""
    roots = dict.fromkeys(line.split()[1].partition(".")[0] for line in imports)
    others = [root for root in roots if root not in sys.stdlib_module_names and root != "numpy"]
    if "jax" in others:
        alone = "This file needs" if "s2sgrad" in others else "This file stands alone: it needs"
        return f"{alone} {' and '.join(others)}."
    needed = "only NumPy" if not others else f"NumPy and {', '.join(others)}"
    return f"This file stands alone: it needs {needed}."


def _sections(imports: list[str]) -> list[str]:
    """Import lines in their order: the future, the standard library, the others; data last."""
    def group(line: str) -> int:
        root = line.split()[1].partition(".")[0]
        return 0 if root == "__future__" else 1 if root in sys.stdlib_module_names else 2

    lines: list[str] = []
    for line in sorted(dict.fromkeys(imports), key=group):
        if lines and group(lines[-1]) != group(line):
            lines.append("")
        lines.append(line)
    return lines
