"""A nested function that calls itself, as a function of its own that is handed what it reads around it.

    def f(x):                                 def power(n, *, x):
        def power(n):                             return x[0] if n == 0 else x[n] * power(n - 1, x=x)
            return x[0] if n == 0 else (
                x[n] * power(n - 1))          def f(x):
        return power(3)                  ->       power = functools.partial(power, x=x)
                                                  return power(3)

Comes in: the definition of a nested function. Goes out: the function, or None where it has to be read as it stands.
Guaranteed: what it is handed is bound once, before the definition, so that it is what a call would read; the name is
bound once as well; the function binds nothing around it (`nonlocal`), writes nothing that it is handed, and is only
called inside itself.
"""

from __future__ import annotations

import ast
import copy
import types
from collections import Counter
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import gast

from s2sgrad.core.operators import SILENT, TAKING
from s2sgrad.read.scope import bound_names
from s2sgrad.read.source import Source, remember

if TYPE_CHECKING:
    from s2sgrad.read.statements import StatementReader

Lifted = tuple[types.FunctionType, tuple[str, ...]]
_MADE: WeakKeyDictionary[types.FunctionType, dict[types.CodeType, Lifted]] = WeakKeyDictionary()
_HANDED: WeakKeyDictionary[types.FunctionType, tuple[str, ...]] = WeakKeyDictionary()


def lifted(reader: StatementReader, node: gast.FunctionDef) -> Lifted | None:
    """(the function, the names that it is handed), if it can be made; the same one whenever it is asked for."""
    code = next((c for c in reader.function.__code__.co_consts if isinstance(c, types.CodeType) and (
        c.co_name == node.name and c.co_firstlineno == node.lineno)), None)         # in no other nested function
    if code is None or node.name not in code.co_freevars or not _only_calls_itself(node):
        return None
    handed = tuple(n for n in code.co_freevars if n != node.name)
    if not all(n in reader.scope and n not in reader.statics for n in handed):
        return None
    if not _bound_before(reader.source.node, node, handed) or _binds(node, (*handed, node.name)) or (
            _writes(node, handed)):
        return None
    if _is_named_above(reader.source.node, node) or not is_only_called(reader.source.node, node, handed) and (
            _bound_in_loops(reader.source.node, handed)):
        return None
    made = _MADE.setdefault(reader.function, {})
    if code not in made:
        made[code] = _function(reader, node, handed), handed
        _HANDED[made[code][0]] = handed
    return made[code]


def is_only_called(around: gast.AST, node: gast.FunctionDef, handed: tuple[str, ...]) -> bool:
    """Is it only called in the function around it, where the names mean what they mean at its definition?"""
    own = set(gast.walk(node))
    inside = [n for n in gast.walk(around) if n not in own]
    called = {n.func for n in inside if isinstance(n, gast.Call)}
    if any(isinstance(n, gast.Name) and n.id == node.name and n not in called for n in inside):
        return False
    nested = [n for n in inside if n is not around and isinstance(n, (gast.FunctionDef, gast.Lambda))]
    return not any(_binds(n, handed) for n in nested)


def _binds(node: gast.AST, names: tuple[str, ...]) -> bool:
    """Does it, or a comprehension or a function in it, bind one of the names?"""
    return any(isinstance(n, gast.Name) and n.id in names and isinstance(n.ctx, (gast.Store, gast.Del, gast.Param))
               or isinstance(n, gast.FunctionDef) and n is not node and n.name in names
               or isinstance(n, (gast.MatchAs, gast.MatchStar)) and n.name in names for n in gast.walk(node))


def _bound_in_loops(around: gast.AST, names: tuple[str, ...]) -> bool:
    """May one of the names hold something else when a call is reached than at the definition?"""
    return any(_binds(n, names) for n in gast.walk(around) if isinstance(n, (gast.For, gast.While)))


def _is_named_above(around: gast.AST, node: gast.FunctionDef) -> bool:
    """Does something above the definition name it, which would find it when it is called?"""
    return any(isinstance(n, gast.Name) and n.id == node.name and n.lineno < node.lineno for n in gast.walk(around))


def handed_to(function: object) -> tuple[str, ...]:
    """The names that a function is handed which was made here."""
    return _HANDED.get(function, ()) if isinstance(function, types.FunctionType) else ()


