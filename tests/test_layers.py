"""Data flows one way: a folder imports only folders above it in the list, and `s2sgrad.errors`."""

import ast
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "s2sgrad"
LAYERS = ["errors", "version", "runtime", "core", "rules", "read", "analyse", "normalise", "differentiate", "simplify",
          "lower", "emit", "execute", "stages", "helpers", "pairs", "results", "auxiliary", "pipeline", "explain",
          "api", "testing", "cli", "__main__"]
FILES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def layer_of(path):
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imports(path):
    """Dotted names of all that a file imports, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module, names, 0):
                yield from ((f"{module}.{alias.name}" for alias in names) if module == "s2sgrad" else [module])
            case ast.ImportFrom(level=level) if level:
                pytest.fail(f"{path}: relative imports are not used here")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_only_what_is_above(path):
    layer = layer_of(path)
    assert layer in LAYERS, f"{layer} has no place in the list of layers"
    for name in imports(path):
        root, *rest = name.split(".")
        if root == "s2sgrad":
            assert rest, "the package itself imports everything"
            above = LAYERS[:LAYERS.index(layer) + 1]
            assert rest[0] in above, f"{layer} may not import {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_outside_packages(path):
    layer = layer_of(path)
    for name in imports(path):
        root = name.split(".")[0]
        if root == "jax":
            assert layer == "execute", f"{layer} may not import jax"
        if layer == "runtime":
            assert root in sys.stdlib_module_names or root == "numpy" or name.startswith(
                ("s2sgrad.runtime", "s2sgrad.errors")), name


def test_files_hold_one_idea():
    long = {str(path.relative_to(PACKAGE)): count for path in FILES
            if (count := len(path.read_text(encoding="utf-8").splitlines())) > 400}
    assert not long
