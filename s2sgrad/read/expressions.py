"""Expressions: gast -> core.

Goes out: a pure tree. What needs statements of its own (a conditional expression, `:=`, a comprehension, the call of
a user's function) is put into `self.pre` before it, and then the operands that Python evaluates earlier are put
before that, so that the order of evaluation stays.
"""

from __future__ import annotations

import builtins
import itertools
import math
import operator
import sys
import types
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import gast

from s2sgrad.core import primitives
from s2sgrad.core.classes import LIBRARIES, is_user_class
from s2sgrad.core.closure import Closure
from s2sgrad.core.names import is_temporary
from s2sgrad.core.nodes import (
    Assign,
    Block,
    Build,
    Call,
    Const,
    Expr,
    If,
    Method,
    Star,
    Statement,
    Var,
)
from s2sgrad.core.operators import SILENT, TAKING
from s2sgrad.errors import Origin, S2SGradError, UnsupportedError
from s2sgrad.read.arguments import in_turn
from s2sgrad.read.callables import with_first_by_position
from s2sgrad.read.callees import is_read_before, rebound_by
from s2sgrad.read.comparisons import compare
from s2sgrad.read.displays import dict_display
from s2sgrad.read.operators import BINARY, UNARY
from s2sgrad.read.scope import MISSING, Context, is_static, lookup
from s2sgrad.read.source import Source
from s2sgrad.read.streams import Flow
from s2sgrad.read.vectorized import vectorized
from s2sgrad.rules.registry import rule_of

CONSUMERS = (sum, min, max, any, all, list, tuple, sorted, set, frozenset, math.fsum, math.prod, itertools.product,
             itertools.permutations, itertools.combinations, itertools.combinations_with_replacement, "unpack")
REFLECTION = (eval, exec, locals, globals, vars, getattr, setattr, delattr, compile, __import__)
KEYWORDS = "**"                     # the name of `**options` among the keyword arguments of a call


def is_user_function(value: Any) -> bool:
    """A function whose source is differentiated: Python code without a rule of its own."""
    match value:
        case Closure():
            return True
        case types.FunctionType() | types.MethodType():
            root = (value.__module__ or "").partition(".")[0]
            return value.__module__ == vectorized.__module__ or rule_of(value) is None and root not in LIBRARIES and (
                root == "__main__" or root not in sys.stdlib_module_names)
    return False


