"""Names inside the core: they say what they are, and cannot collide with a user's; `emit.names` makes them readable.

    x       the user's variable          x#2    its later version (a web of definitions of its own)
    $7      a temporary                  x#2~   the adjoint of x#2 ($7~ of a temporary)
    x^3     a record slot or flag        x@     the shadow of x: an array of adjoints that aliases as x does
    x.f#r4  the field f of the object x
    x#p5    the parameter x of a function that is written out at its call; x#c5, the variable x of a comprehension
"""

from __future__ import annotations

import re

BAR, SHADOW, SLOT, VERSION, TEMPORARY, FIELD = "~", "@", "^", "#", "$", "."
SEED = "result_bar"                     # the adjoint of the result, a parameter of what is emitted
TRIPS = f"{SLOT}trips"                 # how many trips a loop has begun
RESIDUALS = f"{SLOT}residuals"         # what the forward half of a helper hands over to the backward half
_ARGUMENT = re.compile(rf"#[pc]\d+({VERSION}i?\d+)*{BAR}?$")


def bar(name: str) -> str:
    """The adjoint of a name."""
    return name + BAR


def shadow(name: str) -> str:
    """The shadow of a name."""
    return name + SHADOW


def is_bar(name: str) -> bool:
    """Is this an adjoint?"""
    return name.endswith(BAR)


def is_shadow(name: str) -> bool:
    """Is this a shadow?"""
    return name.endswith(SHADOW)


def is_temporary(name: str) -> bool:
    """Is this a temporary (or the adjoint of one)?"""
    return name.startswith(TEMPORARY)


def is_argument(name: str) -> bool:
    """Is this a parameter of a function that is written out, or the variable of a comprehension (or an adjoint)?"""
    return _ARGUMENT.search(name) is not None


def is_slot(name: str) -> bool:
    """Is this a record slot?"""
    return SLOT in name


def stem(name: str) -> str:
    """The user's name inside a name; empty for a temporary."""
    for mark in (BAR, SHADOW, SLOT, VERSION):
        name = name.split(mark)[0]
    return "" if name.startswith(TEMPORARY) else name
