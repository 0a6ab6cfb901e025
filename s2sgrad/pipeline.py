"""The one function that strings the stages together: a function and a request in, a derived program out."""

from __future__ import annotations

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
from s2sgrad.core.kinds import (
    UNKNOWN,
    Array,
    DictKind,
    Kind,
    Known,
    ListKind,
    Number,
    Numeric,
    TupleKind,
    is_scalar,
)
from s2sgrad.core.named import Named
from s2sgrad.core.names import bar
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
from s2sgrad.differentiate.marks import plan_marks
from s2sgrad.differentiate.reversal import Reversal
from s2sgrad.differentiate.reverse import sweeps
from s2sgrad.differentiate.zeros import place_zeros
from s2sgrad.emit.captions import add_captions
from s2sgrad.emit.header import header
from s2sgrad.emit.live_names import with_live_names
from s2sgrad.emit.names import readable
from s2sgrad.emit.printer import emit
from s2sgrad.emit.standalone import standalone
from s2sgrad.errors import (
    FactsError,
    InternalError,
    NonScalarError,
    Origin,
    S2SGradError,
    SharedWriteError,
    UnsupportedError,
)
from s2sgrad.execute.data import MISSING, Dependencies, Dependency, LiveData
from s2sgrad.execute.jax_backend import JaxProgram
from s2sgrad.execute.numpy_backend import load
from s2sgrad.execute.signature import signature_key
from s2sgrad.lower.numpy import lower
from s2sgrad.normalise.inline import Units, inline_calls
from s2sgrad.normalise.jumps import remove_jumps
from s2sgrad.pairs import Followed, Pairs
from s2sgrad.read.function import read_function
from s2sgrad.read.scope import MISSING as UNBOUND
from s2sgrad.read.scope import Context
from s2sgrad.rules.registry import edition
from s2sgrad.rules.scipy_fft import register_scipy_fft
from s2sgrad.rules.scipy_special import register_scipy
from s2sgrad.rules.shapes import dtype_of
from s2sgrad.runtime import cast_like, require_scalar
from s2sgrad.simplify.pipeline import simplify
from s2sgrad.stages import facts_of, normal_form, prepare, shaped_names

SEED = "result_bar"


@dataclass(frozen=True)
class Request:
    """What is wanted: derivatives with respect to which parameters, with the value or not, under which facts.

    kinds: of every parameter (call facts), or None for declared facts. single: a bare gradient instead of a tuple.
    bold: under declared facts, also take for an array what is only indexed or asked for its length. values: on JAX,
    writes become new arrays before differentiation, so that arrays may change places; records are of whole arrays then.
    """

    argnums: tuple[int, ...]
    value: bool = False
    has_aux: bool = False
    single: bool = True
    kinds: tuple[Kind, ...] | None = None
    bold: bool = False
    backend: str = "numpy"
    values: bool = False


@dataclass
class Derived:
    """A derived program: its text, the loaded function, and what to look at before each call."""

    text: str
    program: Program
    call: Callable[..., Any]
    parameters: tuple[str, ...]
    writes_arguments: bool
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
    except (S2SGradError, RecursionError):
        raise
    except Exception as fault:
        where = Origin(function.__code__.co_filename, function.__code__.co_firstlineno, function=function.__name__)
        raise InternalError(f"The derivation of `{function.__name__}` stopped with {type(fault).__name__}: {fault}.",
                            "Check that the function itself runs with such arguments; if it does, this is a fault of "
                            "s2sgrad: please report it with the function.", where) from fault


def _with_facts(function: types.FunctionType, request: Request) -> Derived:
    try:
        return _follow(function, request)
    except FactsError:
        if request.kinds is not None:
            raise
        return _follow(function, replace(request, bold=True))


def _follow(function: types.FunctionType, request: Request) -> Derived:
    followed: set[Any] = set()
    while True:
        try:
            return _derive(function, request, followed)
        except Followed:
            continue


