"""Refused programs get the errors they should, what to write instead works, and docs/limitations.md is up to date."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from s2sgrad.execute.tree import leaves

ROOT = Path(__file__).parents[2]


def load_script():
    spec = importlib.util.spec_from_file_location("make_limitations", ROOT / "docs" / "make_limitations.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_limitations"] = module
    spec.loader.exec_module(module)
    return module


script = load_script()
ENTRIES = {entry.name: entry for entry in script.table.REFUSALS if entry.can_run}


@pytest.mark.parametrize("name", ENTRIES)
def test_refused_with_this_text(name, update_golden):
    text = script.refusal(ENTRIES[name])
    golden = script.GOLDEN / f"{name}.txt"
    if update_golden:
        golden.write_text(text, encoding="utf-8")
    assert golden.exists(), "run pytest with --update-golden, and read what it wrote"
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name for name, entry in ENTRIES.items() if entry.instead])
def test_what_to_write_instead_works(name):
    entry = ENTRIES[name]
    value = script.table.run(entry.instead, entry.instead_call or entry.call)
    numbers = [leaf for _, leaf in leaves(value) if not isinstance(leaf, str)]
    assert isinstance(value, str) or numbers
    assert all(np.all(np.isfinite(number)) for number in numbers)


def test_golden_files_are_those_of_the_table():
    assert {path.stem for path in script.GOLDEN.iterdir()} == {entry.name for entry in script.table.REFUSALS}


def test_page_is_up_to_date(update_golden):
    if update_golden:
        script.PAGE.write_text(script.page(), encoding="utf-8")
    assert script.PAGE.read_text(encoding="utf-8") == script.page(), "run python docs/make_limitations.py"
