"""The last steps to a function as it is printed for NumPy, in their order."""

from __future__ import annotations

from collections.abc import Callable

from s2sgrad.core.nodes import Function
from s2sgrad.lower.choices import with_choices
from s2sgrad.lower.heads import with_common_heads
from s2sgrad.lower.nested import with_nested_displays
from s2sgrad.lower.popped import with_pops_where_read
from s2sgrad.lower.results import with_named_results
from s2sgrad.simplify.facts import Facts


def finished(function: Function, facts: Facts, fresh: Callable[[str], str]) -> Function:
    """The lowered function: what arms of branches share, conditional expressions, the result by its name, displays, and
    records that are read once."""
    chosen = with_choices(with_common_heads(function, facts), facts)
    return with_pops_where_read(with_nested_displays(with_named_results(chosen), facts, fresh))
