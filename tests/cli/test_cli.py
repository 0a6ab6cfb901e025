"""The command line: what it prints, where, and its exit codes."""

import os
import subprocess
import sys

import numpy as np
import pytest

from s2sgrad import cli
from s2sgrad.api import GradFunction
from s2sgrad.read.targets import resolve

MODEL = '''
import numpy as np
from s2sgrad import grad

print("hello from the module")
SCALE = 2.0


def loss(w, b):
    return np.sum((SCALE * w - b) ** 2)


def kink(x):
    return np.sum(np.abs(x)) ** 2


@grad
def slope(x):
    return x * x


def inputs(rng):
    return rng.standard_normal(3), 0.5
'''


@pytest.fixture
def model(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    path = tmp_path / "model.py"
    path.write_text(MODEL)
    return path


def run(*words):
    return cli.main(list(words))


def refusal(capsys, *words):
    """stderr of a command that is refused."""
    assert run(*words) == 2
    out, err = capsys.readouterr()
    assert out == "" and "Traceback" not in err
    return err.removeprefix("hello from the module\n")


# ---------------------------------------------------------------- the commands
def test_show_prints_the_source_alone_on_stdout(model, capsys):
    assert run("show", "model.py:loss") == 0
    out, err = capsys.readouterr()
    assert out.startswith("#") and "def " in out and "hello" not in out and err == "hello from the module\n"
    compile(out, "out", "exec")


def test_show_with_options(model, capsys):
    texts = []
    for options in ([], ["--argnums", "1"], ["--argnums", "0,1"], ["--argnames", "b"], ["--value"],
                    ["--args", "np.ones(3), SCALE"]):
        assert run("show", "model.py:loss", *options) == 0
        texts.append(capsys.readouterr().out)
    assert texts[1] == texts[3] and len(set(texts)) == 5


def test_show_takes_a_gradient_in_the_module_as_it_is(model, capsys):
    assert run("show", "model.py:slope") == 0
    module, found = resolve("model.py:slope")
    assert isinstance(found, GradFunction) and capsys.readouterr().out.endswith(found.source)


def test_save_and_diff(model, capsys, tmp_path):
    target, output = "model.py:loss", tmp_path / "loss_grad.py"
    assert run("save", target, "loss_grad.py", "--diff") == 1 and not output.exists()
    assert run("save", target, "loss_grad.py") == 0
    text = output.read_text()
    assert "s2sgrad" not in [line.split()[1] for line in text.splitlines() if line.startswith(("import", "from"))]
    capsys.readouterr()
    assert run("save", target, "loss_grad.py", "--diff") == 0
    assert capsys.readouterr().out == ""
    output.write_text(text + "# edited\n")
    assert run("save", target, "loss_grad.py", "--diff") == 1
    out = capsys.readouterr().out
    assert out.startswith("--- loss_grad.py\n+++ loss_grad.py (from model.py:loss)\n") and "\n-# edited\n" in out
    assert run("save", target, "loss_grad.py", "--value", "--diff") == 1


def test_save_into_a_folder_that_is_not_there(model, capsys):
    assert "There is no folder nowhere." in refusal(capsys, "save", "model.py:loss", "nowhere/out.py")


def test_check_prints_a_line_for_each_argument(model, capsys):
    assert run("check", "model.py:loss") == 0
    assert capsys.readouterr().out == "ok      w\nok      b\n"
    assert run("check", "model.py:loss", "--argnames", "b", "--args", "np.ones(2), 1.5,") == 0
    assert capsys.readouterr().out == "ok      b\n"


def test_check_at_a_kink_fails(model, capsys):
    assert run("check", "model.py:kink", "--args", "np.array([0.0, 1.0])") == 1
    assert capsys.readouterr().out.startswith("FAILED  x: argument x: ")


def test_check_needs_floats(model, capsys):
    err = refusal(capsys, "check", "model.py:kink", "--args", "3")
    assert "nothing to differentiate" in err and "3.0 instead of 3" in err


@pytest.mark.parametrize(("inputs", "words"), [
    ("", "Remedy: pass them, as in --args"), ("def inputs(): return 1.0", "returned a float, not the tuple"),
    ("def inputs():\n    raise KeyError('w')", "inputs() of the module raised an exception: KeyError: 'w'")])
def test_inputs_that_do_not_serve(model, capsys, inputs, words):
    model.write_text(f"def f(x):\n    return x * x\n\n\n{inputs}\n")
    assert words in refusal(capsys, "check", "model.py:f")


def test_inputs_without_parameters(model, capsys):
    model.write_text("def f(x):\n    return x * x\n\n\ndef inputs():\n    return (1.5,)\n")
    assert run("check", "model.py:f") == 0


def test_an_exception_of_the_function_itself(model, capsys):
    model.write_text("def f(x):\n    return x / 0\n")
    err = refusal(capsys, "check", "model.py:f", "--args", "1.0")
    assert "model.py:2" in err and "ZeroDivisionError" in err and "    return x / 0" in err


# ---------------------------------------------------------------- targets
@pytest.mark.parametrize(("target", "words"), [
    ("modl.py:loss", "There is no file modl.py. Did you mean `model.py`?"),
    ("model.py:los", "There is no function `los` in model.py. Did you mean `loss`?"),
    ("nowhere/model.py:loss", "There is no file nowhere/model.py."),
    ("model:lss", "Did you mean `loss`"),
    ("modell:loss", "There is no module `modell`. Did you mean `model`"),
    ("model.part:loss", "There is no module `model.part`."),
    ("numpy.linlg:norm", "There is no module `numpy.linlg`. Did you mean `numpy.linalg`"),
    ("model.py", "`model.py` does not name a function"), (":loss", "does not name"), ("model.py:", "does not name"),
    ("..model:f", "There is no module ``."), ("a b:f", "There is no module `a b`.")])
def test_targets_that_are_not_there(model, capsys, target, words):
    assert words in refusal(capsys, "show", target)


def test_a_module_and_a_dotted_function(model, capsys):
    model.write_text("class Model:\n    @staticmethod\n    def loss(x):\n        return x * x\n")
    assert run("show", "model:Model.loss") == 0
    assert "def " in capsys.readouterr().out
    assert "Did you mean `loss`" in refusal(capsys, "show", "model:Model.los")


def test_a_file_in_a_package_is_imported_by_its_dotted_name(model, tmp_path, capsys):
    (tmp_path / "pack" / "part").mkdir(parents=True)
    for init in ("pack/__init__.py", "pack/part/__init__.py"):
        (tmp_path / init).write_text("")
    (tmp_path / "pack" / "helper.py").write_text("SCALE = 3.0\n")
    (tmp_path / "pack" / "part" / "model.py").write_text(
        "from ..helper import SCALE\n\n\ndef f(x):\n    return SCALE * x\n")
    assert run("show", "pack/part/model.py:f") == 0
    module, _ = resolve("pack.part.model:f")
    assert module.__name__ == "pack.part.model" and resolve("pack/part/model.py:f")[0] is module


def test_a_file_with_the_name_of_a_loaded_module(model, tmp_path):
    (tmp_path / "argparse.py").write_text("def f(x): return x\n")
    module, found = resolve("argparse.py:f")
    assert found(2.0) == 2.0 and module is not sys.modules["argparse"]


@pytest.mark.parametrize(("text", "words"), [
    ("import math\nx = 1 / 0\n", ("model.py:2", "    x = 1 / 0", "cannot be imported: ZeroDivisionError")),
    ("def f(x)\n    return x\n", ("model.py:1", "SyntaxError")),
    ("import nothing_like_it\n", ("model.py:1", "No module named 'nothing_like_it'")),
    ("import sys\nsys.exit(3)\n", ("model.py:2", "    sys.exit(3)", "SystemExit: 3")),
    ("import fractions\nfractions.Fraction('x')\n", ("model.py:2", "Invalid literal for Fraction"))])
def test_a_module_that_cannot_be_imported(model, capsys, text, words):
    model.write_text(text)
    err = refusal(capsys, "show", "model.py:f")
    assert all(word in err for word in words)
    err = refusal(capsys, "show", "model:f")
    assert all(word in err for word in words)


def test_what_cannot_be_differentiated_is_refused_with_its_text(model, capsys):
    model.write_text("class f:\n    pass\n")
    assert "Remedy: " in refusal(capsys, "show", "model.py:f")


@pytest.mark.parametrize(("args", "words"), [
    ("np.ones(", "SyntaxError"), ("unknown_name", "NameError: name 'unknown_name' is not defined"),
    ("1/0", "division")])
def test_args_that_cannot_be_evaluated(model, capsys, args, words):
    assert words in refusal(capsys, "show", "model.py:loss", "--args", args)


def test_args_that_do_not_fit(model, capsys):
    assert refusal(capsys, "show", "model.py:loss", "--args", "1.0")


@pytest.mark.parametrize(("text", "values"), [
    ("", ()), ("1,", (1,)), ("1", (1,)), (" 1, [2] ", (1, [2])), ("(1, 2)", ((1, 2),))])
def test_how_args_are_read(text, values):
    assert cli.evaluated(text, np) == values


# ---------------------------------------------------------------- usage
@pytest.mark.parametrize("words", [
    [], ["draw"], ["show"], ["save", "model.py:loss"], ["show", "model.py:loss", "--argnums", "a"],
    ["show", "model.py:loss", "--argnums", ","], ["show", "model.py:loss", "--argnums", "0", "--argnames", "w"]])
def test_wrong_usage(model, capsys, words):
    with pytest.raises(SystemExit) as caught:
        run(*words)
    assert caught.value.code == 2 and "usage: s2sgrad" in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], ["show"], ["save"], ["check"]])
