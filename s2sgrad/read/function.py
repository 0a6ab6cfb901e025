"""A Python function -> core.

Comes in: any callable with a source. Goes out: the core of its function, jumps where they were; what its names rest
on, and the data that it reads live, goes into the context. Refused: generators and async functions.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import gast

from s2sgrad.core.names import VERSION
from s2sgrad.core.nodes import Function, Return
from s2sgrad.errors import Origin, SourceError
from s2sgrad.read.scope import Context, bound_names
from s2sgrad.read.source import find_source
from s2sgrad.read.statements import StatementReader, held_parameters
from s2sgrad.read.streams import yields


def read_function(function: Callable[..., Any], context: Context) -> Function:
    """The core of a Python function, with jumps; dependencies and data go into the context."""
    source = find_source(function)
    node = source.node
    context.functions.append((source.function, source.function.__defaults__, source.function.__kwdefaults__))
    reader = StatementReader(source, context)
    own, outer = bound_names(node)
    if isinstance(node, gast.AsyncFunctionDef):
        raise SourceError(f"`{source.name}` is an async function.", "Differentiate a plain function.",
                          reader.place(node))
    if yields(node):
        raise SourceError(f"`{source.name}` is a generator function, and is not run through where it is called.",
                          "Loop over the call, or return a list of the values.",
                          reader.place(node))
    for name in sorted(own):                # a variable is not a datum that another function of the program reads
        reader.scope[name] = f"{name}{VERSION}{context.fresh('v')}" if name in context.data else name
    context.variables |= own
    params = [replace(p, name=reader.scope[p.name]) for p in held_parameters(
        source.function, source.name, node.args, context)]
    if isinstance(node, gast.Lambda):
        reader.locate(node)
        reader.origin = Origin(source.file, node.lineno, node.col_offset, None,
                               "return " + ast.unparse(gast.gast_to_ast(node.body)), source.name)
        reader.emit(Return(reader.expr(node.body), origin=reader.origin))
        body = tuple(reader.pre)
    else:
        body = reader.block(node.body)
    return Function(source.name, tuple(params), body, origin=Origin(source.file, source.first_line,
                                                                    function=source.name))