def _derive(function: types.FunctionType, request: Request, followed: set[Any]) -> Derived:
    """followed: helpers whose bodies have to be written out, since they touch memory that is written."""
    context = Context()
    units = Units(context, {})
    core = remove_jumps(read_function(function, context), context)
    stages = {"read": core}
    pairs = Pairs(units, followed, request.value, jax=request.backend == "jax", values=request.values)
    core = inline_calls(core, units, pairs.inlined)
    if "scipy.special" in sys.modules:              # also where an import inside the function has just loaded it
        register_scipy()
    if "scipy.fft" in sys.modules:
        register_scipy_fft()
    core = normal_form(core, context)
    stages["normalised"] = core
    wrt = tuple(core.params[k].name for k in request.argnums)
    kinds_of_params = request.kinds or declared_kinds(core, frozenset(request.argnums), request.bold)
    names = {p.name: k for p, k in zip(core.params, kinds_of_params, strict=True)}
    names.update(pairs.data_kinds())
    data = tuple(context.data.values())
    seed = SEED if SEED not in names else f"{SEED}_1"
    names[seed] = Number("float64", True)
    with short_of_facts(request.kinds is None, core, kinds_of_params):
        prepared = prepare(core, names, wrt, context, data, pairs.kind, request.values)
    flat, activity, shadows = prepared.flat, prepared.activity, prepared.shadows
    kinds, aliases = activity.kinds, activity.aliases
    pairs.follow_written(flat, aliases)
    stages["split"] = flat
    with short_of_facts(request.kinds is None, core, kinds_of_params):
        made = differentiate(flat, activity, shadows, context, request, wrt, seed, pairs)
    stages["differentiated"] = made
    facts = facts_of(kinds, aliases, shadows, request.value, pairs.pure)
    made = simplify(made, facts)
    stages["simplified"] = made
    made = _lowered(made, core, request, kinds, names, kinds_of_params, pairs, prepared.written)
    stages["lowered"] = made
    functions = tuple(with_live_names(f, context) for f in (*pairs.functions, made))
    data = tuple(context.data.values())
    program = readable(add_captions(Program(functions, data)), pairs.meanings)
    emitted = emit(program, header(function, core, request.argnums, kinds_of_params, request.kinds is None))
    parameters = tuple(p.name for p in core.params)
    changed = _watch(context, function, data)
    if request.backend == "jax":
        call = JaxProgram(emitted.text, function.__name__, program.entry.name, emitted.lines, data,
                          argnums=request.argnums, single=request.single, value=request.value,
                          has_aux=request.has_aux)
        return Derived(emitted.text, program, call, parameters, prepared.written, changed, None, stages)
    loaded = load(emitted.text, function.__name__, program.entry.name, emitted.lines)
    live = LiveData(data)
    return Derived(emitted.text, program, loaded, parameters, prepared.written, changed,
                   (lambda: live.refresh(loaded.__globals__)) if data else None, stages)


def _lowered(made: Function, core: Function, request: Request, kinds: Kinds, names: dict[str, Kind],
             kinds_of_params: tuple[Kind, ...], pairs: Pairs, written: bool) -> Function:
    """The gradient function in the dialect of the back end."""
    differentiated = frozenset(request.argnums)
    given = [bar(core.params[k].name) for k in request.argnums]
    if request.backend == "jax":
        lowering = pairs.lowering(kinds, names, made, given, declared=request.kinds is None)
        made = lowering.lower(lowering.plan(made, names), names)
        require: Any = Named("s2sgrad.execute.jax_runtime.require_kind")
        return made if request.kinds is not None else with_checks(made, core, kinds_of_params, differentiated, False,
                                                                  require)
    made = lower(made, kinds, given)
    return made if request.kinds is not None else with_checks(made, core, kinds_of_params, differentiated, written)


def _value(datum: Datum) -> Any:
    holder = datum.holder
    return holder.cell_contents if isinstance(holder, types.CellType) else holder[datum.key]


def _watch(context: Context, function: types.FunctionType, data: tuple[Datum, ...]) -> Callable[[], bool]:
    """Has a function been redefined, or the kind of a datum changed?"""
    found = [Dependency(d.holder, d.key, MISSING if d.value is UNBOUND else d.value, getattr(d.value, "__code__", None))
             for d in context.dependencies]
    watched = Dependencies(found)
    helpers = [f for f in context.functions if f[0] is not function]
    key = signature_key([_value(d) for d in data])
    rules = edition()
    if not data and not helpers:
        return lambda: edition() != rules or watched.changed()

    def changed() -> bool:
        return (edition() != rules or watched.changed()
                or any(f.__defaults__ is not d or f.__kwdefaults__ is not k for f, d, k in helpers)
                or bool(data) and signature_key([_value(d) for d in data]) != key)

    return changed


