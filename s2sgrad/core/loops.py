"""What a loop over elements runs through."""

from __future__ import annotations

import operator

from s2sgrad.core.nodes import Call, Const, Effect, Expr, For, Store, Var, names
from s2sgrad.core.rewrite import bound, walk_statements


def direction(loop: For) -> str:
    """"forward" or "reversed" where the range visits every element of the containers once, else ""."""
    containers = [container for _, container in loop.elements]
    if _changes(loop, containers):
        return ""
    over, direction = loop.over, "forward"
    if isinstance(over, Call) and over.function is reversed and len(over.args) == 1:
        over, direction = over.args[0], "reversed"
    if not isinstance(over, Call) or over.function is not range or len(over.args) != 1:
        return ""
    length = over.args[0]
    lengths = length.args if isinstance(length, Call) and length.function is min else (length,)
    measured = [container for found in lengths for container in containers if _is_length(found, container)]
    complete = len(measured) == len(lengths) and all(c in measured for c in containers)
    return direction if complete else ""


def _changes(loop: For, containers: list[Expr]) -> bool:
    """May a trip change what the containers are (not what they contain), so that each trip reads them anew?"""
    containers = [_run_through(container) for container in containers]
    read = {name for container in containers for name in names(container)}
    for statement in walk_statements((loop,)):
        match statement:
            case Effect(call) if read & names(call):                     # xs.append(x)
                return True
            case Store() | Effect() if any(not isinstance(c, Var) and any(names(c)) for c in containers):
                return True
        if any(name in read for name in bound(statement)):
            return True
    return False


def _run_through(container: Expr) -> Expr:
    """What `reversed(container)` runs through; a range is read once, before the first trip."""
    match container:
        case Call(function, (inner,)) if function is reversed:
            return Const(None) if isinstance(inner, Call) and inner.function is range else inner
    return container


def _is_length(expr: Expr, container: Expr) -> bool:
    """Is the expression `len(container)` or `container.shape[0]`?"""
    shape = Call(getattr, (container, Const("shape")))
    return expr in (Call(len, (container,)), Call(operator.getitem, (shape, Const(0))))
