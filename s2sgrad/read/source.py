"""From a function object to its source, as it stands in the file, the notebook cell or the REPL's memory.

Comes in: what a user passes as a function. Goes out: a `Source`, whose gast node has line numbers of the file and
columns (in characters) of its lines, so that carets are right. Guaranteed: the node compiles to exactly the code that
the function runs. That tells apart two lambdas on a line and two functions of one name, finds a function that has
moved within its file, and refuses a file that was edited after it was imported.
"""

from __future__ import annotations

import ast
import inspect
import linecache
import tokenize
import types
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import gast

from s2sgrad.errors import SourceError
from s2sgrad.read.bytecode import Definition, asserts_rewritten, compiled, contained, first_line, imports, same
from s2sgrad.read.callables import origin_of, plain_function


@dataclass(frozen=True)
class Source:
    """The source of one function.

    node: with the line numbers of `file`. lines: those of the function, as they stand in the file, from `first_line`
    (its first decorator's) on. name: the name in its `def`, or "<lambda>". function: the plain Python function.
    receiver: what a bound method is bound to, else None.
    """

    node: gast.FunctionDef | gast.Lambda
    file: str
    first_line: int
    lines: tuple[str, ...]
    name: str
    function: types.FunctionType
    receiver: Any = None


_REMEMBERED: WeakKeyDictionary[types.FunctionType, Source] = WeakKeyDictionary()


def remember(source: Source) -> None:
    """Say what the source is of a function that was made while reading."""
    _REMEMBERED[source.function] = source


def find_source(function: Callable[..., Any]) -> Source:
    """The source of a function, method or lambda.

    Raises: ArgumentError for what cannot be called; SourceError where there is no source, where the source is no
    longer that of the function, and where two lambdas cannot be told apart.
    """
    plain, receiver = plain_function(function)
    if plain in _REMEMBERED:
        return _REMEMBERED[plain]
    code = plain.__code__
    lines = file_lines(plain)
    here = lambdas_at if code.co_name == "<lambda>" else definition_at
    for search in (here, anywhere):
        nodes = list(search(lines, code))
        for imported in imports(plain, lines):
            found = matching(nodes, code, imported)
            if found:
                return finished(choose(found, plain), lines, plain, receiver)
    raise SourceError(f"The source of `{plain.__name__}` has changed since it was imported: what stands in "
                      f"{code.co_filename} is not what runs.", "reload the module, or restart Python.",
                      origin_of(plain))


def matching(nodes: list[Definition], code: types.CodeType,
             imported: frozenset[str]) -> list[tuple[Definition, types.CodeType]]:
    """Those nodes that compile to the function's code, each with what it compiles to."""
    fits = contained if asserts_rewritten(code) else same
    made = [(node, compiled(node, code, imported)) for node in nodes]
    return [(node, own) for node, own in made if own is not None and fits(own, code)]


def file_lines(function: types.FunctionType) -> Sequence[str]:
    """The lines of the file, cell or REPL input in which a function was defined."""
    file = function.__code__.co_filename
    linecache.checkcache(file)
    lines = linecache.getlines(file, function.__globals__)
    if lines:
        return lines
    try:
        return inspect.findsource(function.__code__)[0]        # `python -c` and the REPL, from Python 3.13 on
    except (OSError, TypeError) as error:
        where = f"`{file}` is not there" if not file.startswith("<") else f"it was defined in {file}"
        raise SourceError(f"The source of `{function.__name__}` cannot be found: {where}.",
                          "put the function into a file and import it.") from error


def definition_at(lines: Sequence[str], code: types.CodeType) -> Iterator[Definition]:
    """The `def` that begins where the code says, parsed without the rest of the file."""
    start = code.co_firstlineno
    try:
        block = inspect.getblock(list(lines[start - 1:]))
        indented = block[:1] and block[0][:1] in (" ", "\t")
        tree = ast.parse(("if True:\n" if indented else "") + "".join(block))
    except (SyntaxError, tokenize.TokenError):
        return
    ast.increment_lineno(tree, start - 2 if indented else start - 1)
    yield from definitions(tree, code)


