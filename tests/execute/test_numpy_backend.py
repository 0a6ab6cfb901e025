"""Emitted text as a function: its names, its lines, its tracebacks."""

import linecache
import os
import subprocess
import sys
import traceback

import pytest

from s2sgrad.errors import NOWHERE, Origin
from s2sgrad.execute.numpy_backend import load, origin_of
from s2sgrad.read.source import find_source

TEXT = "import math\n\n\ndef slope(x):\n    y = math.log(x)\n    return y * scale\n"


def test_the_entry_function_runs_in_a_namespace_of_its_own():
    slope, other = load(TEXT, "f", "slope", {}), load(TEXT, "f", "slope", {})
    slope.__globals__["scale"] = 2.0
    other.__globals__["scale"] = 3.0
    assert slope(1.0) == 0.0 and slope.__globals__ is not other.__globals__ and slope.__name__ == "slope"


def test_the_file_name_depends_on_name_and_text_only():
    script = (f"from s2sgrad.execute.numpy_backend import load; "
              f"print(load({TEXT!r}, 'f', 'slope', {{}}).__code__.co_filename)")
    path = os.pathsep.join(filter(None, sys.path))
    names = {subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True,
                            env=os.environ | {"PYTHONPATH": path, "PYTHONHASHSEED": seed}).stdout.strip()
             for seed in ("1", "2")}
    here = load(TEXT, "f", "slope", {}).__code__.co_filename
    assert names == {here} and here.startswith("<s2sgrad f ")
    assert load(TEXT + "#", "f", "slope", {}).__code__.co_filename != here


def test_tracebacks_show_the_emitted_line_also_after_checkcache():
    slope = load(TEXT, "f", "slope", {})
    linecache.checkcache()
    with pytest.raises(ValueError) as caught:
        slope(-1.0)
    assert "y = math.log(x)" in "".join(traceback.format_exception(caught.value))
    assert find_source(slope).lines[0] == "def slope(x):\n"


def test_an_emitted_line_leads_back_to_the_users():
    origin = Origin("model.py", 12, text="y = log(x)")
    slope = load(TEXT, "f", "slope", {5: origin})
    filename = slope.__code__.co_filename
    assert origin_of(filename, 5) is origin
    assert origin_of(filename, 6) is NOWHERE and origin_of("model.py", 5) is NOWHERE


def test_text_that_is_not_python_shows_its_line():
    with pytest.raises(SyntaxError) as caught:
        load("x = = 1\n", "f", "slope", {})
    assert caught.value.text == "x = = 1\n"
