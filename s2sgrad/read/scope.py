"""What a name means: a local variable, a known function or module, or data that is read live.

Comes in: a Python function and the names that its body binds. Goes out: for every other name its object, together
with a `Dependency` (the name must still resolve to that function when the gradient is called) or a `Datum`.
"""

from __future__ import annotations

import builtins
import types
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import gast

from s2sgrad.core.nodes import Build, Const, Datum, Expr, Parameter, Var
from s2sgrad.rules.registry import rule_of


@dataclass(frozen=True)
class Dependency:
    """`holder[key]` (or the cell's contents) resolved to this object while reading; MISSING: to nothing."""

    holder: Any
    key: str
    value: Any


@dataclass
class Context:
    """What all functions of one program share while they are read."""

    dependencies: list[Dependency] = field(default_factory=list)
    data: dict[str, Datum] = field(default_factory=dict)
    variables: set[str] = field(default_factory=set)        # of the functions that were read
    counter: int = 0
    functions: list[tuple[Any, Any, Any]] = field(default_factory=list)     # with the defaults they had when read
    silent: set[str] = field(default_factory=set)           # floating-point errors that NumPy is not to warn of
    fields_bound: bool = False              # is a field of an object bound anew?
    namespaces: dict[type, Mapping[str, Any]] = field(default_factory=dict)

    depths: dict[str, int | None] = field(default_factory=dict)     # loops around what got a mark; None: not known

    def fresh(self, prefix: str = "$") -> str:
        """A new core name."""
        self.counter += 1
        return f"{prefix}{self.counter}"

    def fresh_somewhere(self, prefix: str) -> str:
        """A new mark, for variables that are made where an unknown number of loops stands around."""
        mark = self.fresh(prefix)
        self.depths[mark] = None
        return mark

    def namespace(self, cls: type) -> Mapping[str, Any]:
        """The attributes of a class, the same object each time."""
        return self.namespaces.setdefault(cls, vars(cls))

    def datum(self, holder: Any, key: str, name: str) -> str:
        """The program-wide name of a live datum; the same place gets the same name, which no variable has."""
        unique, k = name, 0
        while unique in self.data or unique in self.variables:
            known = self.data.get(unique)
            if known is not None and known.holder is holder and known.key == key:
                return unique
            k += 1
            unique = f"{name}_{k}"
        self.data[unique] = Datum(unique, holder, key)
        return unique

    def depend(self, holder: Any, key: str, value: Any) -> None:
        """Note that the program rests on this resolution."""
        if not any(d.holder is holder and d.key == key for d in self.dependencies):
            self.dependencies.append(Dependency(holder, key, value))


def is_static(value: Any) -> bool:
    """Is it a function, class or module (resolved while reading), rather than data (read live)?"""
    if value is NotImplemented or isinstance(value, (
            types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType, type)):
        return True
    return callable(value) and (rule_of(value) is not None or hasattr(value, "__wrapped__")
                                or hasattr(value, "py_func") or type(value).__module__ == "numpy"
                                or hasattr(value, "primal"))


def bound_names(node: gast.AST) -> tuple[set[str], set[str]]:
    """(names that a function body binds, names it declares nonlocal), nested scopes left out."""
    bound: set[str] = set()
    outer: set[str] = set()

    def visit(n: gast.AST, top: bool = False) -> None:
        match n:
            case gast.FunctionDef() | gast.AsyncFunctionDef() | gast.ClassDef() if not top:
                bound.add(n.name)
                return
            case gast.Lambda() if not top:
                return
            case gast.ListComp() | gast.SetComp() | gast.DictComp() | gast.GeneratorExp():
                for child in gast.walk(n):
                    if isinstance(child, gast.NamedExpr):
                        bound.add(child.target.id)
                return
            case gast.Name(id=name, ctx=gast.Store() | gast.Del() | gast.Param()):
                bound.add(name)
            case gast.Nonlocal(names=names):
                outer.update(names)
            case gast.MatchAs(name=str() as name) | gast.MatchStar(name=str() as name):
                bound.add(name)
            case gast.MatchMapping(rest=str() as name):
                bound.add(name)
            case gast.alias():
                bound.add((n.asname or n.name).split(".")[0])
            case gast.ExceptHandler(name=str() as name):
                bound.add(name)
        for child in gast.iter_child_nodes(n):
            visit(child)

    visit(node, True)
    return bound - outer, outer


MISSING = object()      # a name that is bound nowhere


def lookup(function: types.FunctionType, name: str) -> tuple[Any, str, Any]:
    """(holder, key, object) of a name that is not local: closure cell, global or builtin; MISSING if nowhere."""
    free = function.__code__.co_freevars
    if name in free and function.__closure__ is not None:
        cell = function.__closure__[free.index(name)]
        try:
            return cell, "", cell.cell_contents
        except ValueError:              # the cell is still empty: a name that is bound later, or never
            return cell, "", MISSING
    if name in function.__globals__:
        return function.__globals__, name, function.__globals__[name]
    return vars(builtins), name, getattr(builtins, name, MISSING)


def default_of(function: types.FunctionType, name: str, context: Context, parameter: Parameter,
               default: gast.AST | None) -> Expr | None:
    """A default: a literal as it stands, any other object by reference to the one that the function holds."""
    values = dict(function.__kwdefaults__ or {})
    code = function.__code__
    if function.__defaults__:
        positional = code.co_varnames[: code.co_argcount]
        values.update(zip(positional[-len(function.__defaults__):], function.__defaults__, strict=True))
    if parameter.name not in values:
        return None
    literal = _literal(default)
    if literal is not None and literal == _as_literal(values[parameter.name]):
        return literal
    return Var(context.datum(values, parameter.name, f"{name.strip('<>')}_{parameter.name}"))


def _literal(node: gast.AST | None) -> Expr | None:
    """A number, a string, None, Ellipsis or a tuple of these, as it is written."""
    match node:
        case gast.Constant(value=value):
            return Const(value)
        case gast.UnaryOp(op=gast.USub(), operand=gast.Constant(value=(int() | float()) as value)):
            return Const(-value)
        case gast.Tuple(elts=items):
            found = tuple(e for e in map(_literal, items) if e is not None)
            return Build("tuple", found) if len(found) == len(items) else None
    return None


def _as_literal(value: Any) -> Expr:
    return Build("tuple", tuple(map(_as_literal, value))) if type(value) is tuple else Const(value)