def definitions(tree: ast.AST, code: types.CodeType) -> Iterator[Definition]:
    """All functions of that name in a tree."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=code.co_name):
                yield node
            case ast.Lambda() if code.co_name == "<lambda>":
                yield node


def anywhere(lines: Sequence[str], code: types.CodeType) -> Iterator[Definition]:
    """All functions of that name in the file: it may have been edited above the function since it was imported."""
    try:
        tree = ast.parse("".join(lines))
    except (SyntaxError, ValueError):
        return
    yield from definitions(tree, code)


def lambdas_at(lines: Sequence[str], code: types.CodeType) -> Iterator[ast.Lambda]:
    """The lambdas that begin on the line that the code names."""
    start = code.co_firstlineno
    line = lines[start - 1] if start <= len(lines) else ""
    last = max((p[1] for p in code.co_positions() if p[1] is not None), default=start)
    column = line.find("lambda")
    while column >= 0:
        node = lambda_at(lines, start, column, last)
        if node is not None:
            yield node
        column = line.find("lambda", column + 1)


def lambda_at(lines: Sequence[str], start: int, column: int, last: int) -> ast.Lambda | None:
    """The lambda that begins at this place and has code up to line `last`: the longest text that is one lambda."""
    head = lines[start - 1]
    padding = " " * len(head[:column].encode())           # the parser counts columns in bytes
    rows = ["(\n", padding + head[column:], *lines[start:]]
    ends: list[tuple[int, int]] = []
    depth = 0
    try:
        for token in tokenize.generate_tokens(iter(rows).__next__):
            depth += (token.string in ("(", "[", "{")) - (token.string in (")", "]", "}"))
            row, end = token.start[0], token.end
            if depth == 0 or token.type == tokenize.NL and depth == 1 and row - 2 + start >= last:
                break
            if token.type not in (tokenize.NL, tokenize.COMMENT) and row > 1:
                ends.append(end)
    except (SyntaxError, tokenize.TokenError):
        pass                                              # the rest of the file; what was read so far may do
    for row, end_column in reversed(ends):
        part = "".join(rows[:row - 1]) + rows[row - 1][:end_column] + "\n)"
        try:
            tree = ast.parse(part, mode="eval")
        except SyntaxError:
            continue
        if isinstance(tree.body, ast.Lambda):
            ast.increment_lineno(tree.body, start - 2)
            return tree.body
    return None


def choose(candidates: list[tuple[Definition, types.CodeType]], function: types.FunctionType) -> Definition:
    """The one candidate, or the one at the very place that the code names, or any of several equal ones."""
    code = function.__code__
    if len(candidates) > 1:
        places = list(code.co_positions())
        exact = [c for c in candidates if list(c[1].co_positions()) == places]
        candidates = exact or candidates
    nodes = [node for node, _ in candidates]
    if len({ast.dump(node) for node in nodes}) > 1:
        raise SourceError(f"There are {len(nodes)} functions `{code.co_name}` with the same code, which cannot be told "
                          "apart.", "write them on lines of their own, or as `def`s.", origin_of(function))
    return nodes[0]


def finished(node: Definition, lines: Sequence[str], function: types.FunctionType, receiver: Any) -> Source:
    """The Source of a node that was found; columns are made to count characters instead of bytes."""
    file = function.__code__.co_filename
    first, last = first_line(node), node.end_lineno or node.lineno
    own = tuple(lines[first - 1:last])
    if not all(line.isascii() for line in own):
        count_characters(node, lines)
    name = "<lambda>" if isinstance(node, ast.Lambda) else node.name
    mangle(node, function.__qualname__)
    return Source(gast.ast_to_gast(node), file, first, own, name, function, receiver)


def mangle(node: Definition, qualname: str) -> None:
    """Private attributes, `self.__rate`, by the name that they have inside of their class, `_Pump__rate`.

    Python language reference, 6.2.1, "Private name mangling".
    """
    owners = qualname.split(".")[:-1]
    while owners and owners[-1] == "<locals>":
        owners = owners[:-2]
    owner = owners[-1].lstrip("_") if owners else ""
    if not owner:
        return                          # a function of a module; a class called `__` does not mangle either
    for child in ast.walk(node):
        if isinstance(child, ast.Attribute) and child.attr.startswith("__") and not child.attr.endswith("__"):
            child.attr = f"_{owner}{child.attr}"


def count_characters(node: ast.AST, lines: Sequence[str]) -> None:
    """Columns in characters, as they are counted in a string, instead of in UTF-8 bytes."""
    for child in ast.walk(node):
        match child:
            case ast.expr() | ast.stmt() | ast.arg() | ast.keyword():
                child.col_offset = characters(lines[child.lineno - 1], child.col_offset)
                if child.end_lineno is not None and child.end_col_offset is not None:
                    child.end_col_offset = characters(lines[child.end_lineno - 1], child.end_col_offset)


def characters(line: str, column: int) -> int:
    """How many characters the first `column` bytes of a line are."""
    return len(line.encode()[:column].decode())
