"""Loops and branches of the JAX dialect: nested functions, and the call that runs them.

    def forward(carry, x):                    def then(h):
        h, s = carry                              ...
        ...                                       return h, s
        return (h, s), h_record
                                              def otherwise(h):
    (h, s), h_record = lax.scan(                  ...
        forward, (h, s), xs)                  h, s = lax.cond(taken, then, otherwise, h)
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Sequence

from s2sgrad.core.functional import Branch, Repeat, Scan
from s2sgrad.core.named import Named
from s2sgrad.core.nodes import Assign, Block, Comment, Const, Expr, Function, Statement, Var
from s2sgrad.core.rewrite import bound, walk_statements
from s2sgrad.emit.live import read_in
from s2sgrad.emit.statements import StatementSyntax, without_pass
from s2sgrad.emit.syntax import load

COND, SCAN, FORI = Named("jax.lax.cond"), Named("jax.lax.scan"), Named("jax.lax.fori_loop")
LOOSE_COND = Named("s2sgrad.execute.jax_runtime.branch")
LOOSE_SCAN = Named("s2sgrad.execute.jax_runtime.scan")

FEW = 3                     # more names than that are handed in under one name


class FunctionalSyntax(StatementSyntax):
    """Builds the definitions of one program's functions, in the JAX dialect too."""

    nothing = "_"               # what is handed in and not read

    def function(self, function: Function) -> ast.FunctionDef:
        """The definition of a function; the names of the functions inside it are its own."""
        outside = self.taken
        self.nothing = "_" if "_" not in read_in(function.body) else self.word_for("unread")
        definition = super().function(function)
        self.taken = outside
        return definition

    def nodes(self, statement: Statement) -> list[ast.stmt]:
        """The nodes of a statement."""
        match statement:
            case Scan():
                return self.scan(statement)
            case Repeat():
                return self.repeat(statement)
            case Branch():
                return self.branch(statement)
        return super().nodes(statement)

    def scan(self, scan: Scan) -> list[ast.stmt]:
        """`def forward(carry, step): ...` and `lax.scan(forward, carry, steps)`."""
        name = self.function_name("reverse" if scan.backwards or scan.reverses else "forward")
        carry, carried = self.taken_in(scan.carried, "carry")
        step, steps = self.taken_in(tuple(n for n, _ in scan.steps), "step")
        if step == carry:
            step = self.word_for("unread")
        block, given = given_back(scan.body, (*scan.carried, *scan.slots))
        count = len(scan.carried)
        back = ast.Tuple(elts=[self.together(given[:count]), self.together(given[count:])], ctx=ast.Load())
        body = [*carried, *steps, *without_pass(self.block(block)), ast.Return(value=back)]
        stacked = [self.expression(s) for _, s in scan.steps]
        xs: ast.expr = stacked[0] if len(stacked) == 1 else ast.Tuple(elts=stacked, ctx=ast.Load())
        if not stacked:
            xs = ast.Constant(value=None)
        options = [ast.keyword(arg="length", value=self.expression(scan.length))] if scan.length is not None else []
        if scan.backwards:
            options.append(ast.keyword(arg="reverse", value=ast.Constant(value=True)))
        ahead, handed = self.handed_in(scan.initial)
        call = self.invoke(self.known(LOOSE_SCAN if scan.loose else SCAN), [load(name), handed, xs], options)
        targets = ast.Tuple(elts=[self.target(scan.carried), self.target(scan.slots)], ctx=ast.Store())
        return [_define(name, [carry, step], body), *ahead, ast.Assign(targets=[targets], value=call)]

    def handed_in(self, initial: Sequence[Expr]) -> tuple[list[ast.stmt], ast.expr]:
        """What the first trip takes over: `carry`, made on a line of its own where it is much."""
        values = [self.expression(e) for e in initial]
        if len(values) <= 1:
            return [], values[0] if values else ast.Constant(value=None)
        together = ast.Tuple(elts=values, ctx=ast.Load())
        if len(values) <= FEW and all(isinstance(e, Var) for e in initial):
            return [], together
        word = self.word_for("carry")
        return [ast.Assign(targets=[ast.Name(id=word, ctx=ast.Store())], value=together)], load(word)

    def repeat(self, repeat: Repeat) -> list[ast.stmt]:
        """`def forward(i, carry): ...` and `lax.fori_loop(start, stop, forward, carry)`."""
        name = self.function_name("reverse" if repeat.reverses else "forward")
        carry, carried = self.taken_in(repeat.carried, "carry")
        block, given = given_back(repeat.body, repeat.carried)
        body = [*carried, *without_pass(self.block(block)), ast.Return(value=self.together(given))]
        ahead, handed = self.handed_in(repeat.initial)
        call = self.invoke(self.known(FORI), [self.expression(repeat.start), self.expression(repeat.stop), load(name),
                                              handed])
        return [_define(name, [repeat.index, carry], body), *ahead,
                ast.Assign(targets=[self.target(repeat.carried)], value=call)]

    def branch(self, branch: Branch) -> list[ast.stmt]:
        """`def then(...): ...`, `def otherwise(...): ...` and `lax.cond(test, then, otherwise, ...)`."""
        names = self.function_name("then"), self.function_name("otherwise")
        definitions = [self.one_branch(name, branch, block)
                       for name, block in zip(names, (branch.then, branch.orelse), strict=True)]
        operands: list[ast.expr] = [load(n) for n in branch.operands]
        call = self.invoke(self.known(LOOSE_COND if branch.loose else COND),
                           [self.expression(branch.test), *map(load, names), *operands])
        targets = self.targets(branch.results)
        return [*definitions, ast.Assign(targets=[targets], value=call)]

    def together(self, exprs: Sequence[Expr]) -> ast.expr:
        """`a`, `(a, b)`, or None for nothing."""
        if len(exprs) == 1:
            return self.expression(exprs[0])
        if not exprs:
            return ast.Constant(value=None)
        return ast.Tuple(elts=[self.expression(e) for e in exprs], ctx=ast.Load())

    def one_branch(self, name: str, branch: Branch, block: Block) -> ast.FunctionDef:
        """One of the two functions of a branch."""
        block, given = given_back(block, branch.results)
        return _define(name, list(branch.operands),
                       [*without_pass(self.block(block)), ast.Return(value=self.together(given))])

    def function_name(self, word: str) -> str:
        """A name for a nested function that nothing else in the program has."""
        name = self.word_for(word)
        self.taken |= {name}
        return name

    def taken_in(self, names: Sequence[str], word: str) -> tuple[str, list[ast.stmt]]:
        """The parameter that hands names in, and the statement that unpacks it where there are several."""
        if len(names) == 1:
            return names[0], []
        if not names:
            return self.nothing, []
        parameter = self.word_for(word)
        return parameter, [ast.Assign(targets=[self.targets(tuple(names))], value=load(parameter))]

    def word_for(self, word: str) -> str:
        """A local name of nested functions, the same in all of them."""
        name, number = word, 0
        while name in self.taken:
            name, number = f"{word}_{number + 1}", number + 1
        return name

    def target(self, names: Sequence[str]) -> ast.expr:
        """`a`, `(a, b)`, or `_` for nothing."""
        if not names:
            return ast.Name(id=self.nothing, ctx=ast.Store())
        return self.targets(tuple(names))


