"""Golden files: the emitted gradients of `golden/primals.py`, read by a person whenever they change.

Each is a real Python file under `golden/`. It must be what is emitted now (`--update-golden` writes it), run, agree
with differences, be lint-clean, and be nearly as short as the gradient that a numerical programmer wrote by hand for
the same program, with no helper and no record that the hand-written one does without.
"""

import ast
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from golden import primals

from s2sgrad import check_grads, grad, value_and_grad

FOLDER = Path(__file__).parent / "golden"


def inputs(seed=0):
    """A generator for the arguments."""
    return np.random.default_rng(seed)


@dataclass(frozen=True)
class Case:
    """argnums: what is differentiated. lines: code lines of the hand-written gradient. records: how many it keeps."""

    argnums: int | tuple[int, ...]
    lines: int
    records: int
    args: tuple
    make: object = grad


def positive_definite(M):
    return M @ M.T + 4.0 * np.eye(5)


r = inputs()
CASES = {
    "logistic_loss": Case(0, 10, 0, (r.normal(size=5), r.normal(size=(9, 5)), 1.0 * r.integers(0, 2, 9))),
    "rosenbrock": Case(0, 11, 0, (r.normal(size=7),), value_and_grad),
    "rnn": Case((0, 1, 2), 17, 1, (r.normal(size=(4, 4)), r.normal(size=(4, 3)), r.normal(size=4),
                                   r.normal(size=(6, 3)), r.normal(size=4))),
    "orbit": Case((0, 1, 2), 25, 2, (0.3, 1.7, 0.2, 50)),
    "kepler": Case((0, 1), 25, 1, (1.1, 0.4)),
    "diffuse": Case(0, 11, 0, (r.normal(size=12), 5, 0.1)),
    "grow": Case((0, 1), 16, 1, (r.random(12), 0.8, 6, 0.05)),
    "log_det": Case(0, 22, 0, (positive_definite(r.normal(size=(5, 5))),)),
    # by hand: a pair for the helper, whose residual is a tuple of four
    "leapfrog": Case((0, 1, 2), 38, 4, (r.normal(size=(5, 3)), r.normal(size=(5, 3)), r.random(5), 0.3, 0.05, 4)),
}


def emitted(name):
    case = CASES[name]
    return case.make(getattr(primals, name), argnums=case.argnums).source_for(*case.args)


def golden(name):
    return (FOLDER / f"{name}.py").read_text(encoding="utf-8")


def code_lines(text):
    """The lines of the functions that hold code: no blank lines, comments or docstrings."""
    lines = text.splitlines()
    count = 0
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef):
            first = node.body[0]
            quoted = range(first.lineno, first.end_lineno + 1) if ast.get_docstring(node) else ()
            count += sum(1 for k in range(node.lineno, node.end_lineno + 1)
                         if k not in quoted and lines[k - 1].strip() and not lines[k - 1].lstrip().startswith("#"))
    return count


@pytest.mark.parametrize("name", CASES)
def test_is_what_is_emitted(name, update_golden):
    text = emitted(name)
    if update_golden:
        (FOLDER / f"{name}.py").write_text(text, encoding="utf-8")
    assert text == golden(name), "read the difference, then run pytest with --update-golden"


@pytest.mark.parametrize("name", CASES)
def test_runs_and_agrees_with_differences(name):
    case = CASES[name]
    namespace = {}
    exec(compile(golden(name), f"{name}.py", "exec"), namespace)
    made = namespace[f"{name}_{'grad' if case.make is grad else 'value_and_grad'}"]
    bare = made if case.make is grad else lambda *args: made(*args)[1]
    check_grads(getattr(primals, name), case.args, case.argnums, grad=bare)


@pytest.mark.parametrize("name", CASES)
def test_is_nearly_as_short_as_by_hand(name):
    assert code_lines(golden(name)) <= 1.5 * CASES[name].lines


@pytest.mark.parametrize("name", CASES)
def test_uses_no_helper(name):
    assert "s2sgrad.runtime" not in golden(name)


@pytest.mark.parametrize("name", CASES)
def test_keeps_no_record_that_a_person_does_without(name):
    records = set(re.findall(r"\b\w+_record(?:_\d+)?\b", golden(name)))
    assert len(records) <= CASES[name].records, sorted(records)


@pytest.mark.parametrize("name", CASES)
def test_has_nothing_that_should_never_be_there(name):
    text = golden(name)
    assert not re.search(r"\b1\.0 \*|\* 1\.0\b(?!e)|\+ 0\.0\b|\b0\.0 \+", text), "a multiplication by 1 or an added 0"
    assert "\t" not in text and not re.search(r"[ ]+$", text, re.MULTILINE)
    variables = ast.walk(ast.parse(text))
    stored, read = set(), set()
    for node in variables:
        if isinstance(node, ast.Name):
            (stored if isinstance(node.ctx, ast.Store) else read).add(node.id)
    assert stored - read <= {"_"}, "a variable that is never read"


@pytest.mark.parametrize("name", CASES)
def test_has_a_caption_for_every_reversed_statement_and_two_sweeps(name):
    text = golden(name)
    forward, reverse = text.index("    # forward sweep\n"), text.index("    # reverse sweep\n")
    assert forward < reverse
    first_word = re.search(r"\n    return (.*)", inspected(name)).group(1).split("#")[0].strip()
    assert f"    # return {first_word}\n" in text[reverse:]


def inspected(name):
    """The source of the primal."""
    tree = ast.parse((FOLDER / "primals.py").read_text(encoding="utf-8"))
    function = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name)
    lines = (FOLDER / "primals.py").read_text(encoding="utf-8").splitlines()
    return "\n".join(lines[function.lineno - 1:function.end_lineno])


def test_all_files_are_lint_clean():
    files = [str(FOLDER / f"{name}.py") for name in CASES]
    done = subprocess.run([sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--select", "E,F,W",
                           "--line-length", "110", "--output-format", "concise", *files],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_there_is_no_other_file():
    assert {path.stem for path in FOLDER.glob("*.py")} == {"primals", *CASES}
