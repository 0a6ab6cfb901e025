"""Displays: `{**d, k: v}` as `d | {k: v}`, and the list comprehension that takes all values of something."""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence

import gast

from s2sgrad.core.nodes import Build, Call, Expr


def dict_display(spread: Sequence[bool], found: Sequence[Expr]) -> Expr:
    """The display. spread: for each entry, is it `**d`? found: the values in order, a key before its value."""
    values = iter(found)
    parts: list[Expr] = []
    shown: list[Expr] = []
    for is_spread in spread:
        if not is_spread:
            shown += [next(values), next(values)]
            continue
        parts += [Build("dict", tuple(shown)), next(values)] if shown else [next(values)]
        shown = []
    if not parts:
        return Build("dict", tuple(shown))
    parts += [Build("dict", tuple(shown))] if shown else []
    if len(parts) == 1:
        return Call(dict, (parts[0],))
    return functools.reduce(lambda a, b: Call(operator.or_, (a, b)), parts)


def list_of(node: gast.AST) -> gast.AST:
    """The list comprehension that takes all values."""
    if isinstance(node, gast.GeneratorExp):
        return gast.copy_location(gast.ListComp(node.elt, node.generators), node)
    value = gast.copy_location(gast.Name("$value", gast.Store(), None, None), node)
    read = gast.copy_location(gast.Name("$value", gast.Load(), None, None), node)
    return gast.copy_location(gast.ListComp(read, [gast.comprehension(value, node, [], 0)]), node)
