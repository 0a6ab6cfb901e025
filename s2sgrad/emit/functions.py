"""Of the functions of a program, those that are needed.

Comes in: a program with readable names. Goes out: the program without functions that nobody calls, and with one
function where several are the same but for their names (halves of a helper for kinds that make no difference), and
without data that nobody reads.
"""

from __future__ import annotations

from dataclasses import replace

from s2sgrad.core.nodes import Block, Function, Parameter, Program
from s2sgrad.core.rewrite import free_names
from s2sgrad.emit.live import every, occurring
from s2sgrad.emit.rename import rename


def needed(program: Program) -> Program:
    """The program with each function once, and only if it is called, and with the data that these read."""
    chosen: dict[str, str] = {}                 # the name of a function -> that of the one that does the same
    known: dict[tuple[tuple[Parameter, ...], Block], str] = {}
    kept: list[Function] = []
    for function in program.functions:
        function = _calling(function, chosen)
        same = known.setdefault((function.params, function.body), function.name)
        if same == function.name or function is program.entry:
            kept.append(function)
        else:
            chosen[function.name] = same
    functions = tuple(_reached(kept))
    read = set().union(*map(_names, functions))
    return replace(program, functions=functions, data=tuple(d for d in program.data if d.name in read))


def _calling(function: Function, chosen: dict[str, str]) -> Function:
    """The function, calling the chosen ones."""
    names = _names(function)
    if not names & chosen.keys():
        return function
    return rename(function, {name: chosen.get(name, name) for name in names})


def _reached(functions: list[Function]) -> list[Function]:
    """The functions that the last one calls, directly or not, and itself."""
    reached = {functions[-1].name}
    for function in reversed(functions):        # a function stands behind those that it calls
        if function.name in reached:
            reached |= _names(function)
    return [f for f in functions if f.name in reached]


def _names(function: Function) -> set[str]:
    defaults = {name for p in function.params if p.default is not None for name in free_names(p.default)}
    return {p.name for p in function.params} | defaults | {
        name for s in every(function.body) for name in occurring(s)}
