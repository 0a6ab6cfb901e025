"""Sums over axes of a product become contractions, which need no array for the product.

    before                                       after
    $1 = a[:, None, :]                           $1 = a[:, None, :]
    np.sum($1 * b, axis=2)                       np.einsum("ik,ijk->ij", a, b)
    np.sum(a[:, :, None] * b[None], axis=1)      a @ b
    np.sum(a * b)                                np.vdot(a, b)                     (in `identities`)
    einsum_adjoint("bd,bkd->bk", (v, u), 0, z~)  np.einsum("bk,bkd->bd", z~, u)

In: a function. Out: the same function, with contractions in the reverse sweep where one of the factors lacks an axis
of the product and every summed axis is in both. Guaranteed: equal lengths are proven wherever both factors have an
axis, since a contraction need not broadcast; the dtype stays; inf and nan, too. Single precision stays a sum, which
is the more exact one.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from s2sgrad.core.kinds import FLOATS, Array, Dim
from s2sgrad.core.names import is_temporary
from s2sgrad.core.nodes import Accumulate, Assign, Block, Build, Call, Const, Expr, Function, Store, Var, names
from s2sgrad.core.rewrite import bottom_up, map_blocks, walk_statements
from s2sgrad.runtime import einsum_adjoint, einsum_terms
from s2sgrad.simplify.effects import binds, disturbs, effects, is_pure
from s2sgrad.simplify.facts import Facts, kind_of, same_shape

LETTERS = "ijklmnopqrst"
Views = Mapping[str, Expr]      # temporaries that are views with new axes, as expressions

_WHOLE = Build("slice", (Const(None),) * 3)
_DTYPES = ("float64", "complex128")


def run(function: Function, facts: Facts) -> Function:
    """The function with contractions in its reverse statements."""
    bound = Counter(name for s in walk_statements(function.body) for name in binds(s))
    return replace(function, body=_block(function.body, frozenset(n for n in bound if bound[n] == 1), facts))


def _block(block: Block, once: frozenset[str], facts: Facts) -> Block:
    views: dict[str, Expr] = {}
    out = [map_blocks(s, lambda b: _block(b, once, facts)) for s in block]
    for k, stmt in enumerate(out):
        match stmt:
            case Assign() | Store() | Accumulate() if stmt.reverses and is_pure(stmt.value, facts):
                shorter = partial(contracted, facts=facts, views=dict(views))
                stmt = out[k] = replace(stmt, value=bottom_up(stmt.value, shorter))
        if views:
            done = effects(stmt, facts)
            views = {n: v for n, v in views.items() if not disturbs(done, names(v), names(v), facts)}
        match stmt:
            case Assign((name,), Call(operator.getitem, (Var(inner), index)) as value) if (
                    name != inner and name in once and is_temporary(name) and _new_axes(index)):
                views[name] = value
    return tuple(out)


def contracted(expr: Expr, facts: Facts, views: Views) -> Expr:
    """The contraction that this sum of a product is; as it is where it is none, or would save no memory."""
    match expr:
        case Call(np.sum, (Call(operator.mul, (left, right)),), (("axis", axis),)):
            a, b = (_factor(views.get(f.name, f) if isinstance(f, Var) else f, facts) for f in (left, right))
        case Call(function, (Const(str() as subscripts), Build(_, operands), Const(int() as index), z_bar)) if (
                function is einsum_adjoint):
            return _pulled_back(subscripts, operands, index, z_bar, facts) or expr
        case _:
            return expr
    if a is None or b is None:
        return expr
    rank = max(a.rank, b.rank)
    summed = _axes(axis, rank) if rank <= len(LETTERS) else None
    left_axes, right_axes = a.axes(rank), b.axes(rank)
    shared = left_axes.keys() & right_axes.keys()
    if (summed is None or not summed <= shared or len(left_axes | right_axes) < rank
            or left_axes.keys() == right_axes.keys()
            or not all(same_shape((left_axes[n],), (right_axes[n],)) for n in shared)):
        return expr
    one, other = "".join(left_axes), "".join(right_axes)
    result = "".join(n for n in LETTERS[:rank] if n not in summed)
    return _product(a.array, b.array, one, other, result) or Call(
        np.einsum, (Const(f"{one},{other}->{result}"), a.array, b.array))


def _pulled_back(subscripts: str, operands: Sequence[Expr], index: int, z_bar: Expr, facts: Facts) -> Expr | None:
    """The adjoint of an operand of np.einsum where nothing is broadcast, no diagonal taken, and no axis that the
    operand has alone summed."""
    arrays, of = [k for o in operands if isinstance(k := kind_of(o, facts), Array) and k.rank], kind_of(z_bar, facts)
    if "..." in subscripts or not 1 < len(arrays) == len(operands) or len({k.dtype for k in arrays}) > 1 or (
            arrays[0].dtype not in FLOATS):
        return None
    terms, output = einsum_terms(subscripts, [np.empty((0,) * (k.rank or 0)) for k in arrays])
    if output:
        if not isinstance(of, Array) or of.dtype != arrays[0].dtype or of.rank != len(output):
            return None
        arrays.append(of)
    lengths: dict[str, Dim] = {}
    for term, array in zip([*terms, output], arrays, strict=False):
        assert isinstance(array.shape, tuple)
        for letter, length in zip(term, array.shape, strict=True):
            if not same_shape((lengths.setdefault(letter, length),), (length,)):
                return None
    own, rest = terms[index], [(t, o) for k, (t, o) in enumerate(zip(terms, operands, strict=True)) if k != index]
    if len(set(own)) < len(own) or not set(own) <= {*output, *(c for t, _ in rest for c in t)}:
        return None
    first, other = rest[0]
    if len(rest) == 1 and not output and first == own:
        return Call(operator.mul, (z_bar, other))
    if len(rest) == 1 and output and (product := _product(z_bar, other, output, first, own)) is not None:
        return product
    pulled = Const(f"{','.join([output, *(t for t, _ in rest)])}->{own}")
    options = (("optimize", Const(True)),) if len(rest) > 1 else ()
    return Call(np.einsum, (pulled, z_bar, *(o for _, o in rest)), options)


def _product(a: Expr, b: Expr, left: str, right: str, result: str) -> Expr | None:
    """A contraction of matrices or vectors over one axis as a product of matrices."""
    if len(left) > 2 or len(right) > 2 or len(set(left) & set(right)) != 1:
        return None
    (over,) = set(left) & set(right)
    if over in result:
        return None
    if len(left) == 1 or not result.startswith(left.replace(over, "")):
        a, b, left, right = b, a, right, left
    if len(left) == 2 and left[0] == over:
        a = Call(np.transpose, (a,))
    if len(right) == 2 and right[1] == over:
        b = Call(np.transpose, (b,))
    return Call(operator.matmul, (a, b))


@dataclass(frozen=True)
class Factor:
    """An array, and its lengths along the axes of a product; None stands for an axis that it gets by `None`."""

    array: Expr
    lengths: tuple[Dim | None, ...]

    @property
    def rank(self) -> int:
        """The rank with the new axes."""
        return len(self.lengths)

    def axes(self, rank: int) -> dict[str, Dim]:
        """A letter for each axis of the array itself, with its length; axes are counted from the last one."""
        letters = LETTERS[rank - self.rank:rank]
        return {n: length for n, length in zip(letters, self.lengths, strict=True) if length is not None}


def _factor(expr: Expr, facts: Facts) -> Factor | None:
    match expr:
        case Call(operator.getitem, (inner, Build("tuple", items) as index)) if _new_axes(index):
            lengths = _lengths(kind_of(inner, facts))
            if lengths is None or sum(i == _WHOLE for i in items) > len(lengths):
                return None
            rest = iter(lengths)
            found = [next(rest) if i == _WHOLE else None for i in items]
            return Factor(inner, (*found, *rest))
    lengths = _lengths(kind_of(expr, facts))
    return None if lengths is None else Factor(expr, tuple(lengths))


def _new_axes(index: Expr) -> bool:
    """Does the index put in new axes, and nothing else?"""
    match index:
        case Build("tuple", items):
            return Const(None) in items and all(i in (_WHOLE, Const(None)) for i in items)
    return False


def _lengths(kind: object) -> Sequence[Dim] | None:
    """The lengths of an array of a dtype that a contraction sums as well as `np.sum`."""
    if isinstance(kind, Array) and kind.dtype in _DTYPES and isinstance(kind.shape, tuple) and kind.shape:
        return kind.shape
    return None


def _axes(axis: Expr, rank: int) -> set[str] | None:
    """The letters of the axes that are summed over."""
    match axis:
        case Const(int() as one) if not isinstance(one, bool):
            axes = [one]
        case Build("tuple", items) if items and all(isinstance(i, Const) and type(i.value) is int for i in items):
            axes = [i.value for i in items if isinstance(i, Const)]
        case _:
            return None
    if any(not -rank <= k < rank for k in axes):
        return None
    return {LETTERS[k % rank] for k in axes}
