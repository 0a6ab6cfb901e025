"""One name per web of definitions: later versions of a variable that share no use get a name of their own.

    x = f(x)                 x#2 = f(x)
    x = g(x)        ->       x#3 = g(x#2)
    return x                 return x#3

Definitions that reach a common use (through a join or around a loop) keep a common name, so that kinds, aliasing and
activity may be stated per name.
"""

from __future__ import annotations

from dataclasses import replace

from s2sgrad.core.nodes import Assign, Block, For, Function, If, Statement, Var, While
from s2sgrad.core.rewrite import bound, captured_names, reads_of, rename_statement, substitute, walk_statements

Env = dict[str, frozenset[int]]


class _Webs:
    """Union-find over definitions."""

    def __init__(self) -> None:
        self.parent: list[int] = []
        self.name: list[str] = []
        self.sites: dict[tuple[int, str], int] = {}
        self.captured: set[str] = set()     # by nested functions made so far, which read them when they are called
        self.capturing: dict[int, set[str]] = {}        # the names that the functions in a statement capture

    def definition(self, label: int, name: str) -> int:
        """The number of the definition of a name at a statement."""
        key = (label, name)
        if key not in self.sites:
            self.sites[key] = len(self.parent)
            self.parent.append(len(self.parent))
            self.name.append(name)
        return self.sites[key]

    def find(self, k: int) -> int:
        """The representative: the earliest definition of the web."""
        while self.parent[k] != k:
            self.parent[k] = self.parent[self.parent[k]]
            k = self.parent[k]
        return k

    def union(self, found: frozenset[int]) -> None:
        """All these definitions are one web."""
        roots = sorted({self.find(k) for k in found})
        for r in roots[1:]:
            self.parent[r] = roots[0]


def _merge(a: Env, b: Env) -> Env:
    return {name: a.get(name, frozenset()) | b.get(name, frozenset()) for name in {**a, **b}}


def split_webs(function: Function) -> Function:
    """The function with one name per web."""
    webs = _Webs()
    webs.capturing = {s.label: found for s in walk_statements(function.body) if (found := captured_names(s))}
    entry = {p.name: frozenset([webs.definition(0, p.name)]) for p in function.params}
    _flow(function.body, dict(entry), webs)
    taken = set(webs.name)              # a second pass meets the names of the first: `c#2` is not to be `c#2` again
    count: dict[str, int] = {}
    names: dict[int, str] = {}
    for k, name in enumerate(webs.name):
        root = webs.find(k)
        if root == k:
            count[name] = count.get(name, 0) + 1
            while count[name] > 1 and f"{name}#{count[name]}" in taken:
                count[name] += 1
            names[k] = name if count[name] == 1 else f"{name}#{count[name]}"
    body, _ = _rename(function.body, dict(entry), webs, names)
    return replace(function, body=body)


def _flow(block: Block, env: Env, webs: _Webs) -> Env:
    for statement in block:
        if isinstance(statement, (For, While)):
            env = _loop(statement, env, webs)
            continue
        for name in reads_of(statement):
            webs.union(env.get(name, frozenset()))
        match statement:
            case If(_, then, orelse):
                env = _merge(_flow(then, dict(env), webs), _flow(orelse, dict(env), webs))
            case _:
                webs.captured |= webs.capturing.get(statement.label, set())
                _bind(statement, env, webs)
    return env


def _bind(statement: Statement, env: Env, webs: _Webs) -> None:
    """The names that a statement binds have a new definition; of one that is captured, with those before it."""
    for name in bound(statement):
        found = frozenset([webs.definition(statement.label, name)])
        if name in webs.captured:
            webs.union(env.get(name, frozenset()) | found)
        env[name] = found


def _loop(statement: For | While, env: Env, webs: _Webs) -> Env:
    """The loop's head joins what comes from before and from the end of the body."""
    header = reads_of(statement) - ({statement.leave} if statement.leave else set())
    if webs.capturing:
        webs.captured.update(*(webs.capturing.get(s.label, ()) for s in walk_statements(statement.body)))
    if isinstance(statement, For):
        for name in header:
            webs.union(env.get(name, frozenset()))
    while True:
        inside = dict(env)
        if isinstance(statement, While):
            for name in header:
                webs.union(inside.get(name, frozenset()))
        _bind(statement, inside, webs)
        end = _flow(statement.body, inside, webs)
        if statement.leave:
            webs.union(end.get(statement.leave, frozenset()))
        joined = _merge(env, end)
        if joined == env:
            return joined
        env = joined


def _current(name: str, env: Env, webs: _Webs, names: dict[int, str]) -> str:
    """The new name of what a read of `name` means here."""
    found = env.get(name)
    return names[webs.find(min(found))] if found else name


def _rename(block: Block, env: Env, webs: _Webs, names: dict[int, str]) -> tuple[Block, Env]:
    out: list[Statement] = []
    for statement in block:
        reading = {name: Var(_current(name, env, webs, names)) for name in reads_of(statement)}
        match statement:
            case If(test, then, orelse):
                new_then, a = _rename(then, dict(env), webs, names)
                new_orelse, b = _rename(orelse, dict(env), webs, names)
                env = _merge(a, b)
                out.append(replace(statement, test=substitute(test, reading), then=new_then, orelse=new_orelse))
            case For() | While():
                loop, env = _rename_loop(statement, env, webs, names)
                out.append(loop)
            case Assign(targets, value):
                defined = [webs.definition(statement.label, name) for name in targets]
                out.append(replace(statement, targets=tuple(names[webs.find(d)] for d in defined),
                                   value=substitute(value, reading)))
                env.update({name: frozenset([d]) for name, d in zip(targets, defined, strict=True)})
            case _:
                out.append(rename_statement(statement, reading))
    return tuple(out), env


def _rename_loop(loop: For | While, env: Env, webs: _Webs, names: dict[int, str]) -> tuple[Statement, Env]:
    around = _merge(env, _settled(loop, env, webs))
    head = around if isinstance(loop, While) else env           # a test is read in each trip, a range only at entry
    reading = {name: Var(_current(name, head, webs, names)) for name in reads_of(loop)}
    made = {name: webs.definition(loop.label, name) for name in bound(loop)}
    body, after = _rename(loop.body, {**around, **{n: frozenset([d]) for n, d in made.items()}}, webs, names)
    env = _merge(around, after)
    defined = {name: Var(names[webs.find(d)]) for name, d in made.items()}
    if loop.leave:                      # as it is at the end of a trip: what the name held before is another flag
        defined[loop.leave] = Var(_current(loop.leave, after, webs, names))
    # the names that the head binds are renamed by `defined`, those that it reads by `reading`
    match loop, rename_statement(replace(loop, body=()), defined):
        case For(over=over, elements=old), For(elements=new) as renamed:
            elements = tuple((name, substitute(c, reading)) for (name, _), (_, c) in zip(new, old, strict=True))
            return replace(renamed, over=substitute(over, reading), elements=elements, body=body), env
        case While(test=test), While() as renamed:
            return replace(renamed, test=substitute(test, reading), body=body), env
    raise AssertionError("a renamed loop is a loop of its kind")


def _settled(statement: For | While, env: Env, webs: _Webs) -> Env:
    """The definitions at the end of the body, once the loop's flow is stable."""
    while True:
        inside = dict(env)
        for name in bound(statement):
            inside[name] = frozenset([webs.definition(statement.label, name)])
        end = _flow(statement.body, inside, webs)
        joined = _merge(env, end)
        if joined == env:
            return end
        env = joined
