"""The command line: show, save, check and explain the gradient of a function in a file or a module.

Comes in: the words after `s2sgrad`. Goes out: text on stdout, errors on stderr, and the exit code: 0 fine, 1 the check
failed or the saved file is out of date, 2 wrong usage or refused. What the user's own module prints while it is
imported goes to stderr, so that `s2sgrad show ... > file` holds the source only.
"""

from __future__ import annotations

import argparse
import copy
import difflib
import inspect
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from s2sgrad.api import BACKENDS, GradFunction, grad, value_and_grad
from s2sgrad.errors import ArgumentError, S2SGradError
from s2sgrad.execute.tree import is_float_leaf, leaves
from s2sgrad.read.targets import resolve, users_code
from s2sgrad.testing import check_grads

Command = Callable[[argparse.Namespace, ModuleType, Any], int]
IMPORTS = "This imports the module, that is, it runs its top-level code."


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (argparse itself leaves with SystemExit, also with code 2)."""
    options = parser().parse_args(argv)
    try:
        module, found = resolve(options.target)
        code: int = options.run(options, module, found)
        return code
    except S2SGradError as error:
        print(error, file=sys.stderr)
        return 2


def parser() -> argparse.ArgumentParser:
    """What the command line accepts."""
    top = argparse.ArgumentParser(prog="s2sgrad", description="The gradient of a NumPy function as Python source.",
                                  epilog="All commands import the module of the function: its top-level code runs.")
    verbs = top.add_subparsers(required=True, metavar="COMMAND")

    def verb(name: str, run: Command, text: str) -> argparse.ArgumentParser:
        made = verbs.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}. {IMPORTS}")
        made.set_defaults(run=run)
        made.add_argument("target", metavar="TARGET", help="the function: FILE.py:FUNCTION or package.module:FUNCTION")
        which = made.add_mutually_exclusive_group()
        which.add_argument("--argnums", type=numbers, metavar="N[,N...]",
                           help="positions of the arguments to differentiate (0, the first one, if nothing is said)")
        which.add_argument("--argnames", type=words, metavar="NAME[,NAME...]", help="the same by name")
        return made

    inputs = "the arguments, as Python expressions in the names of the module and np: \"np.ones(3), 2.0\""
    show = verb("show", show_source, "print the source of the gradient")
    show.add_argument("--value", action="store_true", help="the value and the gradient")
    show.add_argument("--backend", choices=BACKENDS, help="the NumPy program (if nothing is said), or the JAX one")
    show.add_argument("--args", metavar="EXPRESSIONS",
                      help=f"print the program that runs for these arguments, instead of the general one; {inputs}")
    save = verb("save", save_source, "write the source of the gradient to a file that needs only NumPy")
    save.add_argument("output", type=Path, metavar="OUTPUT.py", help="the file to write")
    save.add_argument("--backend", choices=BACKENDS, help="the NumPy program (if nothing is said), or the JAX one")
    save.add_argument("--value", action="store_true", help="the value and the gradient")
    save.add_argument("--diff", action="store_true",
                      help="write nothing; print how the file differs, and exit with 1 if it is out of date")
    explain = verb("explain", explain_gradient, "print the program after every stage, and why it is as it is")
    explain.add_argument("--value", action="store_true", help="the value and the gradient")
    explain.add_argument("--backend", choices=BACKENDS, help="the NumPy program (if nothing is said), or the JAX one")
    explain.add_argument("--args", metavar="EXPRESSIONS",
                         help=f"explain the program that runs for these arguments, not the general one; {inputs}")
    check = verb("check", check_gradient, "compare the gradient with finite differences, argument by argument")
    check.add_argument("--args", metavar="EXPRESSIONS",
                       help=f"{inputs}. Without it, the function inputs() or inputs(rng) of the module gives them.")
    return top


def numbers(text: str) -> int | tuple[int, ...]:
    """`0` is one position, `0,1` and `0,` are a tuple."""
    *found, last = text.split(",")
    tail = [last] if last.strip() or not found else []          # the comma of `0,` ends the tuple
    positions = tuple(int(part) for part in [*found, *tail])
    return positions if found else positions[0]


def words(text: str) -> str | tuple[str, ...]:
    """`w` is one name, `w,b` and `w,` are a tuple."""
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    if not found:
        raise ValueError("no name")
    return found if "," in text else found[0]


# ---------------------------------------------------------------- the commands
def show_source(options: argparse.Namespace, module: ModuleType, found: Any) -> int:
    """`s2sgrad show`."""
    derived = gradient(options, found)
    if options.args is None:
        text = derived.source
    else:
        text = derived.source_for(*evaluated(options.args, module))
    sys.stdout.write(coloured(text) if sys.stdout.isatty() and not os.environ.get("NO_COLOR") else text)
    return 0


def save_source(options: argparse.Namespace, module: ModuleType, found: Any) -> int:
    """`s2sgrad save`, and `s2sgrad save --diff`."""
    text = gradient(options, found).text_for_save()
    path: Path = options.output
    if not options.diff:
        if not path.parent.is_dir():
            raise ArgumentError(f"There is no folder {path.parent}.", "make it first, or choose another one.")
        path.write_text(text, encoding="utf-8")
        return 0
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    difference = difflib.unified_diff(old.splitlines(keepends=True), text.splitlines(keepends=True), str(path),
                                      f"{path} (from {options.target})")
    sys.stdout.writelines(line if line.endswith("\n") else line + "\n" for line in difference)
    return int(old != text)


def explain_gradient(options: argparse.Namespace, module: ModuleType, found: Any) -> int:
    """`s2sgrad explain`; a function that is refused is shown with the reason in it."""
    derived = gradient(options, found)
    args = None if options.args is None else evaluated(options.args, module)
    try:
        text, code = derived.explain(*args or ()), 0
    except S2SGradError as error:
        from s2sgrad.explain import refused
        text, code = refused(error), 2
    sys.stdout.write(text)
    return code


def check_gradient(options: argparse.Namespace, module: ModuleType, found: Any) -> int:
    """`s2sgrad check`: one line for each argument."""
    function = found.primal if isinstance(found, GradFunction) else found
    args = evaluated(options.args, module) if options.args is not None else module_inputs(module)
    with users_code(f"{options.target} raised an exception at these arguments", module.__file__):
        function(*copy.deepcopy(args))
    if options.argnums is None and options.argnames is None and isinstance(found, GradFunction):
        every: Any = found.differentiated[0]
    elif options.argnums is None and options.argnames is None:
        every = tuple(i for i, a in enumerate(args) if any(is_float_leaf(leaf) for _, leaf in leaves(a)))
    else:
        every = value_and_grad(function, options.argnums, options.argnames).differentiated[0]
    if not every:
        raise ArgumentError("None of the arguments holds a float: there is nothing to differentiate.",
                            "pass floats, 3.0 instead of 3.")
    failed = 0
    for number in every:
        name = value_and_grad(function, number).differentiated[2][0]
        try:
            check_grads(function, args, number)
        except AssertionError as error:
            failed += 1
            print(f"FAILED  {name}: {error}")
        else:
            print(f"ok      {name}")
    return int(failed > 0)


def gradient(options: argparse.Namespace, found: Any) -> GradFunction:
    """The gradient that the options ask for; one made with `@grad` is taken as it is, if they ask for nothing."""
    match found:
        case GradFunction() if (options.argnums is None and options.argnames is None and not options.value
                                and options.backend in (None, found.backend)):
            return found
        case GradFunction():
            found = found.primal
    make = value_and_grad if options.value else grad
    made: GradFunction = make(found, options.argnums, options.argnames, backend=options.backend or "numpy")
    return made


def coloured(text: str) -> str:
    """With the colours of pygments, where it is installed."""
    try:
        from pygments import highlight
        from pygments.formatters import TerminalFormatter
        from pygments.lexers import PythonLexer
    except ImportError:
        return text
    return str(highlight(text, PythonLexer(), TerminalFormatter()))


# ---------------------------------------------------------------- arguments
def evaluated(text: str, module: ModuleType) -> tuple[Any, ...]:
    """The values of `--args`."""
    text = text.strip().removesuffix(",")
    with users_code(f"--args {text!r} cannot be evaluated", module.__file__):
        values: tuple[Any, ...] = eval(f"({text},)" if text else "()", {"np": np} | vars(module))
    return values


def module_inputs(module: ModuleType) -> tuple[Any, ...]:
    """What the module's own `inputs()` or `inputs(rng)` gives."""
    inputs = getattr(module, "inputs", None)
    if not callable(inputs):
        raise ArgumentError("There are no arguments to check at.",
                            "pass them, as in --args \"np.ones(3), 2.0\", or give the module a function `inputs()` "
                            "that returns the tuple of arguments.")
    with users_code("inputs() of the module raised an exception", module.__file__):
        values = inputs(np.random.default_rng(0)) if inspect.signature(inputs).parameters else inputs()
    if not isinstance(values, tuple):
        raise ArgumentError(f"inputs() of the module returned a {type(values).__name__}, not the tuple of arguments.",
                            "return a tuple, `(x,)` for one argument.")
    return values