def _only_calls_itself(node: gast.FunctionDef) -> bool:
    """Does it do no more with its own name than to call it, and bind nothing around it?"""
    inside = [n for statement in node.body for n in gast.walk(statement)]
    called = [n.func for n in inside if isinstance(n, gast.Call)]
    names = [n for n in inside if isinstance(n, gast.Name) and n.id == node.name]
    changes = any(isinstance(n, (gast.Nonlocal, gast.Global, gast.Yield, gast.YieldFrom)) for n in inside)
    defaults = [d for d in (*node.args.defaults, *node.args.kw_defaults) if d is not None]
    return bool(names) and not changes and all(any(n is f for f in called) for n in names) and (
        node.args.kwarg is None and all(isinstance(d, gast.Constant) for d in defaults))


def _bound_before(around: gast.AST, node: gast.FunctionDef, handed: tuple[str, ...]) -> bool:
    """Is each of the names bound once in the function around it, and above the definition, which is the only one?"""
    places: list[tuple[str, int]] = []

    def visit(n: gast.AST) -> None:
        if isinstance(n, (gast.FunctionDef, gast.Lambda)) and n is not around:
            if isinstance(n, gast.FunctionDef):
                places.append((n.name, n.lineno))
            places.extend((name, 1 << 30) for name in bound_names(n)[1])        # nonlocal
            for child in gast.iter_child_nodes(n):
                visit_nonlocal(child)
            return
        match n:
            case gast.Name(id=name, ctx=gast.Store() | gast.Del() | gast.Param()):
                places.append((name, getattr(n, "lineno", 0)))
            case gast.MatchAs(name=str() as name) | gast.MatchStar(name=str() as name):
                places.append((name, n.lineno))
        for child in gast.iter_child_nodes(n):
            visit(child)

    def visit_nonlocal(n: gast.AST) -> None:
        if isinstance(n, gast.Nonlocal):
            places.extend((name, 1 << 30) for name in n.names)
        for child in gast.iter_child_nodes(n):
            visit_nonlocal(child)

    visit(around)
    times = Counter(name for name, _ in places)
    where = dict(places)
    return times[node.name] == 1 and all(times[name] == 1 and where[name] < node.lineno for name in handed)


def _writes(node: gast.FunctionDef, handed: tuple[str, ...]) -> bool:
    """Does it write what it is handed (`memo[n] = v`, `found.append(v)`)? It would be no function of its own."""
    for n in gast.walk(node):
        match n:
            case gast.Subscript(value=base, ctx=gast.Store() | gast.Del()) | gast.Attribute(
                    value=base, ctx=gast.Store() | gast.Del()):
                while isinstance(base, (gast.Subscript, gast.Attribute)):
                    base = base.value
                if isinstance(base, gast.Name) and base.id in handed:
                    return True
            case gast.Call(func=gast.Attribute(value=gast.Name(id=name), attr=method)) if name in handed and (
                    method in (*TAKING, *SILENT)):
                return True
    return False


def _function(reader: StatementReader, node: gast.FunctionDef, handed: tuple[str, ...]) -> types.FunctionType:
    """The function that takes the names as keywords, and hands them on where it calls itself."""
    new = copy.deepcopy(node)
    for n in gast.walk(new):
        if isinstance(n, gast.Call) and isinstance(n.func, gast.Name) and n.func.id == node.name:
            n.keywords += [gast.copy_location(gast.keyword(arg=name, value=gast.copy_location(
                gast.Name(name, gast.Load(), None, None), n)), n) for name in handed]
    new.args.kwonlyargs += [gast.copy_location(gast.Name(name, gast.Param(), None, None), node) for name in handed]
    new.args.kw_defaults += [None] * len(handed)
    # inside another function, so that its own name is what it calls, and no name of the module
    factory = ast.parse(f"def around():\n    return {node.name}")
    definition = factory.body[0]
    assert isinstance(definition, ast.FunctionDef)
    definition.body.insert(0, gast.gast_to_ast(new))
    made: dict[str, types.FunctionType] = {}
    exec(compile(ast.fix_missing_locations(factory), reader.source.file, "exec"), reader.function.__globals__, made)
    function: types.FunctionType = made["around"]()
    first = node.lineno - reader.source.first_line
    lines = reader.source.lines[first:first + (node.end_lineno or node.lineno) - node.lineno + 1]
    remember(Source(new, reader.source.file, node.lineno, tuple(lines), node.name, function))
    return function
