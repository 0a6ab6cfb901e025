"""has_aux: what a function returns beside its value is handed through, and not differentiated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.kinds import Array, DictKind, Known, Number, Numeric, TupleKind
from s2sgrad.core.nodes import Assign, Block, Build, Call, Const, Expr, Function, Return, Star, Statement, Var
from s2sgrad.core.rewrite import map_blocks, walk_statements
from s2sgrad.errors import NonScalarError
from s2sgrad.normalise.jumps import RESULT
from s2sgrad.rules.identity import stop_gradient

AUX = "^aux"                # what is handed through beside the value


def returning_pair(core: Function, fresh: Callable[[str], str]) -> Function:
    """The function, without jumps, with a display of two as its result: the value, and what is only handed through.

    A pair that comes from elsewhere (a call, a name) is unpacked. Where the function returns in several places, value
    and auxiliary get a name each, so that the auxiliaries may be of several kinds. Raises NonScalarError where what is
    returned is no pair by its form; `check_pairs` does so by its kind.
    """
    last = core.body[-1]
    assert isinstance(last, Return)
    body = core.body[:-1]
    value: Expr
    aux: Expr
    match last.value:
        case Build("tuple", (value, aux)) if not isinstance(value, Star) and not isinstance(aux, Star):
            pass
        case returned:
            names = fresh("^value"), fresh(AUX)
            one = isinstance(returned, Var) and returned.name.startswith(RESULT)
            body = _paired(body, returned.name, names) if isinstance(returned, Var) and one else (
                *body, *_unpacked(names, returned, last))
            value, aux = map(Var, names)
    return replace(core, body=(*body, replace(last, value=Build("tuple", (value, Call(stop_gradient, (aux,)))))))


def unmarked(flat: Function) -> Function:
    """The function that `returning_pair` made, whose auxiliary is known to be inactive by now, without that mark."""
    last = flat.body[-1]
    assert isinstance(last, Return) and isinstance(last.value, Build)
    value, aux = last.value.items
    body = flat.body[:-1]
    if isinstance(aux, Var):
        body = tuple(replace(s, value=_inner(s.value)) if isinstance(s, Assign) and s.targets == (aux.name,) else s
                     for s in body)
    return replace(flat, body=(*body, replace(last, value=Build("tuple", (value, _inner(aux))))))


def _inner(value: Expr) -> Expr:
    return value.args[0] if isinstance(value, Call) and value.function is stop_gradient else value


def check_pairs(core: Function, kinds: Kinds) -> None:
    """Raise NonScalarError where what `returning_pair` unpacks is known to be no pair."""
    for statement in walk_statements(core.body):
        match statement:
            case Assign((_, aux), pair) if aux.startswith(AUX):
                kind = kinds.of(pair)
                if isinstance(kind, (Number, Array, Numeric, Known, DictKind)) or (
                        isinstance(kind, TupleKind) and len(kind.items) != 2):
                    raise _no_pair(statement)


def _no_pair(at: Statement) -> NonScalarError:
    return NonScalarError("With has_aux the function must return a pair (value, auxiliary).",
                          "Write `return value, aux`.", at.origin)


def _paired(block: Block, result: str, names: tuple[str, str]) -> Block:
    """The block with two names instead of the result."""
    out: list[Statement] = []
    for statement in block:
        match statement:
            case Assign((name,), value) if name == result:
                out += _unpacked(names, value, statement)
            case _:
                out.append(map_blocks(statement, lambda b: _paired(b, result, names)))
    return tuple(out)


def _unpacked(names: tuple[str, str], pair: Expr, at: Statement) -> list[Statement]:
    """The statements that bind value and auxiliary."""
    match pair:
        case Build("tuple" | "list", (value, aux)) if not any(isinstance(i, Star) for i in (value, aux)):
            return [Assign((names[0],), value, origin=at.origin), Assign((names[1],), aux, origin=at.origin)]
        case Build() | Const():
            raise _no_pair(at)
    return [Assign(names, pair, origin=at.origin)]
