"""Functions taken through the first stages, for tests of one pass or one analysis at a time."""

import textwrap
from dataclasses import dataclass

import s2sgrad.pipeline  # noqa: F401 (registers the rules)
from s2sgrad.analyse.activity import Activity
from s2sgrad.analyse.alias import Aliases, analyse_aliases
from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core import text
from s2sgrad.core.nodes import Function
from s2sgrad.execute.signature import kinds_of
from s2sgrad.normalise.copies import propagate_copies
from s2sgrad.normalise.heads import private_heads
from s2sgrad.normalise.inline import Units, inline_calls
from s2sgrad.normalise.jumps import remove_jumps
from s2sgrad.normalise.resolve import resolve
from s2sgrad.normalise.webs import split_webs
from s2sgrad.read.function import read_function
from s2sgrad.read.scope import Context


def body(function):
    """The text of a core function without its first line, as it would be typed."""
    return textwrap.dedent("\n".join(text.function(function).splitlines()[1:]))


def plain(expected):
    """An expected text, written with indentation in a test."""
    return textwrap.dedent(expected).strip()


def read(function, context=None):
    """The core of a plain function, as it was read."""
    return read_function(function, context or Context())


def without_jumps(function):
    context = Context()
    return remove_jumps(read(function, context), context)


def inlined(function):
    context = Context()
    return inline_calls(remove_jumps(read(function, context), context), Units(context, {}), lambda callee: True)


@dataclass
class Analysed:
    """A normalised function with its facts."""

    function: Function
    kinds: Kinds
    aliases: Aliases
    activity: Activity
    context: Context


def analysed(function, *args):
    """The facts of a function under the call facts of some arguments; its first parameter is differentiated."""
    context = Context()
    core = inline_calls(remove_jumps(read(function, context), context), Units(context, {}), lambda callee: True)
    core = propagate_copies(split_webs(private_heads(core, context.fresh)), context.fresh)
    names = dict(zip((p.name for p in core.params), kinds_of(args), strict=True))
    core = resolve(core, Kinds(names, context.fresh).infer(core))
    core = propagate_copies(split_webs(core), context.fresh)
    kinds = Kinds(names, context.fresh).infer(core)
    aliases = analyse_aliases(core, kinds)
    return Analysed(core, kinds, aliases, Activity(kinds, aliases).run(core, (core.params[0].name,)), context)
