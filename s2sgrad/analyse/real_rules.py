"""Rules of real functions that meet complex values, which is refused: they would give a wrong derivative.

Comes in: a flat function with its activity. Goes out: nothing, or the refusal. A rule that holds for complex values
too says so (`Rule.complex_too`). Of a dtype that is not known is assumed that it is real, as all arguments are; where
the function computes with complex values, what may hide one is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from s2sgrad.analyse.activity import Activity
from s2sgrad.core.kinds import UNKNOWN, Array, Kind, Known, Numeric, is_complex
from s2sgrad.core.nodes import Assign, Build, Call, Expr, Function, Method, Statement, Store, Var, walk
from s2sgrad.core.rewrite import exprs, walk_statements
from s2sgrad.errors import Origin, UnsupportedError
from s2sgrad.read.callables import name_of
from s2sgrad.rules.registry import Rule, rule_of


def refuse_real_rules(flat: Function, activity: Activity) -> None:
    """Refuse (UnsupportedError) to differentiate a function of real numbers of which an operand is complex."""
    if not has_complex(activity.kinds.names.values()):
        return
    for statement in walk_statements(flat.body):
        for expr in exprs(statement):
            for call in walk(expr):
                if isinstance(call, Call) and not isinstance(call.function, (Var, Method)):
                    rule = rule_of(call.function)
                    if rule is not None and _matters(rule, call, statement, activity):
                        _refuse(rule, call, activity, statement.origin)


def has_complex(kinds: Iterable[Kind]) -> bool:
    """Is any of the values, or an entry of one, known to be complex?"""
    return any(is_complex(kind) for kind in kinds)


def _matters(rule: Rule, call: Call, statement: Statement, activity: Activity) -> bool:
    """Does a derivative flow through the call, or end in it because its rule says that it is zero?"""
    if rule.form == "zero":
        return not rule.complex_too and any(activity.is_varied(a) for a in _operands(call))
    match statement:
        case Assign(targets):
            found = any(activity.active(t) for t in targets)
        case Store(base):
            found = activity.active(base)
        case _:
            found = True
    return found and rule.implementation is not None and activity.is_active(call)


def _operands(call: Call) -> Iterator[Expr]:
    for a in (*call.args, *(v for _, v in call.kwargs)):
        yield from a.items if isinstance(a, Build) else (a,)


def _refuse(rule: Rule, call: Call, activity: Activity, at: Origin) -> None:
    kinds = activity.kinds
    result = kinds.of(call)
    operands = list(_operands(call))
    if rule.complex_too:
        dtype = dict(call.kwargs).get("dtype")
        hidden = isinstance(result, (Array, Numeric)) and result.dtype is None and (
            any(kinds.of(a) == UNKNOWN or is_complex(kinds.of(a)) for a in operands)
            or dtype is not None and not isinstance(kinds.of(dtype), Known))
        if hidden:
            raise UnsupportedError(f"`{name_of(call.function)}` gives an array that may be complex: its dtype is not "
                                   "known here.", "Write the dtype as a constant (dtype=complex, dtype=float).", at)
        return
    if is_complex(result) or any(is_complex(kinds.of(a)) for a in operands):
        raise UnsupportedError(f"`{name_of(call.function)}` of a complex value that is differentiated is not "
                               "supported.", "Compute with real and imaginary parts (z.real, z.imag), or with abs(z).",
                               at)
    if any(kinds.of(a) == UNKNOWN and activity.is_active(a) for a in operands):
        raise UnsupportedError(f"`{name_of(call.function)}` is called with a value that may be complex: nothing is "
                               "known of it here.", "Take its real part first (np.real), which says that it is real.",
                               at)
