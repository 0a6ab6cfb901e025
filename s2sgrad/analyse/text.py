"""The text forms of facts, for people and for tests: one line per name, class, statement or loop, in program order."""

from __future__ import annotations

from collections.abc import Iterable

from s2sgrad.analyse.activity import Activity
from s2sgrad.analyse.affine import Axis, Linear, Region
from s2sgrad.analyse.alias import Aliases
from s2sgrad.analyse.carried import carried
from s2sgrad.analyse.kinds import Kinds
from s2sgrad.analyse.live import live_after
from s2sgrad.analyse.shadows import Shadows
from s2sgrad.core import text
from s2sgrad.core.kind_text import kind_text
from s2sgrad.core.kinds import UNKNOWN
from s2sgrad.core.nodes import Block, For, Function, Statement, While
from s2sgrad.core.rewrite import blocks, bound, map_blocks, walk_statements


def names_of(function: Function) -> list[str]:
    """Parameters and what is bound, in the order in which they are met."""
    found = [p.name for p in function.params]
    found += [name for s in walk_statements(function.body) for name in bound(s)]
    return list(dict.fromkeys(found))


def kinds(function: Function, facts: Kinds) -> str:
    """`x: float64[n0]`, one line per name."""
    return "\n".join(f"{name}: {kind_text(facts.names.get(name))}" for name in names_of(function))


def aliases(function: Function, facts: Aliases) -> str:
    """`x, view: written`, one line per class of memory; a class of one name is shown if it is written or held."""
    order = [n for n in names_of(function) if facts.mutable(facts.kinds.names.get(n, UNKNOWN))]
    lines: list[str] = []
    for root in dict.fromkeys(facts.find(n) for n in order):
        members = [n for n in order if facts.find(n) == root]
        notes = ["written"] if root in facts.written else []
        if root in facts.holds:
            held = [n for n in order if facts.find(n) == facts.find(facts.holds[root])]
            notes += [f"holds {', '.join(held)}"] if held else []
        lines.append(", ".join(members) + (f": {', '.join(notes)}" if notes else ""))
    return "\n".join(lines)


def effects(function: Function, facts: Aliases) -> str:
    """What a caller has to know: the parameters that are written, and what the result may share memory with."""
    params = [p.name for p in function.params if p.name in facts.kinds.names]
    written = [p for p in params if facts.is_written(p)]
    returned = {facts.find(n) for n in facts.returned}
    shared = [p for p in params if facts.find(p) in returned]
    return f"writes {_listed(written)}; the result is {'shared with ' + ', '.join(shared) if shared else 'fresh'}"


def activity(function: Function, facts: Activity) -> str:
    """The names that carry a derivative."""
    return _listed(n for n in names_of(function) if facts.active(n))


def shadows(function: Function, facts: Shadows) -> str:
    """Names with a shadow, and names whose adjoint by value is written in place."""
    order = names_of(function)
    return (f"shadowed {_listed(n for n in order if n in facts.shadowed)}; "
            f"in place {_listed(n for n in order if n in facts.in_place)}")


def liveness(body: Block, *, records: bool = True) -> str:
    """Every line of a block, of one sweep or of both, with the names that are still read behind its statement."""
    after = live_after(body, records=records)
    lines: list[str] = []
    for depth, statement in _flat(body, 0):
        head = text.block((map_blocks(statement, lambda b: ()),)).splitlines()[0]
        lines.append(f"{'    ' * depth}{head}  | {_listed(sorted(after[statement.label]))}")
    return "\n".join(lines)


def loops(function: Function) -> str:
    """What each loop carries, writes in place and leaves behind."""
    found = carried(function)
    lines: list[str] = []
    for loop in walk_statements(function.body):
        match loop:
            case For() | While():
                facts = found[loop.label]
                head = text.block((map_blocks(loop, lambda b: ()),)).splitlines()[0]
                lines.append(f"{head}  | carries {_listed(sorted(facts.names))}; writes "
                             f"{_listed(sorted(facts.written))}; leaves {_listed(sorted(facts.left))}")
    return "\n".join(lines)


def region(facts: Region) -> str:
    """`[i:i + 1, :]`: the cells of an index, axis by axis."""
    return f"[{', '.join(map(_axis, facts)) or '...'}]"


def linear(form: Linear) -> str:
    """`2*i - j + 1`."""
    parts = [("" if k == 1 else "-" if k == -1 else f"{k}*") + name for name, k in form.terms]
    parts += [str(form.constant)] if form.constant or not parts else []
    return " + ".join(parts).replace("+ -", "- ")


def _axis(axis: Axis) -> str:
    lower, upper = ("" if b is None else linear(b) for b in (axis.lower, axis.upper))
    return f"{lower}:{upper}"


def _flat(block: Block, depth: int) -> Iterable[tuple[int, Statement]]:
    """All statements with their depths, outermost first."""
    for statement in block:
        yield depth, statement
        for inner in blocks(statement):
            yield from _flat(inner, depth + 1)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "nothing"
