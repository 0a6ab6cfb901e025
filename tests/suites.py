"""The check modules of the corpus and of the hazards, loaded from where they lie."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

TESTS = Path(__file__).parent
CORPUS = TESTS / "corpus"
HAZARDS = TESTS / "hazards"


def load(name: str, path: Path) -> ModuleType:
    """Import a file under a name of its own."""
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def corpus() -> ModuleType:
    """tests/corpus/check.py."""
    return load("corpus_check", CORPUS / "check.py")


def hazards() -> ModuleType:
    """tests/hazards/check.py, under the name by which store_law.py imports it."""
    return load("check", HAZARDS / "check.py")


def store_law() -> ModuleType:
    """tests/hazards/store_law.py."""
    hazards()
    return load("store_law", HAZARDS / "store_law.py")
