"""The one function that strings the stages together: a function and a request in, a derived program out."""

from __future__ import annotations

import copy
import sys
import types
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from s2sgrad.analyse.activity import Activity
from s2sgrad.analyse.declared import declared_kinds, short_of_facts, with_checks
from s2sgrad.analyse.kinds import Kinds
from s2sgrad.analyse.shadows import Shadows
from s2sgrad.auxiliary import AUX, check_pairs, returning_pair, unmarked
from s2sgrad.core.kinds import (
    UNKNOWN,
    Array,
    Kind,
    Number,
)
from s2sgrad.core.named import Named
from s2sgrad.core.names import SEED, VERSION, bar
from s2sgrad.core.nodes import (
    Accumulate,
    Assign,
    Block,
    Build,
    Call,
    Comment,
    Const,
    Datum,
    Effect,
    Expr,
    Function,
    Parameter,
    Program,
    Return,
    Statement,
    Var,
)
from s2sgrad.core.rewrite import bound_in, reads_of, rename_block, walk_statements
from s2sgrad.differentiate.boxes import place_zeros_apart
from s2sgrad.differentiate.marks import plan_marks
from s2sgrad.differentiate.reversal import Reversal
from s2sgrad.differentiate.reverse import sweeps
from s2sgrad.differentiate.shadowing import shadows_of_parameters
from s2sgrad.differentiate.unrestored import refuse_unrestored_reads
from s2sgrad.emit.captions import add_captions
from s2sgrad.emit.functions import needed
from s2sgrad.emit.header import header
from s2sgrad.emit.live_names import with_live_names
from s2sgrad.emit.names import readable
from s2sgrad.emit.printer import emit
from s2sgrad.emit.standalone import standalone
from s2sgrad.errors import (
    FactsError,
    InternalError,
    Origin,
    S2SGradError,
    SharedObjectError,
    SharedWriteError,
    UnsupportedError,
    WholeObjectError,
)
from s2sgrad.execute.data import MISSING, Dependencies, Dependency, LiveData
from s2sgrad.execute.jax_backend import JaxProgram
from s2sgrad.execute.numpy_backend import load
from s2sgrad.execute.signature import signature_key
from s2sgrad.helpers import Followed
from s2sgrad.lower.displays import with_displays
from s2sgrad.lower.finish import finished
from s2sgrad.lower.numpy import lower
from s2sgrad.lower.stacked import with_stacked_products
from s2sgrad.normalise.inline import Units, readied
from s2sgrad.normalise.parameters import OpenParameters, open_parameters
from s2sgrad.normalise.unroll import holds_records
from s2sgrad.pairs import Pairs
from s2sgrad.read.function import read_function
from s2sgrad.read.scope import MISSING as UNBOUND, Context
from s2sgrad.results import check_result, conform, doc_of, is_real_scalar, printed_defaults, value_of, wide_seed
from s2sgrad.rules.registry import edition
from s2sgrad.rules.scipy_fft import register_scipy_fft
from s2sgrad.rules.scipy_linalg import register_scipy_linalg
from s2sgrad.rules.scipy_special import register_scipy
from s2sgrad.runtime import require_scalar
from s2sgrad.simplify.facts import Facts
from s2sgrad.simplify.pipeline import simplify
from s2sgrad.stages import facts_of, normal_form, prepare, shaped_names


@dataclass(frozen=True)
class Request:
    """What is wanted: derivatives with respect to which parameters, with the value or not, under which facts.

    kinds: of every parameter (call facts), or None for declared facts. single: a bare gradient instead of a tuple.
    bold: under declared facts, also take for an array what is only indexed or asked for its length. values: on JAX,
    writes become new arrays before differentiation, so that arrays may change places; records are of whole arrays then.
    columns: short lists of objects, too, become lists of what their fields hold. whole: objects that are not
    differentiated stay as they are. dicts: objects that several names write become dicts of their fields.
    """

    argnums: tuple[int, ...]
    value: bool = False
    has_aux: bool = False
    single: bool = True
    kinds: tuple[Kind, ...] | None = None
    bold: bool = False
    backend: str = "numpy"
    values: bool = False
    columns: bool = False
    whole: bool = False
    dicts: bool = False


