"""Whatever has a rule has a name in emitted code."""

import importlib
import pkgutil

import numpy as np
import pytest

import s2sgrad.rules
from s2sgrad.core import primitives
from s2sgrad.emit.spelling import spelling
from s2sgrad.errors import UnsupportedError
from s2sgrad.rules.registry import all_rules

for module in pkgutil.iter_modules(s2sgrad.rules.__path__):
    importlib.import_module(f"s2sgrad.rules.{module.name}")

# these print as syntax, and never by name
SYNTAX = {f for f in vars(primitives).values() if getattr(f, "__module__", "") == primitives.__name__}


RULED = [rule.function for rule in all_rules()]     # as collected: later, tests register functions no import reaches


def evaluate(text, line):
    space = {}
    if line is not None:
        exec(line, space)
    return eval(text, space)


def test_every_function_with_a_rule_evaluates_back_to_itself():
    wrong = []
    for function in RULED:
        if isinstance(function, (str, tuple)) or any(function is s for s in SYNTAX):
            continue
        found = evaluate(*spelling(function))
        if found is not function and found != function:
            wrong.append(function)
    assert not wrong


@pytest.mark.parametrize("obj, text", [
    (np.sin, "np.sin"), (np.absolute, "np.abs"), (np.linalg.norm, "np.linalg.norm"), (np.add.at, "np.add.at"),
    (np.maximum.reduce, "np.maximum.reduce"), (np.ndarray.copy, "np.ndarray.copy"), (list.append, "list.append"),
    (np.random.default_rng, "np.random.default_rng"), (np.random.rand, "np.random.rand"), (np.r_, "np.r_"),
    (np.float64, "np.float64"), (float, "float"), (np.dtype("f4"), "np.dtype('float32')"), (np.linalg, "np.linalg"),
])
def test_usual_names(obj, text):
    assert spelling(obj)[0] == text


@pytest.mark.parametrize("obj", [np.sin, np.linalg.norm, np.add.at, float, len, np.dtype("f8"), np.ndarray.copy, np])
@pytest.mark.parametrize("taken", [{"np"}, {"np", "numpy"}, {"np", "numpy", "numpy_1", "float", "len"}])
def test_users_names_are_left_alone(obj, taken):
    text, line = spelling(obj, frozenset(taken))
    space = dict.fromkeys(taken, "the user's")
    exec(line or "", space)
    assert all(space[name] == "the user's" for name in taken)
    assert eval(text, space) == obj


def test_scipy():
    special = pytest.importorskip("scipy.special")
    assert spelling(special.expit) == ("scipy.special.expit", "import scipy.special")
    assert spelling(special.expit, frozenset({"scipy"})) == ("special_1.expit", "import scipy.special as special_1")


def test_what_no_import_reaches_is_refused():
    def local():
        pass
    for obj in (local, lambda: 0, object(), primitives.and_, np.dtype([("a", "f8")])):
        with pytest.raises(UnsupportedError):
            spelling(obj)


def test_other_modules_are_imported_by_name():
    assert spelling(pkgutil.iter_modules) == ("iter_modules", "from pkgutil import iter_modules")
