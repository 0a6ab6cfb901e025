"""Displays: `{**d, k: v}` as `d | {k: v}`, and the list comprehension that takes all values of something."""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING

import gast

from s2sgrad.core.nodes import Build, Call, Const, Expr, Store

if TYPE_CHECKING:
    from s2sgrad.read.expressions import ExpressionReader


def dict_display(reader: ExpressionReader, spread: Sequence[bool], found: Sequence[Expr]) -> Expr:
    """The display. spread: for each entry, is it `**d`? found: the values in order, a key before its value."""
    values = iter(found)
    parts: list[Expr] = []
    shown: list[Expr] = []
    for is_spread in spread:
        if not is_spread:
            shown += [next(values), next(values)]
            continue
        parts += [_shown(reader, shown), next(values)] if shown else [next(values)]
        shown = []
    if not parts:
        return _shown(reader, shown)
    parts += [_shown(reader, shown)] if shown else []
    if len(parts) == 1:
        return Call(dict, (parts[0],))
    return functools.reduce(lambda a, b: Call(operator.or_, (a, b)), parts)


def _shown(reader: ExpressionReader, shown: Sequence[Expr]) -> Expr:
    """Keys and values. Of keys that are equal, as 1 and True are, the last one's value stays."""
    keys, values = shown[::2], shown[1::2]
    if all(isinstance(k, Const) for k in keys):
        if len({k.value for k in keys if isinstance(k, Const)}) == len(keys):
            return Build("dict", tuple(shown))
    if len(keys) < 2:
        return Build("dict", tuple(shown))
    held = reader.temporary(Build("dict", ()))
    for key, value in zip(keys, values, strict=True):
        reader.emit(Store(held.name, key, value, origin=reader.origin))
    return held


def list_of(node: gast.AST) -> gast.AST:
    """The list comprehension that takes all values."""
    if isinstance(node, gast.GeneratorExp):
        return gast.copy_location(gast.ListComp(node.elt, node.generators), node)
    value = gast.copy_location(gast.Name("$value", gast.Store(), None, None), node)
    read = gast.copy_location(gast.Name("$value", gast.Load(), None, None), node)
    return gast.copy_location(gast.ListComp(read, [gast.comprehension(value, node, [], 0)]), node)