def given_back(block: Block, wanted: Sequence[str]) -> tuple[Block, list[Expr]]:
    """The block without the assignments at its end that only pass something on, and the expressions to return."""
    values: dict[str, Expr] = {}
    kept = list(block)
    match kept:
        case [*_, Assign((name,), value)] if (name,) == tuple(wanted):
            return tuple(kept[:-1]), [value]
    times = Counter(name for s in walk_statements(block) for name in bound(s))
    for statement in block:
        match statement:
            case Assign((name,), Const(None) as value) if name in wanted and times[name] == 1:
                values[name] = value
                kept.remove(statement)
    while kept:
        match kept[-1]:
            case Assign((name,), (Var() | Const(None)) as value) if (
                    name in wanted and name not in values and Var(name) not in values.values()):
                values[name] = value
                kept.pop()
            case Comment():
                kept.pop()
            case _:
                break
    return tuple(kept), [values.get(n, Var(n)) for n in wanted]


def _define(name: str, parameters: list[str], body: list[ast.stmt]) -> ast.FunctionDef:
    arguments = ast.arguments(posonlyargs=[], args=[ast.arg(arg=p) for p in parameters], vararg=None, kwonlyargs=[],
                              kw_defaults=[], kwarg=None, defaults=[])
    return ast.FunctionDef(name=name, args=arguments, body=body, decorator_list=[], returns=None, type_comment=None)