class ExpressionReader(ABC):
    """Reads the expressions of one function; statements that they need gather in `pre`."""

    def __init__(self, source: Source, context: Context, scope: dict[str, str] | None = None) -> None:
        self.source, self.context = source, context
        self.function = source.function
        self.scope: dict[str, str] = dict(scope or {})      # the user's local names -> core names
        self.statics: dict[str, Any] = {}                   # local names bound by an import statement
        self.pre: list[Statement] = []
        self.flow = Flow()
        self.origin = Origin(source.file, source.first_line, function=source.name)

    # -- places
    def place(self, node: gast.AST) -> Origin:
        """The origin of a node, for messages."""
        end = getattr(node, "end_col_offset", None)
        if getattr(node, "end_lineno", None) != getattr(node, "lineno", None):
            end = None
        return Origin(self.source.file, getattr(node, "lineno", self.origin.line), getattr(node, "col_offset", 0), end,
                      self.origin.text, self.source.name)

    def refuse(self, node: gast.AST, cause: str, remedy: str = "",
               error: type[S2SGradError] = UnsupportedError) -> S2SGradError:
        """The error to raise for this node."""
        return error(cause, remedy, self.place(node))

    # -- helpers
    def emit(self, statement: Statement) -> None:
        """Put a statement before the expression that is being read."""
        self.pre.append(statement)

    def temporary(self, value: Expr) -> Var:
        """Bind a value to a new temporary."""
        name = self.context.fresh()
        self.emit(Assign((name,), value, origin=self.origin))
        return Var(name)

    def name_of(self, expr: Expr) -> str:
        """The name of a value, which gets a temporary if it has none."""
        return expr.name if isinstance(expr, Var) else self.temporary(expr).name

    def operands(self, nodes: Sequence[gast.AST], before: Sequence[Expr] = ()) -> list[Expr]:
        """Read in Python's order; what was read before a statement was needed is evaluated before that statement."""
        found: list[Expr] = list(before)
        for node in nodes:
            mark = len(self.pre)
            value = self.expr(node)
            if len(self.pre) > mark:
                found = self._settle(found, mark)
            found.append(value)
        return found

    def _settle(self, found: list[Expr], mark: int) -> list[Expr]:
        later, self.pre = self.pre[mark:], self.pre[:mark]
        settled = [self._settled(value, rebound_by(later)) for value in found]
        self.pre += later
        return settled

    def _settled(self, value: Expr, rebound: set[str] | None) -> Expr:
        """A value that statements which bind these names do not change; the parts of an index stay in their form."""
        match value:
            case Var(name) if is_temporary(name) or (rebound is not None and name not in rebound):
                return value
            case Star(inner):
                return Star(self.temporary(inner))
            case Build("tuple" | "slice" as form, items):
                return Build(form, tuple(self._settled(item, rebound) for item in items))
        return value if isinstance(value, Const) else self.temporary(value)

    # -- expressions
    def expr(self, node: gast.AST) -> Expr:
        """The core expression of a node."""
        match node:
            case gast.Constant(value=value):
                return Const(value)
            case gast.Name(id=name):
                return self.name(node, name)
            case gast.BinOp(left=left, op=op, right=right):
                a, b = self.operands([left, right])
                return Call(BINARY[type(op)], (a, b))
            case gast.UnaryOp(op=gast.Not(), operand=operand):
                return Call(operator.not_, (self.test(operand),))
            case gast.UnaryOp(op=gast.USub(), operand=gast.Constant(value=int() | float() | complex() as number)):
                return Const(-number)
            case gast.UnaryOp(op=op, operand=operand):
                return Call(UNARY[type(op)], (self.expr(operand),))
            case gast.Compare():
                return compare(self, node)
            case gast.BoolOp(op=op, values=values):
                return self.boolean(node, isinstance(op, gast.And), values)
            case gast.IfExp(test=test, body=body, orelse=orelse):
                return self.conditional(test, body, orelse)
            case gast.Subscript(value=value, slice=index):
                base, key = self.operands([value, index])
                return Call(operator.getitem, (base, key))
            case gast.Slice(lower=lower, upper=upper, step=step):
                none = gast.Constant(None, None)
                return Build("slice", tuple(self.operands([lower or none, upper or none, step or none])))
            case gast.Tuple(elts=elts):
                return Build("tuple", tuple(self.operands(elts)))
            case gast.List(elts=elts):
                return Build("list", tuple(self.operands(elts)))
            case gast.Set(elts=elts):
                return Build("set", tuple(self.operands(elts)))
            case gast.Dict(keys=keys, values=values):
                found = self.operands([n for pair in zip(keys, values, strict=True) for n in pair if n is not None])
                return dict_display(self, [k is None for k in keys], found)
            case gast.Starred(value=value):
                return Star(self.expr(self.consumed([value], "unpack")[0]))
            case gast.Attribute(value=value, attr=attr):
                return self.attribute(node, value, attr)
            case gast.Call():
                return self.call(node)
            case gast.NamedExpr(target=target, value=value):
                name = self.bind(target.id)
                self.emit(Assign((name,), self.expr(value), origin=self.origin))
                return self.temporary(Var(name))
            case gast.JoinedStr(values=values):
                return Call(primitives.fstring, tuple(self.operands(values)))
            case gast.FormattedValue(value=value, conversion=conversion, format_spec=spec):
                parts = self.operands([value] + ([spec] if spec is not None else []))
                mode = chr(conversion) if conversion > 0 else ""
                return Call(primitives.formatted, (parts[0], Const(mode), parts[1] if spec is not None else Const("")))
            case gast.Lambda():
                return self.closure(node, "lambda")
            case gast.ListComp() | gast.SetComp() | gast.DictComp():
                return self.comprehension(node)
            case gast.GeneratorExp():
                raise self.refuse(node, "A generator is supported only where it is run through: in a loop, or as the "
                                        "argument of sum, min, max, any, all, list, tuple and the like.",
                                  "Write a list comprehension instead.")
            case gast.Yield() | gast.YieldFrom():
                raise self.refuse(node, "The value of a `yield` is not supported.", "Write `yield` as a statement.")
        raise self.refuse(node, f"{type(node).__name__} is not supported.", "Write it with simpler expressions.")

    def test(self, node: gast.AST) -> Expr:
        """An expression of which only the truth counts: `and`, `or` stay lazy expressions if they can."""
        match node:
            case gast.BoolOp(op=op, values=values):
                mark, found = len(self.pre), []
                for value in values:
                    found.append(self.test(value))
                if len(self.pre) == mark:
                    lazy = primitives.and_ if isinstance(op, gast.And) else primitives.or_
                    return Call(lazy, tuple(found))
                del self.pre[mark:]
                return self.boolean(node, isinstance(op, gast.And), values)
            case gast.UnaryOp(op=gast.Not(), operand=operand):
                return Call(operator.not_, (self.test(operand),))
        return self.expr(node)

    def boolean(self, node: gast.AST, conjunction: bool, values: Sequence[gast.AST]) -> Expr:
        """`a and b` as a value: the operand that decided."""
        result = self.context.fresh()
        self.emit(Assign((result,), self.expr(values[0]), origin=self.origin))
        rest = self.inside(lambda: self.boolean(node, conjunction, values[1:]) if len(values) > 2
                           else self.expr(values[1]), result)
        test: Expr = Var(result) if conjunction else Call(operator.not_, (Var(result),))
        self.emit(If(test, rest, (), origin=self.origin))
        return Var(result)

    def inside(self, read: Any, result: str) -> tuple[Statement, ...]:
        """The statements of a branch that ends by binding `result` to what `read` gives."""
        outer, self.pre = self.pre, []
        value = read()
        body, self.pre = self.pre, outer
        return (*body, Assign((result,), value, origin=self.origin))

    def conditional(self, test: gast.AST, then: gast.AST, orelse: gast.AST) -> Expr:
        """`a if t else b` as a statement that binds a temporary."""
        condition = self.test(test)
        result = self.context.fresh()
        taken = self.inside(lambda: self.expr(then), result)
        other = self.inside(lambda: self.expr(orelse), result)
        self.emit(If(condition, taken, other, origin=self.origin))
        return Var(result)

    # -- names
    def bind(self, name: str) -> str:
        """The core name of a local name that is being bound."""
        return name[1:] if name.startswith("=") else self.scope.setdefault(name, name)

    def name(self, node: gast.AST, name: str) -> Expr:
        """A name that is read."""
        if name.startswith("="):                    # made while reading, for a value that has a core name
            return Var(name[1:])
        if name in self.flow.pending:
            raise self.refuse(node, f"The generator `{name}` is used as a value.", "Make it a list: `list(...)`.")
        if name in self.statics:
            return Const(self.statics[name])
        if name in self.scope:
            return Var(self.scope[name])
        holder, key, value = lookup(self.function, name)
        if value is MISSING:
            raise self.refuse(node, f"The name `{name}` is not defined.", f"Define `{name}` before it is used.")
        return self.resolved(holder, key, name, value)

    def resolved(self, holder: Any, key: str, name: str, value: Any) -> Expr:
        """A name of the module, closure or builtins: a known function or module, or live data."""
        if is_static(value):
            self.context.depend(holder, key, value)
            if holder is vars(builtins):
                self.context.depend(self.function.__globals__, key, MISSING)
            return Const(value)
        return Var(self.context.datum(holder, key, name))

    def attribute(self, node: gast.AST, value: gast.AST, attr: str) -> Expr:
        """`x.attr`; attributes of modules are resolved."""
        base = self.expr(value)
        if isinstance(base, Const) and isinstance(base.value, types.ModuleType):
            module = base.value
            if not hasattr(module, attr):
                raise self.refuse(node, f"Module `{module.__name__}` has no attribute `{attr}`.")
            found = getattr(module, attr)
            if module.__name__.split(".")[0] in ("numpy", "math", "scipy", "operator"):
                if is_static(found):
                    if attr in vars(module):
                        self.context.depend(vars(module), attr, found)
                    return Const(found)
                return Call(getattr, (base, Const(attr)))
            return self.resolved(vars(module), attr, attr, found)
        if isinstance(base, Const) and isinstance(base.value, type) and is_static(getattr(base.value, attr, None)):
            owner = next(c for c in base.value.__mro__ if attr in vars(c))
            self.context.depend(vars(owner), attr, vars(owner)[attr])
            return Const(getattr(base.value, attr))
        if isinstance(base, Const) and hasattr(base.value, attr) and type(base.value).__module__ == "numpy":
            return Const(getattr(base.value, attr))               # np.add.at
        return Call(getattr, (base, Const(attr)))

    # -- calls
    def call(self, node: gast.Call) -> Expr:
        """A call: of a known object, of a method, or of a value."""
        special = self.special(node)
        if special is not None:
            return special
        receiver: list[gast.AST] = []
        function_value: Expr | Method
        if isinstance(node.func, gast.Attribute):
            target = self.attribute(node.func, node.func.value, node.func.attr)
            match target:
                case Call(reads, (base, Const(value=attr))) if reads is getattr and (
                        not isinstance(base, Const) or isinstance(base.value, str)):
                    receiver, function_value = [node.func.value], Method(attr)
                case _:
                    function_value = target
        else:
            function_value = self.expr(node.func)
        function: Any = function_value.value if isinstance(function_value, Const) else function_value
        nodes = self.consumed(node.args, function)
        if any(function is f for f in REFLECTION):
            raise self.refuse(node, f"`{function.__name__}` is not supported: what it reads or writes cannot be "
                                    "followed.",
                              "Write the name, the attribute or the expression itself.")
        mark = len(self.pre)
        values = self.operands([*nodes, *(k.value for k in node.keywords)], [base] if receiver else [])
        if isinstance(function, (Var, Method)) and is_read_before(function, self.pre[mark:], self.function.__code__):
            later, self.pre = self.pre[mark:], self.pre[:mark]
            callee = target if isinstance(function, Method) else function
            function, values = self.temporary(callee), values[len(receiver):]
            receiver, self.pre = [], self.pre + later
        if node.keywords:
            values = in_turn(self, values)
        count = len(receiver) + len(nodes)
        keywords = tuple((k.arg or KEYWORDS, v) for k, v in zip(node.keywords, values[count:], strict=True))
        if not isinstance(function, (Var, Method)) and isinstance(function_value, Call):
            function = self.temporary(function_value)
        if isinstance(function, types.MethodType) and is_user_function(function):
            values, function, count = [self.temporary(Const(function.__self__)), *values], function.__func__, count + 1
        result = Call(function, tuple(values[:count]), keywords)
        if not receiver and not nodes and keywords:
            result = with_first_by_position(result)
        if function is super and not values:
            result = self.parent(node)
        if isinstance(function, Var) or is_user_function(function) or is_user_class(function):
            return self.temporary(result)
        if isinstance(function, Method):
            return self.temporary(result) if function.name in (*TAKING, *SILENT) else result
        rule = rule_of(function)
        if (rule is not None and rule.pure) or isinstance(function, type):
            return result
        return self.temporary(result)

    def parent(self, node: gast.Call) -> Call:
        """`super()` as `super(Class, self)`."""
        _, _, cls = lookup(self.function, "__class__")
        code = self.function.__code__
        if cls is MISSING or not code.co_argcount:
            raise self.refuse(node, "`super()` outside of a method is not supported.", "Name the class.")
        return Call(super, (Const(cls), Var(self.scope[code.co_varnames[0]])))

    @abstractmethod
    def closure(self, node: gast.AST, name: str) -> Expr:
        """A nested function as a value."""

    @abstractmethod
    def comprehension(self, node: gast.AST) -> Expr:
        """A list, set or dict comprehension as a loop."""

    @abstractmethod
    def consumed(self, nodes: Sequence[gast.AST], function: Any) -> Sequence[gast.AST]:
        """The argument nodes of a call; a stream that the function consumes at once becomes a list."""

    @abstractmethod
    def special(self, node: gast.Call) -> Expr | None:
        """The value of a call that is read in a way of its own, else None."""

    @abstractmethod
    def target(self, target: gast.AST, value: Expr) -> None:
        """Bind or store one target."""

    @abstractmethod
    def block(self, nodes: Sequence[gast.AST]) -> Block:
        """The statements of a block."""
