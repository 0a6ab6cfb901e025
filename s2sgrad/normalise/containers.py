"""Methods of lists and dicts as the few statements that write them.

    xs.extend(ys)              xs[len(xs):] = ys
    xs.insert(i, v)            xs[i:i] = [v]
    v = xs.pop(i)              v = xs[i]; xs.pop(i)
    xs *= n                    xs[:] = xs * n
    xs.reverse()        ->     xs[:] = xs[::-1]
    del xs[a:b]                xs[a:b] = []
    d.update({"a": v})         d["a"] = v
    v = d.setdefault(k, w)     if k not in d: d[k] = w
                               v = d[k]

Comes in: one statement and the kinds. Goes out: the statements that stand for it; appending, and the removal of an
entry, stay calls, as do updates of a dict. The order of evaluation stays: what is put in is known before anything
changes.
"""

from __future__ import annotations

import operator
from typing import Any

from s2sgrad.analyse.containers import CHANGING
from s2sgrad.analyse.iteration import element_kind
from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.kinds import Array, DictKind, ListKind, Number, Object, TupleKind
from s2sgrad.core.nodes import Assign, Build, Call, Const, Effect, Expr, If, Method, Star, Statement, Store, Var
from s2sgrad.core.operators import OUT_OF_PLACE
from s2sgrad.core.primitives import listed_items, listed_values, not_in
from s2sgrad.core.rewrite import free_names
from s2sgrad.errors import Origin, UnsupportedError
from s2sgrad.normalise.iterables import RUNNING
from s2sgrad.runtime import position

NONE = Const(None)
EMPTY = Build("list", ())
WHOLE = Build("slice", (NONE, NONE, NONE))


def changes(statement: Statement, kinds: Kinds) -> tuple[Statement, ...] | None:
    """The statements that stand for a change of a list or dict; None for any other statement."""
    at = statement.origin
    match statement:
        case Effect(Call(Method(name), (Var(base), *args), kwargs)):
            target: tuple[str, ...] = ()
        case Assign(target, Call(Method(name), (Var(base), *args), kwargs)):
            pass
        case Effect(Call(operator.delitem, (Var(base), index))):
            return _deleted(base, index, kinds, at)
        case Store(base, None, value, operator.iadd) if isinstance(kinds.named(base), ListKind):
            if isinstance(kinds.of(value), Array):
                raise UnsupportedError(f"`{base.split('#')[0]} += ...` of a list and an array makes an array of the "
                                       "list.", "Write `extend` to put the entries into the list, or np.add.", at)
            return _extended(base, value, kinds, at)
        case Store(base, None, value, operator.imul) if isinstance(kinds.named(base), ListKind):
            return (Store(base, WHOLE, Call(operator.mul, (Var(base), value)), label=statement.label, origin=at),)
        case Store(base, None, value, operator.ior) if isinstance(kinds.named(base), DictKind):
            return _updated(base, value, kinds, at)
        case Store(base, Build("slice") as index, value, None) if isinstance(
                kinds.named(base), ListKind) and isinstance(kinds.of(value), Array):
            return (Store(base, index, Call(list, (value,)), label=statement.label, origin=at),)
        case Store(base, Build("slice") as index, value, op) if op is not None and isinstance(
                kinds.named(base), ListKind):
            entries = Call(operator.getitem, (Var(base), index))
            return (Store(base, index, Call(OUT_OF_PLACE[op], (entries, value)), label=statement.label, origin=at),)
        case _:
            return None
    match kinds.named(base):
        case ListKind() if name in CHANGING:
            return _on_list(statement, name, base, args, dict(kwargs), target, kinds)
        case DictKind() if name in CHANGING:
            return _on_dict(statement, name, base, args, dict(kwargs), target, kinds)
    return None


