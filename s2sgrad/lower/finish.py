"""The last steps to a function as it is printed for NumPy, in their order."""

from __future__ import annotations

import itertools

from s2sgrad.core.names import TEMPORARY
from s2sgrad.core.nodes import Function
from s2sgrad.lower.backwards import with_records_read_backwards
from s2sgrad.lower.choices import with_choices
from s2sgrad.lower.heads import with_common_heads
from s2sgrad.lower.nested import with_nested_displays
from s2sgrad.lower.popped import with_pops_where_read
from s2sgrad.lower.results import with_named_results
from s2sgrad.simplify.effects import last_temporary
from s2sgrad.simplify.facts import Facts


def finished(function: Function, facts: Facts) -> Function:
    """The lowered function: what arms of branches share, conditional expressions, the result by its name, displays,
    loops that run through records, and records that are read once."""
    numbers = itertools.count(last_temporary(function, facts) + 1)

    def fresh() -> str:
        return f"{TEMPORARY}{next(numbers)}"

    chosen = with_choices(with_common_heads(function, facts), facts)
    nested = with_nested_displays(with_named_results(chosen), facts, fresh)
    backwards = with_records_read_backwards(nested, facts, fresh)
    return with_pops_where_read(backwards)