@dataclass
class Derived:
    """A derived program: its text, the loaded function, and what to look at before each call."""

    text: str
    program: Program
    call: Callable[..., Any]
    parameters: tuple[str, ...]
    writes_arguments: bool              # arrays, lists or dicts that it is given
    binds_fields: bool                  # of objects that it is given
    changed: Callable[[], bool]
    refresh: Callable[[], None] | None
    stages: dict[str, Function] = field(default_factory=dict)

    def standalone(self) -> str:
        """The text with the runtime helpers that it uses inside it: needs only NumPy."""
        return standalone(self.text, self.program)


def derive(function: types.FunctionType, request: Request) -> Derived:
    """The gradient program of a function.

    Raises: S2SGradError where the function, or its use of something, is not supported.
    """
    try:
        try:
            return _with_facts(function, request)
        except SharedWriteError as first:
            try:
                return _with_facts(function, replace(request, values=True))
            except SharedWriteError:
                raise first from None
    except (S2SGradError, RecursionError, TimeoutError):      # the last one from an alarm of the caller
        raise
    except Exception as fault:
        where = Origin(function.__code__.co_filename, function.__code__.co_firstlineno, function=function.__name__)
        raise InternalError(f"The derivation of `{function.__name__}` stopped with {type(fault).__name__}: {fault}.",
                            "Check that the function itself runs with such arguments; if it does, this is a fault of "
                            "s2sgrad: please report it with the function.", where) from fault


def _with_facts(function: types.FunctionType, request: Request) -> Derived:
    try:
        return _with_objects(function, request)
    except FactsError:
        if request.kinds is not None:
            raise
        return _with_objects(function, replace(request, bold=True))


def _with_objects(function: types.FunctionType, request: Request) -> Derived:
    """Objects entry by entry, or lists of objects as lists of fields, or as they are."""
    try:
        return _follow(function, request)
    except WholeObjectError as first:
        for other in (replace(request, columns=True), replace(request, dicts=True), replace(request, whole=True)):
            try:
                return _follow(function, other)
            except (WholeObjectError, SharedObjectError):
                continue
        raise first
    except SharedObjectError as first:
        try:
            return _follow(function, replace(request, dicts=True))
        except FactsError:
            raise
        except S2SGradError:
            raise first from None


def _follow(function: types.FunctionType, request: Request) -> Derived:
    followed: set[Any] = set()
    while True:
        known = len(followed)
        try:
            return _derive(function, request, followed)
        except Followed:
            if len(followed) == known:
                raise WholeObjectError(f"`{function.__name__}` calls a function with an object where its body cannot "
                                       "be written out.", "Give the result of the call a name first.",
                                       Origin(function.__code__.co_filename, function.__code__.co_firstlineno,
                                              function=function.__name__)) from None


