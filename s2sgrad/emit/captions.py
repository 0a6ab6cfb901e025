"""Puts the user's statement above the statements that reverse it.

Comes in: a program before printing. Goes out: the same program with `Comment`s: in the reverse sweep, each run of
statements that reverse one statement of the user begins with that statement's text.

    y_bar = x_bar * math.cos(y)         # x = math.sin(y)
                                        y_bar = x_bar * math.cos(y)

Guaranteed: nothing but comments is added; a loop or branch is no caption, since its reverse is a loop or branch again.
"""

from __future__ import annotations

from dataclasses import replace

from s2sgrad.core.nodes import Block, Comment, Function, Program, Statement
from s2sgrad.core.rewrite import map_blocks

LONGEST = 100
_HEADERS = ("for", "while", "if", "elif", "else:", "with", "async")

Key = tuple[str, int, str]
NOTHING: Key = ("", 0, "")


def add_captions(program: Program) -> Program:
    """The program with a caption above each reversed statement of the user."""
    return replace(program, functions=tuple(_function(f) for f in program.functions))


def _function(function: Function) -> Function:
    return replace(function, body=_block(function.body, NOTHING))


def _block(block: Block, current: Key) -> Block:
    """current: the statement whose caption stands above this block already."""
    out: list[Statement] = []
    for statement in block:
        key = _key(statement)
        if key not in (NOTHING, current):
            if not _is_header(key):
                out.append(Comment(caption(key[2]), origin=statement.origin, reverses=statement.reverses))
            current = key
        out.append(_inside(statement, current))
    return tuple(out)


def _inside(statement: Statement, current: Key) -> Statement:
    """The same for nested blocks; one that is part of a reversed statement does not repeat its caption."""
    return map_blocks(statement, lambda b: _block(b, current))


def _key(statement: Statement) -> Key:
    """Which of the user's statements is reversed; several core statements may come from one of them."""
    origin = statement.origin
    if not statement.reverses or not origin.text.strip():
        return NOTHING
    return origin.file, origin.line, origin.text


def _is_header(key: Key) -> bool:
    return key[2].split()[0] in _HEADERS


def caption(text: str) -> str:
    """The first line of a statement, cut where it is too long."""
    line = text.strip().splitlines()[0].rstrip()
    return line if len(line) <= LONGEST else line[: LONGEST - 4].rstrip() + " ..."
