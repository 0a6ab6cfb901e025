"""Short ways to build core programs by hand, for the tests of this folder."""

import ast

from s2sgrad.core.nodes import Build, Call, Const, Function, Parameter, Program, Var
from s2sgrad.emit.printer import emit
from s2sgrad.errors import Origin


def v(*names):
    found = tuple(Var(n) for n in names)
    return found[0] if len(found) == 1 else found


def call(function, *args, **kwargs):
    return Call(function, args, tuple(kwargs.items()))


def const(value):
    return Const(value)


def pair(*items):
    return Build("tuple", items)


def slice_(*items):
    return Build("slice", tuple(Const(i) if i is None or isinstance(i, int) else i for i in items))


def at(line, text):
    return Origin("model.py", line, text=text)


def function(params, *body, name="f", **kwargs):
    return Function(name, tuple(p if isinstance(p, Parameter) else Parameter(p) for p in params), body, **kwargs)


def program(*functions, data=()):
    return Program(functions, data)


def run(prog, *args, **kwargs):
    """The value of the entry function of an emitted program."""
    emitted = emit(prog, "test")
    ast.parse(emitted.text)
    space = {}
    exec(emitted.text, space)
    return space[prog.entry.name](*args, **kwargs)