def _derive(function: types.FunctionType, request: Request, followed: set[Any]) -> Derived:
    """followed: helpers whose bodies have to be written out, since they touch memory that is written."""
    context = Context()
    units = Units(context, {})
    core = _apart_from_seed(readied(read_function(function, context), context))
    stages = {"read": core}
    if request.has_aux:
        core = returning_pair(core, context.fresh)
    pairs = Pairs(units, followed, exact=request.value, jax=request.backend == "jax", values=request.values,
                  dicts=request.dicts)
    units.look_at(core)
    core = pairs.written_out(core)
    if "scipy.special" in sys.modules:              # also where an import inside the function has just loaded it
        register_scipy()
    if "scipy.fft" in sys.modules:
        register_scipy_fft()
    if "scipy.linalg" in sys.modules:
        register_scipy_linalg()
    core = normal_form(core, context)
    stages["normalised"] = core
    wrt = tuple(core.params[k].name for k in request.argnums)
    kinds_of_params = request.kinds or declared_kinds(core, frozenset(request.argnums), request.bold)
    names = {p.name: k for p, k in zip(core.params, kinds_of_params, strict=True)}
    names.update(pairs.data_kinds())
    kept = set(names) - set(wrt) if request.whole or request.backend == "jax" else set()
    if request.backend == "jax" and any(holds_records(names[w]) for w in wrt):
        raise UnsupportedError("The gradient with respect to an object is not lowered to JAX.",
                               "Pass its fields, or a dict of them, or use backend='numpy'.", core.origin)
    names |= {n: UNKNOWN for n in kept if holds_records(names[n])}
    closed, (core, opened) = core, open_parameters(core, names, request.columns, context.fresh, kept)
    names = opened.kinds
    data = tuple(context.data.values())
    seed = SEED if SEED not in names else f"{SEED}_1"
    names[seed] = Number("float64", True)
    with short_of_facts(request.kinds is None, closed, kinds_of_params):
        prepared = prepare(core, names, opened.floats(wrt), context, data, pairs, request.values, True)
    flat, activity, shadows = prepared.flat, prepared.activity, prepared.shadows
    binds = bool(opened.leaves) and (context.fields_bound or request.dicts)
    kinds, aliases = activity.kinds, activity.aliases
    pairs.follow_written(flat, activity)
    stages["split"] = flat
    with short_of_facts(request.kinds is None, closed, kinds_of_params):
        made = differentiate(flat, activity, shadows, context, request, wrt, seed, pairs, opened)
    stages["differentiated"] = made
    facts = facts_of(kinds, aliases, shadows, request.value, pairs.pure, pairs.names)
    made = simplify(made, facts)
    refuse_unrestored_reads(made, aliases.volatile)
    stages["simplified"] = made
    made = _lowered(made, closed, request, kinds, names, kinds_of_params, pairs, prepared.written, opened, facts)
    if request.backend == "numpy":
        made = replace(made, silent=("all",) if "all" in context.silent else tuple(sorted(context.silent)))
    stages["lowered"] = made
    functions = tuple(with_live_names(f, context) for f in (*pairs.functions, made))
    data = tuple(context.data.values())
    program = needed(readable(add_captions(Program(functions, data)), pairs.meanings))
    emitted = emit(program, header(function, closed, request.argnums, kinds_of_params, request.kinds is None,
                                  program.data))
    parameters = tuple(p.name for p in closed.params)
    changed = _watch(context, function, data)
    if request.backend == "jax":
        call = JaxProgram(emitted.text, function.__name__, program.entry.name, emitted.lines, data,
                          argnums=request.argnums, single=request.single, value=request.value,
                          has_aux=request.has_aux)
        return Derived(emitted.text, program, call, parameters, prepared.written, binds, changed, None, stages)
    loaded = load(emitted.text, function.__name__, program.entry.name, emitted.lines)
    live = LiveData(data)
    return Derived(emitted.text, program, loaded, parameters, prepared.written, binds, changed,
                   (lambda: live.refresh(loaded.__globals__)) if data else None, stages)


def _apart_from_seed(core: Function) -> Function:
    """The function without a variable that has the name of the seed; a parameter keeps its own."""
    if SEED in {p.name for p in core.params} or SEED not in bound_in(core.body):
        return core
    return replace(core, body=rename_block(core.body, {SEED: Var(f"{SEED}{VERSION}0")}))


def _lowered(made: Function, core: Function, request: Request, kinds: Kinds, names: dict[str, Kind],
             kinds_of_params: tuple[Kind, ...], pairs: Pairs, written: bool, opened: OpenParameters,
             facts: Facts) -> Function:
    """The gradient function in the dialect of the back end."""
    differentiated = frozenset(request.argnums)
    given = [bar(n) for n in opened.floats(core.params[k].name for k in request.argnums)]
    if request.backend == "jax":
        lowering = pairs.lowering(kinds, names, made, given, declared=request.kinds is None)
        made = lowering.lower(lowering.plan(made, names), names)
        require: Any = Named("s2sgrad.execute.jax_runtime.require_kind")
        return made if request.kinds is not None else with_checks(made, core, kinds_of_params, differentiated, False,
                                                                  require)
    made = with_displays(with_stacked_products(lower(made, kinds, given), kinds, facts), kinds, facts)
    made = finished(made, facts)
    made = with_leaves(made, core, opened)
    return made if request.kinds is not None else with_checks(made, core, kinds_of_params, differentiated, written)


def _watch(context: Context, function: types.FunctionType, data: tuple[Datum, ...]) -> Callable[[], bool]:
    """Has a function been redefined, or the kind of a datum changed?"""
    found = [Dependency(d.holder, d.key, MISSING if d.value is UNBOUND else d.value, getattr(d.value, "__code__", None))
             for d in context.dependencies]
    watched = Dependencies(found)
    helpers = [f for f in context.functions if f[0] is not function]
    key = signature_key([value_of(d) for d in data])
    rules = edition()
    if not data and not helpers:
        return lambda: edition() != rules or watched.changed()

    def changed() -> bool:
        return (edition() != rules or watched.changed()
                or any(f.__defaults__ is not d or f.__kwdefaults__ is not k for f, d, k in helpers)
                or bool(data) and signature_key([value_of(d) for d in data]) != key)

    return changed


