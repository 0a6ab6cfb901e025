"""What is known of functions of lists and dicts: where entries stand, copies, and the methods that change a dict.

The adjoint of a container has its structure; that of a copy is matched with what was copied, since the copy may have
got entries later.
"""
# mypy: allow-untyped-defs

from __future__ import annotations

import copy

from s2sgrad.core.kinds import Kind
from s2sgrad.core.primitives import listed_items, listed_values
from s2sgrad.rules.registry import VIEW, Rule, adjoint, register, zero_derivative
from s2sgrad.rules.shapes import integer
from s2sgrad.runtime.containers import copied, first_of, matched, position

zero_derivative(list.index, list.count, tuple.index, tuple.count, position, first_of, kind=integer)


def _same(x: Kind, *_: Kind, **__: Kind) -> Kind:
    return x


@adjoint(copied, copy.deepcopy, kind=_same)
def deep_copy(y, x, *, y_bar):
    x_bar = matched(y_bar, x)
    return x_bar


# Shallow copies hold what is held already: `differentiate.joined` says what the parts receive, `analyse.containers` of
# what kind they are.
for _copy in (listed_values, listed_items, list.copy, dict.copy):
    register(Rule(_copy, "adjoint", None, ("self",), result=VIEW))

# Called for their effect. (The value of `pop` is read before.)
for _change in (list.pop, dict.pop, dict.update, dict.clear):
    register(Rule(_change, "kind", None, ("self", "key", "default"), result=VIEW, writes=("self",), pure=False))
