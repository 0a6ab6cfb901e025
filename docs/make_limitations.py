"""Writes docs/limitations.md from tests/refusals/table.py: each refused program with the error that it really gets.

    python docs/make_limitations.py

Where a package that a program needs is not installed, the text is that of the golden file.
"""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from s2sgrad.errors import S2SGradError

DOCS = Path(__file__).parent
TABLE = DOCS.parent / "tests" / "refusals" / "table.py"
GOLDEN = TABLE.parent / "golden"
PAGE = DOCS / "limitations.md"

HEAD = """\
# What is refused

<!-- Written by docs/make_limitations.py from tests/refusals/table.py; do not edit. -->

A derivative is right, or the call is refused: with the place, the cause and a remedy. This page lists what is refused
today, with the real error texts, and what to write instead. Every error is an `s2sgrad.errors.S2SGradError`; those
about a wrong kind of value are also a `TypeError`, those about a wrong value also a `ValueError`. The tests run each
program here, the refused ones and those to write instead. What `backend="jax"` refuses on top of this is in
[jax.md](jax.md#what-does-not-lower-yet).
"""


def load_table() -> ModuleType:
    """The table, also when the tests are no package."""
    name = "refusals_table"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, TABLE)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


table = load_table()


def refusal(entry: "table.Refusal") -> str:
    """The error of a refused program: its class and its text.

    Raises AssertionError where the program is not refused.
    """
    try:
        value = table.run(entry.source, entry.call)
    except S2SGradError as error:
        return f"{type(error).__name__}: {error}\n"
    raise AssertionError(f"{entry.name} is not refused: {value!r}")


def section_of(entry: "table.Refusal") -> str:
    """The part of the page that is about one program."""
    text = refusal(entry) if entry.can_run else (GOLDEN / f"{entry.name}.txt").read_text(encoding="utf-8")
    parts = [f"### {entry.title}\n", fenced("python", f"{entry.source}\n{entry.call}\n"), fenced("text", text)]
    parts.append(f"Instead: {entry.advice[0].lower()}{entry.advice[1:]}\n")
    if entry.instead:
        call = entry.instead_call or entry.call
        parts.append(fenced("python", f"{entry.instead}\n{call}\n" if call != entry.call else entry.instead))
    return "\n".join(parts)


def fenced(language: str, text: str) -> str:
    """A block of code."""
    return f"```{language}\n{text}```\n"


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for title, entries in table.SECTIONS.items():
        parts += [f"## {title}\n", *map(section_of, entries)]
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
