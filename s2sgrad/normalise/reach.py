"""What a call of the user's that is not written out yet may write: fields by name, and the contents of lists and dicts.

Comes in: functions, and names of methods of which only the class will say which they are. Goes out: the names of fields
that any code that may run then binds, by reading that code without running it. Guaranteed: an upper bound. What a
constructor binds in the object that it makes does not count: nobody could read it before.
"""

from __future__ import annotations

import dis
import functools
import types
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from s2sgrad.analyse.containers import CHANGING
from s2sgrad.core.classes import is_user_class
from s2sgrad.core.closure import Closure
from s2sgrad.core.nodes import Call, Const, Method, Store, walk
from s2sgrad.core.records import attribute_path
from s2sgrad.core.rewrite import bound_in, exprs, walk_statements
from s2sgrad.read.bytecode import nested
from s2sgrad.read.expressions import is_user_function

CONSTRUCTORS = ("__init__", "__post_init__")
BINDS = ("STORE_ATTR", "DELETE_ATTR")
CHANGES = ("STORE_SUBSCR", "DELETE_SUBSCR", "STORE_SLICE")
METHODS = frozenset((*CHANGING, "add", "discard", "__setitem__", "__delitem__"))
SETTERS = frozenset(("setattr", "delattr", "__setattr__", "__delattr__"))


@dataclass
class Reach:
    """Everything that may run.

    classes: those whose methods may be meant by a name. fields: names of fields that are bound. names: variables of
    the enclosing function that nested functions bind. contents: are lists or dicts changed?
    """

    classes: set[type]
    fields: set[str] = field(default_factory=set)
    made: set[str] = field(default_factory=set)             # in the object that a constructor makes
    names: set[str] = field(default_factory=set)
    contents: bool = False
    again: bool = False         # is a constructor called on an object that is there already?
    seen: dict[int, Any] = field(default_factory=dict)
    methods: set[str] = field(default_factory=set)

    def follow(self, values: Iterable[Any], methods: Iterable[str]) -> None:
        """Add what these functions, and methods of these names, may do."""
        before = -1
        values = tuple(values)
        self.methods.update(methods)
        self.again |= not self.methods.isdisjoint(CONSTRUCTORS)
        while before != (before := len(self.seen) + len(self.classes) + len(self.methods)):
            for value in values:
                self.value(value)
            for cls in tuple(self.classes):
                for name in tuple(self.methods):
                    self.method(cls, name)
                for name in {n for base in cls.__mro__ for n in vars(base)}:
                    if name.startswith("__") and name not in CONSTRUCTORS:         # an operator
                        self.method(cls, name)
        if self.again:
            self.fields |= self.made

    def value(self, value: Any) -> None:
        """What may run where the value is called."""
        if isinstance(value, (staticmethod, classmethod)):
            value = value.__func__
        if id(value) in self.seen:
            return
        match value:
            case Closure():
                self.seen[id(value)] = value
                self.closure(value)
            case types.FunctionType() if is_user_function(value):
                self.seen[id(value)] = value
                self.function(value)
            case types.MethodType():
                self.value(value.__func__)
                self.held(value.__self__)
            case functools.partial():
                for part in (value.func, *value.args, *value.keywords.values()):
                    self.held(part)
            case type() if is_user_class(value):
                self.classes.add(value)
                for name in CONSTRUCTORS:
                    self.method(value, name)

    def held(self, value: Any) -> None:
        """What may run because the value can be reached."""
        match value:
            case list() | tuple():
                for item in value:
                    self.value(item)
            case dict():
                for item in value.values():
                    self.value(item)
            case _ if is_user_class(type(value)):
                self.classes.add(type(value))
            case _:
                self.value(value)

    def method(self, cls: type, name: str) -> None:
        """The methods and properties of that name, those of the classes above too."""
        for base in cls.__mro__:
            found = vars(base).get(name) if is_user_class(base) else None
            if isinstance(found, property):
                for part in (found.fget, found.fset):
                    self.value(part)
            elif found is not None:
                self.value(found)

    def function(self, function: types.FunctionType) -> None:
        """What the code of a function may do."""
        cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
        for code in (function.__code__, *nested(function.__code__)):
            self.code(code, function.__name__ in CONSTRUCTORS and code is function.__code__)
            for name in (*code.co_names, *code.co_freevars):
                if name in cells and cells[name] != types.CellType():
                    self.held(cells[name].cell_contents)
                elif name in function.__globals__:
                    self.of_module(function.__globals__[name], code.co_names)
        for value in (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()):
            self.held(value)

    def of_module(self, value: Any, names: Iterable[str]) -> None:
        """A global; of a module, what the code may name of it."""
        if not isinstance(value, types.ModuleType):
            self.held(value)
            return
        for name in names:
            found = vars(value).get(name)
            if is_user_function(found) or is_user_class(found):
                self.value(found)

    def code(self, code: types.CodeType, constructor: bool) -> None:
        """The names in a piece of code: what it binds, and which methods it may call."""
        binds, makes, contents = _scanned(code, constructor)
        self.methods.update(code.co_names)
        self.fields |= binds
        self.made |= makes
        self.contents |= contents
        self.again |= not constructor and not set(CONSTRUCTORS).isdisjoint(code.co_names)

    def closure(self, closure: Closure) -> None:
        """A nested function, of which the core is known."""
        body = closure.function.body
        self.names |= bound_in(body) - closure.owned
        for statement in walk_statements(body):
            if isinstance(statement, Store):
                self.fields.update(attribute_path(statement.index)[-1:])
                self.contents = True
            for expr in exprs(statement):
                for e in walk(expr):
                    match e:
                        case Call(Method(name)):
                            self.methods.add(name)
                            self.contents |= name in METHODS
                        case Call(function) if not isinstance(function, Method):
                            self.value(function)
                    match e:
                        case Const(value):
                            self.value(value)
                        case Call(function, (_, Const(str() as name))) if function is getattr:
                            self.methods.add(name)


@functools.lru_cache(maxsize=1024)
def _scanned(code: types.CodeType, constructor: bool) -> tuple[frozenset[str], frozenset[str], bool]:
    """The fields that code binds, those of the object that it makes, and whether it changes lists or dicts."""
    binds: set[str] = set()
    makes: set[str] = set()
    contents = not METHODS.isdisjoint(code.co_names)
    if not constructor and not SETTERS.isdisjoint(code.co_names):
        binds.update(c for c in code.co_consts if isinstance(c, str))
    own = code.co_varnames[:1]
    before = None
    for step in dis.get_instructions(code):
        if step.opname in BINDS:
            (makes if constructor and _reads(before) == own else binds).add(step.argval)
        contents |= step.opname in CHANGES or step.opname == "BINARY_OP" and "=" in step.argrepr
        before = step if step.opname != "CACHE" else before
    return frozenset(binds), frozenset(makes), contents


def _reads(step: dis.Instruction | None) -> tuple[str, ...]:
    """The variable that an instruction puts on top."""
    if step is None or not step.opname.startswith("LOAD_FAST"):
        return ()
    return (step.argval[-1],) if isinstance(step.argval, tuple) else (step.argval,)
