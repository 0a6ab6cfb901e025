"""The table of algebraic identities, each with the facts under which it holds.

Every row leaves inf, nan, dtype, shape and whether a value is a number or an array as they are; `algebra` applies it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass

from s2sgrad.core.kinds import Array, Number, Numeric, is_scalar, shape_of
from s2sgrad.core.names import is_bar, is_shadow
from s2sgrad.core.nodes import Call, Const, Expr
from s2sgrad.core.rewrite import free_names
from s2sgrad.simplify.facts import Facts, has_float_dtype, kind_of, same_shape
from s2sgrad.simplify.patterns import Match, parse

Condition = Callable[[Match, Facts], bool]


# ---------------------------------------------------------------- conditions
def floating(name: str) -> Condition:
    """Is it of a floating dtype (an integer times 1.0 is not that integer)?"""
    return lambda found, facts: has_float_dtype(found[name], facts)


def numeric(name: str) -> Condition:
    """Is it known to be a number or an array?"""
    return lambda found, facts: (isinstance(kind_of(found[name], facts), (Number, Array, Numeric))
                                 or has_float_dtype(found[name], facts))


def linear(name: str) -> Condition:
    """Is it an adjoint, for which -0.0 and 0.0 are the same?"""
    return lambda found, facts: any(is_bar(n) or is_shadow(n) for n in free_names(found[name]))


def strong_number(name: str) -> Condition:
    """Is it a NumPy scalar, or an adjoint, so that a later division by zero gives inf as an array would?"""
    def holds(found: Match, facts: Facts) -> bool:
        kind = kind_of(found[name], facts)
        return isinstance(kind, Number) and has_float_dtype(found[name], facts) and (
            not kind.weak or linear(name)(found, facts))
    return holds


def variable(name: str) -> Condition:
    """Is it no literal, and of a floating dtype?"""
    return lambda found, facts: not isinstance(found[name], Const) and has_float_dtype(found[name], facts)


def number(name: str) -> Condition:
    """Is it a number of rank 0?"""
    return lambda found, facts: is_scalar(kind_of(found[name], facts)) and not isinstance(
        kind_of(found[name], facts), Array)


def array(name: str) -> Condition:
    """Is it known to be an array?"""
    return lambda found, facts: isinstance(kind_of(found[name], facts), Array)


def divides(found: Match, facts: Facts) -> bool:
    """`a * (1.0 / b)`: is the dtype that of `a / b`?"""
    kind = kind_of(found["b"], facts)
    return has_float_dtype(found["b"], facts) or isinstance(kind, Number) and kind.weak


def never_raises(found: Match, facts: Facts) -> bool:
    """Is one of them an array, or an entry of one, for which `/` gives inf or nan where Python's numbers raise? (An
    adjoint, or what has the kind of a NumPy scalar, may be Python's 0.0 when it runs.)"""
    def is_array(expr: Expr) -> bool:
        kind = kind_of(expr, facts)
        return isinstance(kind, Array) and bool(kind.rank)

    def sure(name: str) -> bool:
        match found[name]:
            case Call(operator.getitem, (base, _)) if is_array(base):
                return not linear(name)(found, facts)
        return is_array(found[name]) and not linear(name)(found, facts)

    return all(isinstance(kind_of(found[n], facts), (Array, Number)) for n in ("x", "y")) and (sure("x") or sure("y"))


def regroups(found: Match, facts: Facts) -> bool:
    """`a * (b * x)`: is `a * b * x` no more work, and of the same dtype?"""
    a, b, x = (kind_of(found[n], facts) for n in ("a", "b", "x"))
    weak = isinstance(a, Number) and a.weak
    if isinstance(found["a"], Const) and isinstance(found["b"], Const):
        return False        # a row of its own, which looks at their sizes
    if not has_float_dtype(found["b"], facts) or not (weak or has_float_dtype(found["a"], facts)):
        return False
    whole = shape_of(kind_of(Call(operator.mul, (found["b"], found["x"])), facts))
    return is_scalar(a) or same_shape(shape_of(a), shape_of(x)) or same_shape(shape_of(b), whole)


def divided_last(found: Match, facts: Facts) -> bool:
    """`a * (c / b)`: is `c * a / b` no more work, of the same dtype, and free of overflow?"""
    a, b = kind_of(found["a"], facts), kind_of(found["b"], facts)
    return (moderate(found, facts) and not isinstance(found["a"], Const) and has_float_dtype(found["a"], facts)
            and has_float_dtype(found["b"], facts) and (is_scalar(a) or same_shape(shape_of(a), shape_of(b))))


def numbers_first(found: Match, facts: Facts) -> bool:
    """`c * x * n`: is x an array, and n a number, so that one product of numbers spares one of arrays?"""
    x, n = kind_of(found["x"], facts), kind_of(found["n"], facts)
    return (moderate(found, facts) and isinstance(x, Array) and bool(x.shape) and isinstance(n, Number)
            and not isinstance(found["n"], Const) and has_float_dtype(found["n"], facts))


