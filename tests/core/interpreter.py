"""An evaluator of core programs: the meaning that every pass must keep, written independently of the emitter.

Adjoints by value are values: `Accumulate` makes a new one, an unbound one is zero. Shadows are written in place.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sgrad.core.names import is_shadow
from s2sgrad.core.nodes import (
    Accumulate,
    Assert,
    Assign,
    Block,
    Build,
    Call,
    Const,
    Effect,
    Expr,
    For,
    Function,
    If,
    Kill,
    Recall,
    Record,
    Return,
    Store,
    Var,
    While,
)
from s2sgrad.core.primitives import LAZY, and_, if_else


class Returned(Exception):
    """Carries the value of a return."""


def run(function: Function, *args: Any, **globals_: Any) -> Any:
    """The value of the function for these arguments."""
    env = {**globals_, **dict(zip((p.name for p in function.params), args, strict=True))}
    try:
        _block(function.body, env)
    except Returned as done:
        return done.args[0]
    return None


def evaluate(expr: Expr, env: dict[str, Any]) -> Any:
    """The value of an expression."""
    match expr:
        case Var(name):
            return env[name]
        case Const(value):
            return value
        case Build("slice", items):
            return slice(*(evaluate(i, env) for i in items))
        case Build(form, items):
            return {"tuple": tuple, "list": list}[form](evaluate(i, env) for i in items)
        case Call(function, args) if function in LAZY:
            if function is if_else:
                return evaluate(args[1] if evaluate(args[0], env) else args[2], env)
            value = None
            for a in args:
                value = evaluate(a, env)
                if bool(value) is not (function is and_):
                    break
            return value
        case Call(function, args, kwargs):
            called = env[function.name] if isinstance(function, Var) else function
            return called(*(evaluate(a, env) for a in args), **{k: evaluate(v, env) for k, v in kwargs})
        case _:
            raise TypeError(expr)


def _block(block: Block, env: dict[str, Any]) -> None:
    for stmt in block:
        match stmt:
            case Assign((target,), value):
                env[target] = evaluate(value, env)
            case Assign(targets, value):
                env.update(zip(targets, evaluate(value, env), strict=True))
            case Store(base, None, value, op) if op is not None:
                env[base] = op(env[base], evaluate(value, env))
            case Store(base, index, value, op):
                if op is None:
                    new = evaluate(value, env)
                    env[base][evaluate(index, env)] = new
                else:
                    where = evaluate(index, env)
                    env[base][where] = op(env[base][where], evaluate(value, env))
            case Accumulate(bar, index, value, like, sign):
                _accumulate(env, bar, None if index is None else evaluate(index, env), evaluate(value, env), like, sign)
            case Kill(bar, like):
                env[bar] = np.zeros(np.shape(env[like]))
            case Record(slot, value):
                env.setdefault(slot, []).append(np.copy(evaluate(value, env)))
            case Recall(target, slot, None):
                env[target] = env[slot].pop()
            case Recall(target, slot, index):
                env[target][evaluate(index, env)] = env[slot].pop()
            case If(test, then, orelse):
                _block(then if evaluate(test, env) else orelse, env)
            case For(target, over, body):
                for item in evaluate(over, env):
                    env[target] = item
                    _block(body, env)
            case While(test, body):
                while evaluate(test, env):
                    _block(body, env)
            case Return(value):
                raise Returned(evaluate(value, env))
            case Effect(call):
                evaluate(call, env)
            case Assert(test):
                assert evaluate(test, env)
            case _:
                raise TypeError(stmt)


def _accumulate(env: dict[str, Any], bar: str, index: Any, value: Any, like: str, sign: int) -> None:
    old = env.get(bar)
    if old is None:
        old = np.zeros(np.shape(env[like]))
    if index is None and not is_shadow(bar):
        env[bar] = old + sign * value
        return
    new = old if is_shadow(bar) else np.array(old)
    new[... if index is None else index] += sign * value
    env[bar] = new