def differentiate(flat: Function, activity: Activity, shadows: Shadows, context: Context, request: Request,
                  wrt: tuple[str, ...], seed_name: str, pairs: Pairs, opened: OpenParameters) -> Function:
    """The gradient function: forward sweep, reverse sweep, results."""
    kinds = activity.kinds
    if request.has_aux:
        check_pairs(flat, kinds)
        flat = unmarked(flat)
    marks = plan_marks(flat, shaped_names(activity))
    reversal = Reversal(activity, shadows, marks, context.fresh, lambda n: context.fresh(f"{n}^"),
                        context.fresh, pairs)
    last = flat.body[-1]
    assert isinstance(last, Return)
    forward, reverse = sweeps(reversal, flat.body[:-1])
    forward = (*shadows_of_parameters(reversal, opened.floats(wrt)), *forward)
    result, aux = last.value, None
    if request.has_aux:
        assert isinstance(result, Build)
        result, aux = result.items
        made = [s.value for s in walk_statements(flat.body) if isinstance(s, Assign) and Var(s.targets[0]) == aux]
        if any(activity.aliases.shared(value) & activity.aliases.written for value in (aux, *made)):
            # the reverse sweep undoes what was written
            aux = Call(np.copy if isinstance(kinds.of(aux), Array) else copy.deepcopy, (aux,))
    head: list[Statement] = []
    apart = isinstance(aux, Var) and aux.name.startswith(AUX) and aux.name not in bound_in(reverse)
    if aux is not None and not apart and not isinstance(aux, Const):
        head.append(Assign((AUX,), aux, origin=last.origin))
        aux = Var(AUX)
    kind = kinds.of(result)
    name = flat.name
    check_result(kind, last)
    keeps = request.value or not is_real_scalar(kind)
    if keeps and not isinstance(result, Const):
        held = "^result"
        kinds.names[held] = kind
        head.append(Assign((held,), result, origin=last.origin))
        result = Var(held)
    if not is_real_scalar(kind):
        head.append(Effect(Call(require_scalar, (result, Const(name))), origin=last.origin))
    seed: list[Statement] = list(wide_seed(seed_name, kind, kinds, last.origin, request.backend == "jax"))
    named = last.value.items[0] if aux is not None and isinstance(last.value, Build) else last.value
    if isinstance(named, Var) and activity.active(named.name):
        seed.append(Accumulate(bar(named.name), None, Var(seed_name), named.name, origin=last.origin,
                               reverses=last.label))
    wanted = [(reversal.bar_of(w), w) for w in opened.floats(wrt)]
    back = place_zeros_apart((*seed, *reverse), activity.aliases, wanted, context.fresh)
    grads = tuple(opened.gradient(w, lambda leaf: Var(reversal.bar_of(leaf))) if w in opened.leaves
                  else Var(reversal.bar_of(w)) for w in wrt)
    out: Expr = grads[0] if request.single else Build("tuple", grads)
    if request.value:
        first: Expr = result if aux is None else Build("tuple", (result, aux))
        out = Build("tuple", (first, out))
    elif aux is not None:
        out = Build("tuple", (out, aux))
    suffix = "value_and_grad" if request.value else "grad"
    stem = name if name.isidentifier() else "lambda"
    params = (*printed_defaults(flat.params, context.data), Parameter(seed_name, "keyword", Const(1.0)))
    doc = doc_of(name, wrt, request.value)
    body: Block = (Comment("forward sweep"), *forward, *head, Comment("reverse sweep", gap=True), *back,
                   *conform(wanted, kinds, activity.aliases.is_written, None if request.backend == "jax" else back),
                   Return(out))
    return Function(f"{stem}_{suffix}", params, body, doc, flat.origin)


def with_leaves(made: Function, core: Function, opened: OpenParameters) -> Function:
    """The function with the parameters of the user's, from which it takes their leaves."""
    if not opened.leaves:
        return made
    own = {n for leaves in opened.leaves.values() for n in leaves}
    params = tuple(p for p in made.params if p.name not in own)
    order = {p.name: k for k, p in enumerate(core.params)}
    missing = tuple(p for p in core.params if p.name in opened.leaves)
    params = tuple(sorted((*params, *missing), key=lambda p: order.get(p.name, len(order))))
    read = {n for s in walk_statements(made.body) for n in reads_of(s)}
    return replace(made, params=params, body=(*made.body[:1], *opened.head(read), *made.body[1:]))