# ---------------------------------------------------------------- lists
def _on_list(statement: Statement, name: str, base: str, args: list[Expr], options: dict[str, Expr],
             target: tuple[str, ...], kinds: Kinds) -> tuple[Statement, ...] | None:
    at = statement.origin
    match name, args:
        case "append", [_] if not target:
            return None
        case "extend", [value] if not target:
            return _extended(base, value, kinds, at)
        case "insert", [index, value] if not target:
            head: list[Statement] = []
            place = _once(index, kinds, head, at)
            return *head, _replaced(base, place, place, Build("list", (value,)), at)
        case "pop", _ if len(args) <= 1:
            head = []
            place = _place(base, args[0] if args else Const(-1), kinds, head, at)
            if target:
                head.append(Assign(target, Call(operator.getitem, (Var(base), place)), label=statement.label,
                                   origin=at))
            return *head, _removed(base, place, at)
        case "remove", [value] if not target:
            place = _named(Call(list.index, (Var(base), value)), kinds, head := [], at)
            return *head, _removed(base, place, at)
        case "reverse", [] if not target:
            backwards = Call(operator.getitem, (Var(base), Build("slice", (NONE, NONE, Const(-1)))))
            return (Store(base, WHOLE, backwards, origin=at),)
        case "clear", [] if not target:
            return (Store(base, WHOLE, EMPTY, origin=at),)
        case "sort", [] if not target:
            return (Store(base, WHOLE, Call(sorted, (Var(base),), tuple(options.items())), origin=at),)
    raise _refused("list", name, at)


def _extended(base: str, value: Expr, kinds: Kinds, at: Origin) -> tuple[Statement, ...]:
    """`base.extend(value)`."""
    end = Build("slice", (Call(len, (Var(base),)), NONE, NONE))
    match value, kinds.of(value):
        case Build("list" | "tuple", items), _ if not any(isinstance(i, Star) for i in items):
            if len(items) == 1 or not any(_reads_containers(i, kinds) for i in items[1:]):
                return tuple(Effect(Call(Method("append"), (Var(base), i)), origin=at) for i in items)
            return (Store(base, end, Build("list", items), origin=at),)
        case _, ListKind():
            return (Store(base, end, value, origin=at),)
        case _, (TupleKind() | Array() | Object()):
            return (Store(base, end, Call(list, (value,)), origin=at),)
        case _, DictKind():
            return (Store(base, end, Call(list, (Call(dict.keys, (value,)),)), origin=at),)
    raise UnsupportedError(f"The list `{base.split('#')[0]}` is extended by something that is not known to be a list, "
                           "a tuple or an array.", "Append the entries one by one.", at)


def _reads_containers(expr: Expr, kinds: Kinds) -> bool:
    """May the value of the expression depend on what a list holds?"""
    return any(not isinstance(kinds.named(n), (Number, Array)) for n in free_names(expr))


def _place(base: str, index: Expr, kinds: Kinds, head: list[Statement], at: Origin) -> Expr:
    """An index that is known to be from the front, or a constant."""
    if isinstance(index, Const):
        return index
    return _named(Call(position, (Var(base), index)), kinds, head, at)


def _removed(base: str, place: Expr, at: Origin) -> Statement:
    return Effect(Call(list.pop, (Var(base), place)), origin=at)


def _replaced(base: str, start: Expr, stop: Expr, value: Expr, at: Origin) -> Statement:
    return Store(base, Build("slice", (start, stop, NONE)), value, origin=at)


def _deleted(base: str, index: Expr, kinds: Kinds, at: Origin) -> tuple[Statement, ...]:
    """`del base[index]`."""
    match kinds.named(base), index:
        case ListKind(), Build("slice", (_, _, Const(value=None | 1))):
            return (Store(base, index, EMPTY, origin=at),)
        case ListKind(), index if isinstance(kinds.of(index), Number):
            head: list[Statement] = []
            place = _place(base, index, kinds, head, at)
            return *head, _removed(base, place, at)
        case DictKind(), index:
            return (Effect(Call(dict.pop, (Var(base), index)), origin=at),)
    raise UnsupportedError("`del` of this entry is not supported.", "Build a new list or dict without it.", at)


