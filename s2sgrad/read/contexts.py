"""`with` around statements that only says which warnings are wanted.

    with np.errstate(divide="ignore"):            y = np.where(x > 0.0, np.log(x), 0.0)
        y = np.where(x > 0.0, np.log(x), 0.0)

Comes in: a `with` statement. Goes out: its statements, in their place; what it silences is noted in the context, and
the whole program is silent then: NumPy warns of no such error in either sweep (`@np.errstate(divide="ignore")`).
Any other context manager is refused.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

import gast
import numpy as np

from s2sgrad.core.nodes import Const

if TYPE_CHECKING:
    from s2sgrad.read.statements import StatementReader

ERRORS = ("all", "divide", "over", "under", "invalid")
FILTERS = (warnings.simplefilter, warnings.filterwarnings)


def with_block(reader: StatementReader, node: gast.With) -> None:
    """The statements of the block; what it silences goes into the context."""
    body: Sequence[gast.AST] = node.body
    for item in node.items:
        match item:
            case gast.withitem(context_expr=gast.Call(func=func, args=[], keywords=options), optional_vars=None):
                manager = reader.expr(func)
            case _:
                raise _refused(reader, node)
        if manager == Const(np.errstate):
            reader.context.silent |= _silenced(reader, node, options)
        elif manager == Const(warnings.catch_warnings) and not options:
            kept = [s for s in body if not _is_filter(reader, s)]
            if len(kept) == len(body):
                raise _refused(reader, node)
            reader.context.silent.add("all")
            body = kept
        else:
            raise _refused(reader, node)
    for statement in body:
        reader.locate(statement)
        reader.statement(statement)


def _silenced(reader: StatementReader, node: gast.AST, options: Sequence[gast.keyword]) -> set[str]:
    """The errors that are ignored. Warning of them is what happens anyway."""
    found = set()
    for option in options:
        match option:
            case gast.keyword(arg=str() as error, value=gast.Constant(value="ignore")) if error in ERRORS:
                found.add(error)
            case gast.keyword(arg=str() as error, value=gast.Constant(value="warn")) if error in ERRORS:
                pass
            case _:
                raise reader.refuse(node, "This option of `np.errstate` is not supported.",
                                    'Use "ignore" or "warn", and `np.errstate` around the call for what else is '
                                    "wanted.")
    return found


def _is_filter(reader: StatementReader, node: gast.AST) -> bool:
    """Is it `warnings.simplefilter("ignore")`?"""
    match node:
        case gast.Expr(value=gast.Call(func=func, args=[gast.Constant(value="ignore"), *_])):
            found = reader.expr(func)
            return isinstance(found, Const) and found.value in FILTERS
    return False


def _refused(reader: StatementReader, node: gast.AST) -> Exception:
    return reader.refuse(node, "This `with` is not supported.",
                         "Use the context manager around the call. Inside, `np.errstate` may ignore errors.")
