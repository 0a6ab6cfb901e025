"""Every code block of the README and of the documentation runs, and what they show as emitted is what is emitted.

A Python block after `<!-- emitted: EXPRESSION -->` holds the text that the expression gives (`--update-golden` writes
it); a shell block runs in a folder that holds `examples/`. The two set-up lines are run by `.ci/run`, and the blocks of
docs/limitations.md by tests/refusals.
"""

import os
import re
import shutil
import subprocess
import sys
import types
from pathlib import Path

import pytest
from sybil import Sybil
from sybil.evaluators.python import PythonEvaluator
from sybil.parsers.markdown import CodeBlockParser

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
PAGES.remove(ROOT / "docs" / "limitations.md")
MARK = re.compile(r"<!-- (?P<what>\w+): (?P<text>.*) -->\n\Z")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_blocks_run(path, tmp_path, monkeypatch, update_golden):
    changes = []
    run_python = PythonEvaluator()
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "examples", tmp_path / "examples")

    def mark(example):
        found = MARK.search(example.document.text[:example.start])
        return (found["what"], found["text"]) if found else ("", "")

    def python(example):
        what, text = mark(example)
        if what != "emitted":
            return run_python(example)
        made = eval(text, example.namespace)
        shown = example.parsed.text
        if update_golden and shown != made:
            start = example.document.text.index("\n", example.start) + 1
            changes.append((start, start + len(shown), made))
        elif shown != made:
            return f"{path}: {text} is now\n{made}"

    def shell(example):
        if mark(example)[0] != "setup":
            command = f's2sgrad() {{ "{sys.executable}" -m s2sgrad "$@"; }}\n{example.parsed}'
            environment = os.environ | {"PYTHONPATH": str(ROOT)}
            done = subprocess.run(["bash", "-euo", "pipefail", "-c", command], capture_output=True, text=True,
                                  env=environment)
            assert done.returncode == 0, f"{example.parsed}\n{done.stderr}"

    document = Sybil(parsers=[CodeBlockParser("python", python), CodeBlockParser("bash", shell)]).parse(path)
    module = types.ModuleType("model")               # the blocks of a page are one module
    monkeypatch.setitem(sys.modules, "model", module)
    document.namespace = vars(module)
    for example in document.examples():
        example.evaluate()
    text = document.text
    for start, end, made in reversed(changes):
        text = text[:start] + made + text[end:]
    if changes:
        path.write_text(text, encoding="utf-8")


def test_two_set_up_lines():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"<!-- setup: (\w+) -->\n```bash\n.+\n```\n", text) == ["use", "test"]


@pytest.mark.parametrize("path", [*PAGES, ROOT / "docs" / "limitations.md", ROOT / "CHANGELOG.md"],
                         ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path):
    for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        assert link.startswith("https://") or (path.parent / link).exists(), link