def alike(found: Match, facts: Facts) -> bool:
    """Is y an array of the shape and dtype of x?"""
    x, y = kind_of(found["x"], facts), kind_of(found["y"], facts)
    return (isinstance(x, Array) and isinstance(y, Array) and x.dtype == y.dtype is not None
            and same_shape(x.shape, y.shape))


def one_shape(found: Match, facts: Facts) -> bool:
    """Are both arrays of one shape and one real dtype (np.vdot takes the conjugate of what is complex)?"""
    a, b = kind_of(found["a"], facts), kind_of(found["b"], facts)
    return (isinstance(a, Array) and isinstance(b, Array) and a.rank != 0 and a.dtype == b.dtype
            and a.dtype in ("float64", "float32") and same_shape(a.shape, b.shape))


def level(found: Match, facts: Facts) -> bool:
    """Are all of one shape, so that it does not matter which are added first?"""
    shapes = [shape_of(kind_of(e, facts)) for e in found.values()]
    return all(is_scalar(kind_of(e, facts)) for e in found.values()) or all(same_shape(shapes[0], s) for s in shapes)


def moderate(found: Match, facts: Facts) -> bool:
    """Two literals whose product neither overflows nor vanishes, also beside large and small numbers."""
    return all(1e-8 < abs(v.value) < 1e8 for n, v in found.items() if n in ("c", "d") and isinstance(v, Const))


def both(*conditions: Condition) -> Condition:
    """All of these."""
    return lambda found, facts: all(condition(found, facts) for condition in conditions)


# ---------------------------------------------------------------- the table
@dataclass(frozen=True)
class Identity:
    """`pattern` is `result` whenever the condition holds."""

    pattern: Expr
    result: Expr
    condition: Condition


def identity(pattern: str, result: str, condition: Condition) -> Identity:
    """A row of the table."""
    return Identity(parse(pattern), parse(result), condition)


TABLE = (
    identity("1.0 * x", "x", floating("x")),
    identity("x * 1.0", "x", floating("x")),
    identity("x / 1.0", "x", floating("x")),
    identity("x ** 1", "x", floating("x")),
    identity("x ** 1.0", "x", floating("x")),
    identity("x + 0.0", "x", both(floating("x"), linear("x"))),
    identity("0.0 + x", "x", both(floating("x"), linear("x"))),
    identity("x - 0.0", "x", floating("x")),
    identity("0.0 - x", "-x", both(floating("x"), linear("x"))),
    identity("--x", "x", numeric("x")),
    identity("-(x * y)", "-x * y", floating("x")),
    identity("x * -y", "-x * y", both(floating("x"), floating("y"))),
    identity("-(x / y)", "-x / y", floating("x")),
    identity("-1.0 * x", "-x", floating("x")),
    identity("x * -1.0", "-x", floating("x")),
    identity("a + -b", "a - b", numeric("b")),
    identity("x + x", "2.0 * x", floating("x")),
    identity("a + x + x", "a + 2.0 * x", both(floating("x"), numeric("a"))),
    identity("x + (x + a)", "2.0 * x + a", both(floating("x"), numeric("a"))),
    identity("x - a + x", "2.0 * x - a", both(floating("x"), numeric("a"))),
    identity("x + (y + z)", "x + y + z", level),
    identity("x + (y - z)", "x + y - z", level),
    identity("a - -b", "a + b", numeric("b")),
    identity("-a + b", "b - a", both(numeric("a"), numeric("b"))),
    identity("a * (1.0 / b)", "a / b", divides),
    identity("(1.0 / b) * a", "a / b", divides),
    identity("x * c", "c * x", variable("x")),
    identity("c * (d * x)", "(c * d) * x", moderate),
    identity("c * (d / x)", "(c * d) / x", moderate),
    identity("c * (d * x / y)", "(c * d) * x / y", moderate),
    identity("a * (c / b)", "c * a / b", divided_last),
    identity("a * (b * x)", "a * b * x", regroups),
    identity("c * x * n", "c * n * x", numbers_first),
    identity("np.divide(x, y)", "x / y", never_raises),
    identity("np.zeros_like(x) + y", "y", alike),
    identity("np.sum(a * b)", "np.vdot(a, b)", one_shape),
    identity("np.vdot(-x, y)", "-np.vdot(x, y)", both(floating("x"), floating("y"))),
    identity("np.broadcast_to(x, ())", "x", number("x")),
    identity("np.sum(x)", "x", strong_number("x")),
    identity("np.shape(x)", "()", number("x")),
    identity("np.shape(x)", "x.shape", array("x")),
    identity("np.size(x)", "x.size", array("x")),
    identity("np.transpose(x)", "x.T", array("x")),
    identity("x.T.T", "x", array("x")),
)