# ---------------------------------------------------------------- dicts
def _on_dict(statement: Statement, name: str, base: str, args: list[Expr], options: dict[str, Expr],
             target: tuple[str, ...], kinds: Kinds) -> tuple[Statement, ...]:
    at, d = statement.origin, Var(base)
    head: list[Statement] = []
    match name, args:
        case "pop", [key] if target:
            key = _once(key, kinds, head, at)
            value: Expr = Call(operator.getitem, (d, key))
            return (*head, Assign(target, value, label=statement.label, origin=at),
                    Effect(Call(dict.pop, (d, key)), origin=at))
        case "pop", [key, default] if target:
            key, default = _once(key, kinds, head, at), _once(default, kinds, head, at)
            return (*head, Assign(target, Call(dict.get, (d, key, default)), label=statement.label, origin=at),
                    Effect(Call(dict.pop, (d, key, NONE)), origin=at))
        case "pop", [_] | [_, _]:
            return (Effect(Call(dict.pop, (d, *args)), origin=at),)
        case "setdefault", [key, *rest] if len(rest) <= 1:
            key = _once(key, kinds, head, at)
            value = _once(rest[0] if rest else NONE, kinds, head, at)
            entry = (Assign(target, Call(operator.getitem, (d, key)), label=statement.label, origin=at),)
            return (*head, If(Call(not_in, (key, d)), (Store(base, key, value, origin=at),), origin=at),
                    *(entry if target else ()))
        case "update", [] if not target:
            keys: list[Expr] = [item for k, v in options.items() for item in (Const(k), v)]
            return _updated(base, Build("dict", tuple(keys)), kinds, at)
        case "update", [value] if not target and not options:
            return _updated(base, value, kinds, at)
        case "clear", [] if not target:
            return (Effect(Call(dict.clear, (d,)), origin=at),)
    raise _refused("dict", name, at)


def _updated(base: str, value: Expr, kinds: Kinds, at: Origin) -> tuple[Statement, ...]:
    """`base.update(value)`."""
    head: list[Statement] = []
    match value, kinds.of(value):
        case Build("dict", items), _:
            if len(items) > 2:
                items = tuple(_once(i, kinds, head, at) for i in items)
            return *head, *(Store(base, k, v, origin=at) for k, v in zip(items[::2], items[1::2], strict=True))
        case _, DictKind():
            other = _once(value, kinds, head, at)
            return *head, Effect(Call(dict.update, (Var(base), other)), origin=at)
    raise UnsupportedError(f"The dict `{base.split('#')[0]}` is updated with something that is not known to be a dict.",
                           "Set the entries in a loop: `d[k] = v`.", at)


# ---------------------------------------------------------------- names
def _once(value: Expr, kinds: Kinds, head: list[Statement], at: Origin) -> Expr:
    """A value that can be read twice, also after the container has changed."""
    return value if isinstance(value, (Var, Const)) else _named(value, kinds, head, at)


def _named(value: Expr, kinds: Kinds, head: list[Statement], at: Origin) -> Var:
    name = kinds.fresh()
    kinds.names[name] = kinds.of(value)
    head.append(Assign((name,), value, origin=at))
    return Var(name)


def _refused(what: str, name: str, at: Origin) -> Exception:
    return UnsupportedError(f"The method `{name}` of a {what} in this form is not supported.",
                            "Write it with indices, or build a new value.", at)


# ---------------------------------------------------------------- expressions
def container_value(expr: Expr, kinds: Kinds) -> Expr:
    """Displays with stars, and methods of lists and dicts that give a value, as functions of containers."""
    match expr:
        case Build("list" | "tuple" as form, items) if any(isinstance(i, Star) for i in items):
            return _joined(form, items, kinds)
        case Call(builtin, (), kwargs) if builtin is dict and kwargs:
            return Build("dict", tuple(item for k, v in kwargs for item in (Const(k), v)))
        case Call(builtin, (first,), kwargs) if builtin is dict and kwargs and isinstance(kinds.of(first), DictKind):
            return Call(operator.or_, (first, container_value(Call(dict, (), kwargs), kinds)))
        case Call(Method(name), (receiver, *args), ()):
            return _asked(name, receiver, args, kinds.of(receiver)) or expr
        case Call(function, args, ()) if function in (max, min) and args and (
                found := _extreme_entry(function, args, kinds)) is not None:
            return found
        case Call(function, args, kwargs) if any(function is f for f in RUNNING):
            plain = tuple(_indexed(a, kinds) for a in args)
            if function is list and plain != args and len(plain) == 1 and isinstance(kinds.of(plain[0]), ListKind):
                return plain[0]
            return expr if plain == args else Call(function, plain, kwargs)
        case Call(dict.get, (receiver, key)):
            return Call(dict.get, (receiver, key, NONE))
    return expr


