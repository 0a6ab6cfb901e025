"""What a backward half gives is bound to the adjoints that it is for, without temporaries between.

In: a function. Out: the same function with fewer names.

    before                              after
    $1, $2 = g_bwd(residuals, y~)       a~, b~ = g_bwd(residuals, y~)
    a~ = $1
    b~ = $2

Guaranteed: the temporary is read nowhere else, and between the call and the assignment the adjoint is neither read
nor bound.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from s2sgrad.core.names import is_bar, is_temporary
from s2sgrad.core.nodes import Assign, Block, Call, Function, Statement, Var
from s2sgrad.core.rewrite import map_blocks, walk_statements
from s2sgrad.simplify.copies import count_uses
from s2sgrad.simplify.effects import binds, effects
from s2sgrad.simplify.facts import Facts


def run(function: Function, facts: Facts) -> Function:
    """The function with such temporaries replaced by what they are bound to."""
    bound = Counter(name for s in walk_statements(function.body) for name in binds(s))
    used = count_uses(function.body, facts)
    single = frozenset(n for n in bound if is_temporary(n) and bound[n] == used[n] == 1)
    return replace(function, body=_block(function.body, single, facts)) if single else function


def _block(block: Block, single: frozenset[str], facts: Facts) -> Block:
    out = [map_blocks(s, lambda b: _block(b, single, facts)) for s in block]
    for i, stmt in enumerate(out):
        match stmt:
            case Assign((_, _, *_) as targets, Call(Var())) if stmt.reverses:
                for target in targets:
                    if target in single:
                        _bind(out, i, target, facts)
    return tuple(s for s in out if s is not _GONE)


_GONE = Assign((), Var(""))


def _bind(out: list[Statement], at: int, target: str, facts: Facts) -> None:
    """Bind the adjoint that takes the temporary over, where nothing between needs it as it was."""
    call = out[at]
    assert isinstance(call, Assign)
    passed: set[str] = set(call.targets)
    for j in range(at + 1, len(out)):
        match out[j]:
            case Assign((name,), Var(value)) if value == target:
                if is_bar(name) and name not in passed:
                    out[at] = replace(call, targets=tuple(name if t == target else t for t in call.targets))
                    out[j] = _GONE
                return
        done = effects(out[j], facts)
        passed |= done.reads | done.binds | done.writes
