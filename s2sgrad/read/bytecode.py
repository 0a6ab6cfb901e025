"""Does a piece of source give the code that a function runs? The judge of which source belongs to a function.

Comes in: a parsed `def` or `lambda` and the function. Guaranteed: equal code means equal meaning (defaults aside,
which are values of the function object), wherever in a file the source stands.
"""

from __future__ import annotations
import __future__

import ast
import itertools
import types
from collections.abc import Iterator, Sequence

Definition = ast.FunctionDef | ast.Lambda
FUTURE = 0
for _name in __future__.all_feature_names:
    FUTURE |= getattr(__future__, _name).compiler_flag
NESTED = 0x10                   # CO_NESTED: says where a function stands, not what it does
FAR = 10**6                     # surroundings have line numbers that no function has
PYTEST = "@pytest_ar"           # the name by which pytest's rewritten asserts call their helpers


def compiled(node: Definition, code: types.CodeType, imported: frozenset[str]) -> types.CodeType | None:
    """The code object that `node` compiles to in the surroundings of `code`: its free variables and its class.

    imported: the names that the module imports; `np.sin(x)` is compiled as a method call where `np` is not among them.
    None where the node does not compile there, so that it cannot be the source.
    """
    scopes = surroundings(code.co_qualname)
    own_class = any(scope.startswith("class") for scope in scopes)
    free = [name for name in code.co_freevars if name.isidentifier() and not (own_class and name == "__class__")]
    heads = [scope.format(free=", ".join(free)) for scope in scopes]
    text = "\n".join([f"import {', '.join(sorted(imported))}" if imported else "",
                      *(" " * depth + head for depth, head in enumerate([*heads, "pass"]))])
    module = ast.increment_lineno(ast.parse(text), FAR)
    body: list[ast.stmt] = module.body
    for _ in scopes:
        match body[-1]:
            case ast.FunctionDef() | ast.ClassDef() as scope:
                body = scope.body
    body[-1] = ast.copy_location(ast.Expr(node), node) if isinstance(node, ast.Lambda) else node
    try:
        whole = compile(module, code.co_filename, "exec", flags=code.co_flags & FUTURE, dont_inherit=True)
    except (SyntaxError, ValueError):
        return None
    name = "<lambda>" if isinstance(node, ast.Lambda) else node.name
    first = first_line(node)
    return next((c for c in nested(whole) if c.co_name == name and c.co_firstlineno == first), None)


def first_line(node: Definition) -> int:
    """The line that Python says a function begins at: that of its first decorator."""
    decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
    return min([node.lineno, *(d.lineno for d in decorators)])


def surroundings(qualname: str) -> list[str]:
    """The heads of the functions and classes around a function, outermost first; all functions bind its free names.

    >>> surroundings("Model.fit.<locals>.step")
    ['class Model:', 'def fit({free}):']
    """
    parts = qualname.split(".")[:-1]
    heads = []
    for part, after in itertools.pairwise([*parts, ""]):
        if after == "<locals>" or part.startswith("<") and part != "<locals>":          # a lambda, a comprehension
            heads.append(f"def {'_' if part.startswith('<') else part}({{free}}):")
        elif part != "<locals>":
            heads.append(f"class {part}:")
    return heads


def imports(function: types.FunctionType, lines: Sequence[str]) -> Iterator[frozenset[str]]:
    """The names that occur in a function and that its module imports: first by guess, in the end as its text says.

    Local names count too: Python asks whether the module imports a name even where a local variable hides it.
    """
    codes = (function.__code__, *nested(function.__code__))
    every = {name for c in codes for name in c.co_names + c.co_varnames + c.co_freevars + c.co_cellvars}
    read = {name for name in every if name.isidentifier() and name in function.__globals__}
    guess = frozenset(name for name in read if isinstance(function.__globals__[name], types.ModuleType))
    yield guess
    if guess:
        yield frozenset()                                   # a notebook's imports stand in another cell
    try:
        tree = ast.parse("".join(lines))
    except (SyntaxError, ValueError):
        return
    yield frozenset(module_imports(tree)) & read


def module_imports(tree: ast.AST) -> Iterator[str]:
    """The names that `import` statements bind in the scope of the module."""
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                yield from ((n.asname or n.name).split(".")[0] for n in names)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                pass
            case ast.stmt() | ast.ExceptHandler() | ast.match_case():
                yield from module_imports(node)


def nested(code: types.CodeType) -> Iterator[types.CodeType]:
    """All code objects inside, outermost first."""
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield constant
            yield from nested(constant)


def same(a: types.CodeType, b: types.CodeType) -> bool:
    """Do two code objects do the same? Line numbers, file names and qualified names aside."""
    return (a.co_code == b.co_code and a.co_names == b.co_names and a.co_varnames == b.co_varnames
            and a.co_freevars == b.co_freevars and a.co_cellvars == b.co_cellvars and a.co_name == b.co_name
            and parameters(a) == parameters(b) and a.co_exceptiontable == b.co_exceptiontable
            and len(a.co_consts) == len(b.co_consts) and all(map(same_constant, a.co_consts, b.co_consts)))


def same_constant(a: object, b: object) -> bool:
    """Equal constants of a code object: by type and text (`1`, `1.0`, `-0.0`), nested code by what it does."""
    if isinstance(a, types.CodeType) and isinstance(b, types.CodeType):
        return same(a, b)
    return type(a) is type(b) and constant_key(a) == constant_key(b)


def constant_key(value: object) -> object:
    """A key that tells constants apart; a frozenset (`x in {1, 2}`) has no order of its own."""
    return frozenset(map(repr, value)) if isinstance(value, frozenset) else repr(value)


def parameters(code: types.CodeType) -> tuple[int, ...]:
    """What a call of the function looks like."""
    return code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags & ~(FUTURE | NESTED)


def asserts_rewritten(code: types.CodeType) -> bool:
    """Did pytest replace the asserts of this function, so that its code is not that of its source?"""
    return any(PYTEST in c.co_names for c in (code, *nested(code)))


def contained(source: types.CodeType, rewritten: types.CodeType) -> bool:
    """As `same`, for a function whose asserts pytest rewrote: all that the source names is in the code."""
    def keys(code: types.CodeType) -> set[object]:
        return {(type(c), constant_key(c)) for c in code.co_consts
                if not isinstance(c, types.CodeType) and c is not None}
    inner = {c.co_name: c for c in rewritten.co_consts if isinstance(c, types.CodeType)}
    return (parameters(source) == parameters(rewritten) and source.co_name == rewritten.co_name
            and source.co_varnames[:source.co_argcount] == rewritten.co_varnames[:source.co_argcount]
            and set(source.co_names) <= set(rewritten.co_names)
            and set(source.co_varnames) <= set(rewritten.co_varnames) | set(rewritten.co_cellvars)
            and keys(source) <= keys(rewritten)
            and all(c.co_name in inner and contained(c, inner[c.co_name])
                    for c in source.co_consts if isinstance(c, types.CodeType)))