def _extreme_entry(function: Any, args: tuple[Expr, ...], kinds: Kinds) -> Expr | None:
    """`max(xs)` of tuples or lists, which are compared entry by entry: the entry at its place."""
    xs = args[0] if len(args) == 1 else Build("list", args)
    entry = element_kind(kinds.of(xs), None)
    if not isinstance(kinds.of(xs), (ListKind, TupleKind)) or not isinstance(entry, (TupleKind, ListKind)):
        return None
    if isinstance(xs, Var):
        places, by_entry = Call(range, (Call(len, (xs,)),)), Call(getattr, (xs, Const("__getitem__")))
        best = Call(function, (places,), (("key", by_entry),))
        return Call(operator.getitem, (xs, best))
    backwards = (("reverse", Const(True)),) if function is max else ()
    return Call(operator.getitem, (Call(sorted, (xs,), backwards), Const(0)))


def _indexed(expr: Expr, kinds: Kinds) -> Expr:
    """What is run through, as a list or array with indices where that is simple."""
    match expr:
        case Call(dict.values | Method("values"), (d,)) if isinstance(kinds.of(d), DictKind):
            return Call(listed_values, (d,))
        case Call(dict.items | Method("items"), (d,)) if isinstance(kinds.of(d), DictKind):
            return Call(listed_items, (d,))
        case Call(function, (xs,)) if function is reversed and isinstance(kinds.of(xs), (ListKind, TupleKind, Array)):
            return Call(operator.getitem, (xs, Build("slice", (NONE, NONE, Const(-1)))))
    return expr


def _asked(name: str, receiver: Expr, args: list[Expr], kind: Any) -> Expr | None:
    match kind, name, args:
        case ListKind(), "copy", []:
            return Call(list.copy, (receiver,))
        case ListKind() | TupleKind(), "index" | "count", [_, *_]:
            return Call(getattr(list, name), (receiver, *args)) if isinstance(kind, ListKind) else Call(
                getattr(tuple, name), (receiver, *args))
        case DictKind(), "copy", []:
            return Call(dict.copy, (receiver,))
        case DictKind(), "get", [key]:
            return Call(dict.get, (receiver, key, NONE))
        case DictKind(), "get", [_, _]:
            return Call(dict.get, (receiver, *args))
    return None


def _joined(form: str, items: tuple[Expr, ...], kinds: Kinds) -> Expr:
    """`[*xs, v]` as `xs + [v]`; entries of tuples that are known one by one are written out."""
    parts: list[Expr] = []
    shown: list[Expr] = []
    for item in items:
        if not isinstance(item, Star):
            shown.append(item)
            continue
        match item.value, kinds.of(item.value):
            case Var() as value, TupleKind(known):
                shown += [Call(operator.getitem, (value, Const(k))) for k in range(len(known))]
                continue
            case Build("list" | "tuple", known), _ if not any(isinstance(i, Star) for i in known):
                shown += known
                continue
            case value, ListKind() if not (isinstance(value, Call) and value.function is tuple):
                listed: Expr = value
            case value, (TupleKind() | ListKind() | Array() | Object()):
                listed = Call(list, (value,))
            case _:
                return Build(form, items)
        parts += [Build("list", tuple(shown))] if shown else []
        parts.append(listed)
        shown = []
    if shown or not parts:
        parts.append(Build("list" if parts else form, tuple(shown)))
    if len(parts) == 1:
        whole: Expr = parts[0] if isinstance(parts[0], Build) else Call(list, (parts[0],))
    else:
        whole = parts[0]
        for part in parts[1:]:
            whole = Call(operator.add, (whole, part))
    single = len(parts) == 1 and isinstance(parts[0], Build)
    return whole if form == "list" or single else Call(tuple, (whole,))