def differentiate(flat: Function, activity: Activity, shadows: Shadows, context: Context, request: Request,
                  wrt: tuple[str, ...], seed_name: str, pairs: Pairs) -> Function:
    """The gradient function: forward sweep, reverse sweep, results."""
    kinds = activity.kinds
    marks = plan_marks(flat, shaped_names(activity))
    reversal = Reversal(activity, shadows, marks, context.fresh, lambda n: context.fresh(f"{n}^"),
                        context.fresh, pairs)
    last = flat.body[-1]
    assert isinstance(last, Return)
    forward, reverse = sweeps(reversal, flat.body[:-1])
    result, aux = last.value, None
    if request.has_aux:
        if not (isinstance(result, Build) and len(result.items) == 2):
            raise NonScalarError("With has_aux the function must return a pair (value, auxiliary).",
                                 "Write `return value, aux`.", last.origin)
        result, aux = result.items
        if any(n in activity.aliases.written for n in activity.aliases.shared(aux)):
            if not isinstance(kinds.of(aux), Array):
                raise UnsupportedError("The auxiliary value holds memory that the function writes.",
                                       "Return copies of the arrays.", last.origin)
            aux = Call(np.copy, (aux,))         # the reverse sweep undoes what was written
    head: list[Statement] = []
    if aux is not None and not isinstance(aux, Const):
        head.append(Assign(("^aux",), aux, origin=last.origin))
        aux = Var("^aux")
    kind = kinds.of(result)
    name = flat.name
    _check_result(kind, last)
    keeps = request.value or not _is_real_scalar(kind)
    if keeps and not isinstance(result, Const):
        held = "^result"
        head.append(Assign((held,), result, origin=last.origin))
        result = Var(held)
    if not _is_real_scalar(kind):
        head.append(Effect(Call(require_scalar, (result, Const(name))), origin=last.origin))
    seed: list[Statement] = []
    named = last.value.items[0] if aux is not None and isinstance(last.value, Build) else last.value
    if isinstance(named, Var) and activity.active(named.name):
        seed.append(Accumulate(bar(named.name), None, Var(seed_name), named.name, origin=last.origin,
                               reverses=last.label))
    wanted = [(reversal.bar_of(w), w) for w in wrt]
    back = place_zeros((*seed, *reverse), kinds, wanted)
    grads = tuple(Var(b) for b, _ in wanted)
    out: Expr = grads[0] if request.single else Build("tuple", grads)
    if request.value:
        first: Expr = result if aux is None else Build("tuple", (result, aux))
        out = Build("tuple", (first, out))
    elif aux is not None:
        out = Build("tuple", (out, aux))
    suffix = "value_and_grad" if request.value else "grad"
    stem = name if name.isidentifier() else "lambda"
    params = (*_printed_defaults(flat.params, context.data), Parameter(seed_name, "keyword", Const(1.0)))
    doc = _doc(name, wrt, request)
    body: Block = (Comment("forward sweep"), *forward, *head, Comment("reverse sweep", gap=True), *back,
                   *_conform(wanted, kinds), Return(out))
    return Function(f"{stem}_{suffix}", params, body, doc, flat.origin)


def _printed_defaults(params: tuple[Parameter, ...], data: dict[str, Datum]) -> tuple[Parameter, ...]:
    """Defaults that are literals print; where one is not, it and those before it are left to the caller."""
    printed = tuple(replace(p, default=_literal(p.default, data)) for p in params)
    last = max((k for k, (p, q) in enumerate(zip(params, printed, strict=True)) if p.default is not None
                and q.default is None), default=-1)
    return tuple(replace(p, default=None) if k <= last else p for k, p in enumerate(printed))


def _literal(default: Expr | None, data: dict[str, Datum]) -> Expr | None:
    match default:
        case Var(name) if type(value := _value(data[name])) is tuple and _is_literal(value):
            return Const(value)
        case Const():
            return default
    return None


def _is_literal(value: Any) -> bool:
    if type(value) is tuple:
        return all(map(_is_literal, value))
    return type(value) in (int, float, str, bool, type(None))


def _conform(wanted: list[tuple[str, str]], kinds: Kinds) -> list[Statement]:
    """The gradients in the dtypes of their arguments, where mixed precision or rank 0 leaves that open."""
    mixed = any(dtype_of(k) in ("float16", "float32", "longdouble") for k in kinds.names.values())
    out: list[Statement] = []
    for name, like in wanted:
        value: Expr
        match kinds.names.get(like, UNKNOWN):
            case Array(dtype, shape) if dtype is not None and (mixed or shape == ()):
                value = Call(np.asarray, (Var(name),), (("dtype", Const(np.dtype(dtype).type)),))
            case Number(dtype, weak) if mixed and dtype.startswith("float"):
                value = Call(float if weak else np.dtype(dtype).type, (Var(name),))
            case Array(None) | Numeric() | TupleKind() | ListKind() | DictKind():
                value = Call(cast_like, (Var(name), Var(like)))
            case _:
                continue
        out.append(Assign((name,), value))
    return out


def _is_real_scalar(kind: Kind) -> bool:
    return is_scalar(kind) and isinstance(kind, Number) and not kind.dtype.startswith("complex")


def _check_result(kind: Kind, last: Return) -> None:
    match kind:
        case Array(shape=tuple() as shape) if shape:
            what = f"an array of rank {len(shape)}"
        case TupleKind(items):
            what = f"a tuple of {len(items)}"
        case Known(value) if value is None:
            what = "None"
        case Number(dtype) if dtype.startswith("complex"):
            what = "complex"
        case Number(dtype) if dtype.startswith(("int", "uint", "bool")):
            what = f"of the type {dtype}, which cannot change smoothly"
        case _:
            return
    raise NonScalarError(f"The value of the function is {what}, so it has no gradient.",
                         "Return one real number, for example the sum.", last.origin)


def _doc(name: str, wrt: tuple[str, ...], request: Request) -> str:
    names = [f"`{w}`" for w in wrt]
    joined = names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
    return (f"Value of `{name}` and its gradient with respect to {joined}." if request.value
            else f"Gradient of `{name}` with respect to {joined}.")
