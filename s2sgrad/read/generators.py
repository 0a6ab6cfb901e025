"""Generator functions, written out where they are run through.

    def steps(n):                    for v in steps(3):            k = 0
        k = 0                            s += v            ->      while k < 3:
        while k < n:                                                   v = k * k
            yield k * k                                                s += v
            k += 1                                                     k += 1

Each `yield v` becomes what the consumer does with `v`, which is exactly when Python does it; a `return` goes to the
end of the body. Names of the generator get a mark of their own.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import gast

from s2sgrad.core.nodes import Assign, Build, Const, Expr, Parameter, Star
from s2sgrad.errors import ArgumentError
from s2sgrad.read.arguments import in_turn
from s2sgrad.read.scope import bound_names
from s2sgrad.read.source import find_source
from s2sgrad.read.streams import Consumer, LocalGenerator, Pending, captured, frozen, is_stream, region, runs_once

if TYPE_CHECKING:
    from s2sgrad.read.statements import StatementReader

FORMS = {"positional": inspect.Parameter.POSITIONAL_OR_KEYWORD, "keyword": inspect.Parameter.KEYWORD_ONLY,
         "args": inspect.Parameter.VAR_POSITIONAL, "kwargs": inspect.Parameter.VAR_KEYWORD}


def write_out(reader: StatementReader, node: gast.Call, generator: Any, consume: Consumer) -> None:
    """Emit the body of the generator function that the node calls, with `consume` at each `yield`."""
    if generator in reader.flow.inside:
        raise reader.refuse(node, f"The generator function `{generator.__name__}` calls itself.",
                            "Write it as a loop, or return a list of the values.")
    if isinstance(generator, LocalGenerator):
        outside = generator.reader
        definition, parameters = generator.node, list(generator.parameters)
        body = reader.another(outside.source, outside.scope, outside.statics)
    else:
        source, function = find_source(generator), generator
        definition = source.node
        body = reader.another(source, {}, {})
        parameters = reader.parameters_of(function, source)
        reader.context.functions.append((function, function.__defaults__, function.__kwdefaults__))
    values = bind(reader, node, parameters)
    mark = reader.context.fresh_somewhere("i")
    for name in sorted(bound_names(definition)[0]):
        body.scope[name] = f"{name}#{mark}"
        body.statics.pop(name, None)
    body.flow.inside = (*reader.flow.inside, generator)
    for name, value in values.items():
        if isinstance(value, Pending):
            if not runs_once(definition, name):
                raise reader.refuse(node, f"The generator that is passed as `{name}` is not run through exactly once.",
                                    "Pass a list: `list(...)`.")
            body.flow.pending[name] = value
        else:
            reader.emit(Assign((body.scope[name],), value, origin=reader.origin))

    def run(done: str) -> None:
        body.flow.give, body.flow.returns_to = handed_over(body, reader, consume), done
        reader.pre += body.block(definition.body)
    region(reader, run)


def handed_over(maker: StatementReader, user: StatementReader, consume: Consumer) -> Consumer:
    """What the user does with a value, put among the statements that the maker emits."""
    def give(value: Expr) -> None:
        maker.pre += captured(user, lambda: consume(value))
    return give


def bind(reader: StatementReader, node: gast.Call, parameters: list[Parameter]) -> dict[str, Expr | Pending]:
    """The parameters and their values, as Python binds them; a stream is made, and run through later."""
    streams = {id(a): Pending(frozen(reader, a), reader) for a in node.args if is_stream(reader, a)}
    plain = [a for a in node.args if id(a) not in streams]
    if any(k.arg is None for k in node.keywords):
        raise reader.refuse(node, "`**` in a call is not supported.", "Write the keyword arguments out.")
    operands = reader.operands([*plain, *(k.value for k in node.keywords)])
    found = iter(in_turn(reader, operands) if node.keywords else operands)
    given: list[Expr | Pending] = []
    for a in node.args:
        value = streams[id(a)] if id(a) in streams else next(found)
        match value:
            case Star(Build("tuple" | "list", items)):
                given += items
            case Star():
                raise reader.refuse(node, "A starred argument of unknown length is not supported.",
                                    "Write the arguments out.")
            case _:
                given.append(value)
    none = inspect.Parameter.empty
    forms = [inspect.Parameter(p.name, FORMS[p.form], default=none if p.default is None else p.default)
             for p in parameters]
    try:
        bound = inspect.Signature(forms).bind(*given, **{k.arg: v for k, v in zip(node.keywords, found, strict=True)})
    except TypeError as error:
        raise reader.refuse(node, f"The arguments of this call do not fit: {error}.", "Pass what the function takes.",
                            ArgumentError) from None
    bound.apply_defaults()
    values: dict[str, Expr | Pending] = {}
    for name, value in bound.arguments.items():
        match value:
            case tuple():
                values[name] = Build("tuple", value)
            case dict():
                values[name] = Build("dict", tuple(e for k, v in value.items() for e in (Const(k), v)))
            case _:
                values[name] = value
    return values