def test_help_says_that_the_module_is_imported(capsys, words):
    with pytest.raises(SystemExit) as caught:
        run(*words, "--help")
    out = " ".join(capsys.readouterr().out.split())
    assert caught.value.code == 0 and ("runs its top-level code" in out or "its top-level code runs" in out)


@pytest.mark.parametrize(("text", "value"), [("0", 0), ("-1", -1), ("0,2", (0, 2)), ("1,", (1,))])
def test_positions(text, value):
    assert cli.numbers(text) == value and cli.parser().parse_args(["show", "f", "--argnums", text]).argnums == value


@pytest.mark.parametrize(("text", "value"), [("w", "w"), ("w, b", ("w", "b")), ("w,", ("w",))])
def test_names(text, value):
    assert cli.words(text) == value


class Terminal:
    """A stdout that is a terminal."""

    def __init__(self):
        self.text = ""

    def write(self, text):
        self.text += text

    def isatty(self):
        return True


def test_colour_only_on_a_terminal(model, monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    plain, colour = Terminal(), Terminal()
    monkeypatch.setattr(sys, "stdout", colour)
    assert run("show", "model.py:loss") == 0
    monkeypatch.setattr(sys, "stdout", plain)
    monkeypatch.setenv("NO_COLOR", "1")
    assert run("show", "model.py:loss") == 0
    assert "\x1b[" in colour.text and "\x1b[" not in plain.text


def test_python_dash_m(model):
    path = os.pathsep.join(filter(None, sys.path))
    done = subprocess.run([sys.executable, "-m", "s2sgrad", "show", "model.py:los"], capture_output=True, text=True,
                          env=os.environ | {"PYTHONPATH": path})
    assert done.returncode == 2 and done.stdout == "" and "Did you mean `loss`" in done.stderr
