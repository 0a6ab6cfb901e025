"""Emitted code is what a careful person would sign: the lint over all golden files and the programs of the corpus."""

import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import emitted_lint as lint
import numpy as np
import pytest
from suites import CORPUS, corpus

import s2sgrad
from s2sgrad.errors import S2SGradError

GOLDEN = Path(__file__).parent / "golden"
ACCEPTED = GOLDEN / "corpus"        # the programs of the corpus for the kinds of their arguments, as read and accepted
GOLDEN_FILES = {f"{path.parent.name}/{path.stem}": path for path in sorted(GOLDEN.rglob("*.py"))
                if path.stem != "primals" and path.parent != ACCEPTED}
PROGRAMS = {path.stem: path for path in sorted((CORPUS / "programs").glob("*.py"))
            if not path.stem.startswith("_")}


@cache
def emitted(name):
    """The programs of a corpus function under call facts and under declared facts, and the data that they read."""
    check = corpus()
    module = check.load(str(PROGRAMS[name]))
    derived = s2sgrad.value_and_grad(module.ENTRY, argnums=tuple(module.WRT))
    texts = {"call": derived.source_for(*module.inputs(np.random.default_rng(0)))}
    try:
        texts["declared"] = derived.source
    except S2SGradError:        # tests/unsupported.py lists them
        pass
    return texts, {name for name in vars(module) if not name.startswith("__")}


def shown(findings):
    return [str(f) for f in findings]


@pytest.mark.parametrize("name", GOLDEN_FILES)
def test_golden(name):
    user = (GOLDEN / "primals.py").read_text(encoding="utf-8")
    assert shown(lint.findings(lint.Program(GOLDEN_FILES[name].read_text(encoding="utf-8"), user))) == []


@pytest.mark.parametrize("name", PROGRAMS)
def test_corpus(name):
    user = PROGRAMS[name].read_text(encoding="utf-8")
    found = {facts: lint.findings(lint.Program(text, user)) for facts, text in emitted(name)[0].items()}
    assert {facts: shown(findings) for facts, findings in found.items()} == {facts: [] for facts in found}


@pytest.mark.parametrize("name", PROGRAMS)
def test_corpus_is_as_accepted(name, update_golden):
    path, text = ACCEPTED / f"{name}.py", emitted(name)[0]["call"]
    if update_golden:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """All texts as files, and the names of the data that they read from the modules of the user."""
    path = tmp_path_factory.mktemp("emitted")
    data = set()
    for name, source in GOLDEN_FILES.items():
        shutil.copy(source, path / f"{name.replace('/', '_')}.py")
    for name in PROGRAMS:
        texts, names = emitted(name)
        data |= names
        for facts, text in texts.items():
            (path / f"{name}_{facts}.py").write_text(text, encoding="utf-8")
    return path, data


def ruff(*options):
    return subprocess.run([sys.executable, "-m", "ruff", *options], capture_output=True, text=True)


def test_ruff_finds_nothing(folder):
    path, data = folder
    done = ruff("check", "--isolated", "--no-cache", "--select", "E,F,W", "--line-length", str(lint.WIDTH),
                "--config", f"builtins = {sorted(data)}", "--output-format", "concise", str(path))
    assert done.returncode == 0, done.stdout + done.stderr


def test_is_wrapped_as_ruff_format_does(folder, tmp_path):
    """But for empty lines, the spaces around colons, and the quotes."""
    shutil.copytree(folder[0], tmp_path / "formatted")
    done = ruff("format", "--isolated", "--no-cache", "--line-length", str(lint.WIDTH), "--config",
                "format.quote-style = 'preserve'", str(tmp_path / "formatted"))
    assert done.returncode == 0, done.stderr
    for path in sorted(folder[0].glob("*.py")):
        other = (tmp_path / "formatted" / path.name).read_text(encoding="utf-8")
        assert without_spaces(path.read_text(encoding="utf-8")) == without_spaces(other), path.stem


def without_spaces(text):
    return [line for line in re.sub(r" ?: ?", ":", text).splitlines() if line]


@pytest.mark.parametrize("body, rule", [
    ("y = a * b\n    return a", "unread"),
    ("y = a\n    y = b\n    return y", "unread"),
    ("for i in range(3):\n        y = a\n        a = b\n    return a", "unread"),
    ("for i in a:\n        for i in b:\n            f(i)\n    return a", "counter"),
    ("r = []\n    r.append(a)\n    return a", "record"),
    ("return 1.0 * a", "needless"),
    ("return a / 1", "needless"),
    ("return 0 + a", "needless"),
    ("return a - 0.0", "needless"),
    ("return a**1", "needless"),
    ("return a - -b", "needless"),
    ("return --a", "needless"),
    ("a = a\n    return a", "needless"),
    ("return f(a) + f(a)", "repeated"),
    ("c = a * b\n    return c + a * b", "repeated"),
    ("if f(a):\n        return b\n    return f(a)", "repeated"),
    ("for i in range(3):\n        b[i] = f(a)\n        a = f(a)\n    return b", "repeated"),
    ("return a + " + "b + " * 40 + "b", "long"),
])
def test_is_found(body, rule):
    assert rule in {f.rule for f in lint.findings(lint.Program(f"def g(a, b):\n    {body}\n"))}


@pytest.mark.parametrize("body", [
    "r = []\n    for _ in range(3):\n        r.append(b)\n        b = a\n    return r.pop()",
    "for c in a:\n        if f(c):\n            break\n    else:\n        b = 1\n    return b",
    "c = a + b\n    for i in a:\n        if i:\n            break\n    else:\n        b = c\n    return b",
    "while b:\n        b = f(b)\n    return f(b)",                     # another b
    "c = f(a)\n    a[0] = b\n    return c + f(a)",                     # written
    "v = a[1:]\n    c = f(v)\n    a[0] = b\n    return c + f(v)",     # written through another name
    "return f(a) if b else f(a)",                                      # one of them
    "c = np.copy(a)\n    c[0] = b\n    return c, np.copy(a)",           # objects of their own
])
def test_is_fine(body):
    assert shown(lint.findings(lint.Program(f"def g(a, b):\n    {body}\n"))) == []


def test_what_the_user_wrote_is_fine():
    text = "def g(a):\n    return a * 1.0 + f(a) + f(a)\n"
    assert shown(lint.findings(lint.Program(text, "def h(x):\n    return x * 1.0 + f(x) + f(x)\n"))) == []


@pytest.mark.parametrize("text", [
    "def g(a):\n    return a\n\n\ndef h(b):\n    return b\n",
    "def g(a):\n    return a\n\n\ndef h(a):\n    return a\n\n\ndef k(c):\n    return g(c) + h(c)\n",
])
def test_a_function_too_many_is_found(text):
    assert [f.rule for f in lint.findings(lint.Program(text))] == ["function"]


HEADER = "# Generated.\n# Facts: a: float64[n0]; b: float64[n0].\n"


@pytest.mark.parametrize("call", ["unbroadcast(a_bar * b, a)", "cast_like(a_bar, a)", "require_kind('float', a=a)"])
def test_helper_with_a_known_answer_is_found(call):
    text = f"{HEADER}def g(a, b, a_bar):\n    return {call}\n"
    assert {f.rule for f in lint.findings(lint.Program(text))} == {"helper"}
