"""What a temporary should be called: a short name for what it holds.

Comes in: the expression that defines it. Goes out: a word in the field's style: `np.exp(z)` is `exp_z`, `A[i, j]` is
`A_ij`, a product `p`, a quotient `q`; `t` where nothing better is known. Only a wish: `names` settles collisions.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any

from s2sgrad.core import primitives
from s2sgrad.core.names import SEED, is_bar, is_shadow
from s2sgrad.core.nodes import Build, Call, Const, Expr, Method, Var, names
from s2sgrad.emit.syntax import COMPARE

LONGEST = 16
NAMELESS = "t"
_LETTERS: dict[Any, str] = {
    operator.add: "s", operator.sub: "d", operator.mul: "p", operator.matmul: "p", operator.truediv: "q",
    operator.floordiv: "q", operator.mod: "r", operator.pow: "p",
}
_NOUNS = {"sum": "total", "max": "largest", "min": "smallest", "abs": "magnitude", "absolute": "magnitude",
          "len": "length", "range": "span", "sqrt": "root", "round": "rounded", "negative": "minus", "list": "items",
          "tuple": "items", "float": "number", "int": "integer", "add": "s", "subtract": "d",
          "multiply": "p", "true_divide": "q", "divide": "q", "power": "p", "matmul": "p", "dot": "p", "not_": "test",
          "if_else": "share", "share_above": "share"}
_AFTER = {"copy": "copy", "array": "array", "asarray": "array", "reshape": "flat", "ravel": "flat", "astype": "cast",
          "transpose": "T", "shape": "shape", "entries": "entries", "keys": "keys",
          "values": "values", "items": "items"}
_POWERS = {2: "squared", 3: "cubed"}

Word = Callable[[str], str]


def describe(expr: Expr, word: Word, adjoint: str = "bar") -> str:
    """A name for the value of an expression; word gives what the names in it are called.

    A sum or product that contains an adjoint is a piece of an adjoint: `d_bar`.
    """
    found = _describe(expr, word)
    if any(is_bar(name) or is_shadow(name) or name == SEED for name in names(expr)):
        return f"d_{adjoint}" if found in _LETTERS.values() or not _clean(found, adjoint) else found
    return found


def _clean(found: str, adjoint: str) -> bool:
    return not found.endswith(f"_{adjoint}") and found != NAMELESS


def _describe(expr: Expr, word: Word) -> str:
    match expr:
        case Call(operator.pow, (base, Const(value=2 | 3 as n))):
            return _joined(_short(base, word), _POWERS[n]) or "p"
        case Call(operator.neg, (operand,)):
            return _joined("minus", _short(operand, word)) or NAMELESS
        case Call(operator.getitem, (base, index)):
            return _joined(_short(base, word), _index(index, word)) or NAMELESS
        case Call(function, (base, Const(value=str() as attribute))) if function is getattr:
            return _joined(_short(base, word), attribute) or NAMELESS
        case Call(function) if _is_test(function):
            return "test"
        case Call(function, args):
            return _called(function, args, word)
        case Var(name):
            return word(name) or NAMELESS
        case Build("tuple" | "list"):
            return "items"
    return NAMELESS


def _called(function: Any, args: tuple[Expr, ...], word: Word) -> str:
    """`exp_z`, `x_copy`, or just `exp`."""
    match function:
        case Var(name) | Method(name):
            called = name
        case _:
            if _hashable(function) and function in _LETTERS:
                return _LETTERS[function]
            called = getattr(function, "__name__", "")
    called = re.sub(r"\W.*|^\W|^_+|_+$|_fwd(_\d+)?$", "", called)
    if not called:
        return NAMELESS
    if called == "broadcast_to":
        called = "broadcast"
    operand = _short(args[0], word) if args else ""
    if called in _AFTER:
        return _joined(operand, _AFTER[called]) or _AFTER[called]
    unary = len(args) == 1 or not any(isinstance(a, Var) for a in args[1:])
    return (unary and _joined(called, operand)) or _NOUNS.get(called, called)


def _short(expr: Expr, word: Word) -> str:
    """A word for an operand, empty where it would need an explanation."""
    match expr:
        case Var(name):
            return word(name)
        case Call(operator.getitem, (Var(name), index)):
            return _joined(word(name), _index(index, word))
        case Call(function, (Var(name), Const(value=str() as attribute))) if function is getattr:
            return _joined(word(name), attribute)
    return ""


def _index(index: Expr, word: Word) -> str:
    """`i`, `ij`, `0`, `row`; `part` for slices."""
    match index:
        case Var(name):
            return word(name)
        case Const(value=int() as n) if n >= 0:
            return str(n)
        case Const(value=-1):
            return "last"
        case Build("tuple", items):
            parts = [_index(i, word) for i in items]
            return "".join(parts) if all(len(p) == 1 for p in parts) else "part"
        case Build("slice"):
            return "part"
    return ""


def _joined(*parts: str) -> str:
    """The parts with underscores, or nothing where one is missing, nameless or they get too long."""
    name = "_".join(parts)
    return name if all(parts) and NAMELESS not in parts and len(name) <= LONGEST and name.isidentifier() else ""


def _is_test(function: Any) -> bool:
    tests = (*COMPARE, operator.not_, primitives.and_, primitives.or_)
    return any(function is test for test in tests)


def _hashable(function: Any) -> bool:
    return type(function).__hash__ is not None
