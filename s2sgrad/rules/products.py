"""Derivatives of products of vectors, matrices and tensors: np.matmul and @, np.dot, np.outer, np.einsum, ...

Where the ranks are known the adjoints are written as a person would; else a helper decides by the ranks at run time.
None conjugates: complex adjoints pair without conjugation (np.vdot, which conjugates its first factor, differs).
"""
# mypy: allow-untyped-defs

from __future__ import annotations

import operator

import numpy as np

from s2sgrad.core.kinds import (
    ONE,
    UNKNOWN,
    Array,
    Dim,
    Kind,
    ListKind,
    Numeric,
    Shape,
    TupleKind,
    rank_of,
    shape_of,
)
from s2sgrad.rules import shapes
from s2sgrad.rules.reductions import array_dtype, joined
from s2sgrad.rules.registry import MAYBE_VIEW, adjoint
from s2sgrad.runtime.broadcasting import unbroadcast
from s2sgrad.runtime.products import (
    cross_adjoints,
    dot_left_adjoint,
    dot_right_adjoint,
    einsum_adjoint,
    einsum_adjoints,
    einsum_at,
    einsum_second_adjoints,
    einsum_terms,
    inner_left_adjoint,
    inner_right_adjoint,
    kron_parts,
    matmul_left_adjoint,
    matmul_right_adjoint,
    tensordot_left_adjoint,
    tensordot_right_adjoint,
)


# ---------------------------------------------------------------- kinds
def joint_dtype(*kinds: Kind) -> str | None:
    """The dtype of a product: that of the factors as arrays (Python numbers are not weak here)."""
    return joined([array_dtype(k) for k in kinds])


def product_kind(shape: Shape, *factors: Kind) -> Kind:
    """A scalar or an array of this shape, and of the joint dtype of the factors."""
    return shapes.make(joint_dtype(*factors), shape)


def matmul_kind(a: Kind, b: Kind, *rest: Kind, **more: Kind) -> Kind:
    """np.matmul: batch axes broadcast; a vector's axis goes."""
    if rest or more:
        return UNKNOWN
    x, y = shape_of(a), shape_of(b)
    if isinstance(x, tuple) and isinstance(y, tuple) and x and y:
        batch = shapes.broadcast(x[:-2], y[:-2])
        assert isinstance(batch, tuple)
        return product_kind(batch + x[-2:-1] + (y[-1:] if len(y) > 1 else ()), a, b)
    if (rank_of(a) or 0) > 1 or (rank_of(b) or 0) > 1:
        return Array(joint_dtype(a, b), shapes.fresh_shape())
    return Numeric(joint_dtype(a, b), shapes.fresh_shape())


def dot_kind(a: Kind, b: Kind, *rest: Kind) -> Kind:
    """np.dot: the last axis of a and the last but one of b go."""
    x, y = shape_of(a), shape_of(b)
    if rest:
        return UNKNOWN
    if not isinstance(x, tuple) or not isinstance(y, tuple):
        return Numeric(joint_dtype(a, b), shapes.fresh_shape())
    if not x or not y:
        return product_kind(x + y, a, b)
    return product_kind(x[:-1] + y[:-2] + (y[-1:] if len(y) > 1 else ()), a, b)


def inner_kind(a: Kind, b: Kind) -> Kind:
    """np.inner: the last axes go."""
    x, y = shape_of(a), shape_of(b)
    if not isinstance(x, tuple) or not isinstance(y, tuple):
        return Numeric(joint_dtype(a, b), shapes.fresh_shape())
    return product_kind(x[:-1] + y[:-1] if x and y else x + y, a, b)


def vdot_kind(a: Kind, b: Kind) -> Kind:
    """np.vdot: a scalar."""
    return product_kind((), a, b)


def entries(kind: Kind) -> Dim:
    """The length of np.ravel of this."""
    shape = shape_of(kind)
    if shape == ():
        return ONE
    return shape[0] if isinstance(shape, tuple) and len(shape) == 1 else shapes.fresh_dim()


def outer_kind(a: Kind, b: Kind, *rest: Kind, **more: Kind) -> Kind:
    """np.outer: a matrix."""
    return UNKNOWN if rest or more else Array(joint_dtype(a, b), (entries(a), entries(b)))


def times(a: Dim, b: Dim) -> Dim:
    """The product of two lengths."""
    if a.is_one or b.is_one:
        return b if a.is_one else a
    return shapes.fresh_dim() if a.symbol or b.symbol else Dim("", a.offset * b.offset)


def kron_kind(a: Kind, b: Kind) -> Kind:
    """np.kron: the lengths of each axis multiply; a missing leading axis counts as length 1."""
    x, y = shape_of(a), shape_of(b)
    if not isinstance(x, tuple) or not isinstance(y, tuple):
        return Numeric(joint_dtype(a, b), shapes.fresh_shape())
    rank = max(len(x), len(y))
    x, y = (ONE,) * (rank - len(x)) + x, (ONE,) * (rank - len(y)) + y
    return product_kind(tuple(map(times, x, y)), a, b)


def cross_kind(a: Kind, b: Kind, *rest: Kind, **more: Kind) -> Kind:
    """np.cross of 3-vectors; of two 2-vectors it has one axis less."""
    x, y = shape_of(a), shape_of(b)
    if isinstance(x, tuple) and isinstance(y, tuple) and not rest and not more:
        match x[-1:], y[-1:]:
            case (Dim("", 3),), (Dim("", 3),):
                return product_kind(shapes.broadcast(x, y), a, b)
            case (Dim("", 2),), (Dim("", 2),):
                return product_kind(shapes.broadcast(x[:-1], y[:-1]), a, b)
    return Numeric(joint_dtype(a, b), shapes.fresh_shape())


def axis_numbers(kind: Kind | None) -> list[int] | None:
    """A static list of axes, or one axis."""
    match kind:
        case TupleKind(items) | ListKind(_, items) if items is not None:
            found = [shapes.static(k) for k in items]
        case _:
            found = [shapes.static(kind)]
    return [i for i in found if isinstance(i, int)] if all(isinstance(i, int) for i in found) else None


def tensordot_kind(a: Kind, b: Kind, axes: Kind | None = None) -> Kind:
    """np.tensordot: an array, also of rank 0."""
    x, y, count = shape_of(a), shape_of(b), shapes.static(axes, 2)
    found: Shape = shapes.fresh_shape()
    match axes:
        case _ if not isinstance(x, tuple) or not isinstance(y, tuple):
            pass
        case _ if isinstance(count, int):
            found = x[:len(x) - count] + y[count:]
        case TupleKind((first, second)) | ListKind(_, (first, second)):
            of_a, of_b = axis_numbers(first), axis_numbers(second)
            if of_a is not None and of_b is not None:
                gone_a, gone_b = {i % len(x) for i in of_a}, {i % len(y) for i in of_b}
                found = tuple(d for i, d in enumerate(x) if i not in gone_a)
                found += tuple(d for i, d in enumerate(y) if i not in gone_b)
    return Array(joint_dtype(a, b), found)


def einsum_kind(subscripts: Kind, *operands: Kind, **options: Kind) -> Kind:
    """np.einsum with a known string of subscripts."""
    text, ranks = shapes.static(subscripts), [rank_of(k) for k in operands]
    if set(options) - {"optimize"} or not isinstance(text, str):
        return UNKNOWN
    dtype = joint_dtype(*operands)
    if None in ranks:
        letters = text.partition("->")[2].strip() if "->" in text else "..."
        if "..." in letters:
            return Numeric(dtype, shapes.fresh_shape())
        return shapes.make(dtype, tuple(shapes.fresh_dim() for _ in letters))
    terms, output = einsum_terms(text, [np.empty((0,) * (rank or 0)) for rank in ranks])
    lengths: dict[str, Dim] = {}
    for term, operand in zip(terms, operands, strict=True):
        dims = shape_of(operand)
        assert isinstance(dims, tuple)
        for letter, dim in zip(term, dims, strict=True):
            lengths[letter] = shapes.meet(lengths.get(letter, dim), dim)
    return shapes.make(dtype, tuple(lengths[c] for c in output))


def like_first_and_third(z_bar: Kind, shape: Kind, b: Kind, *_: Kind, **__: Kind) -> Kind:
    """The adjoint of a left factor: an array or a scalar."""
    return Numeric(joint_dtype(z_bar, b), shapes.fresh_shape())


def like_first_and_second(z_bar: Kind, a: Kind, *_: Kind, **__: Kind) -> Kind:
    """The adjoint of a right factor: an array or a scalar."""
    return Numeric(joint_dtype(z_bar, a), shapes.fresh_shape())


# ---------------------------------------------------------------- products of vectors and matrices
@adjoint(np.matmul, operator.matmul, kind=matmul_kind, complex_too=True)
def matmul(z, a, b, *, z_bar):
    if np.ndim(a) == 1 and np.ndim(b) == 1:
        a_bar = z_bar * b
        b_bar = z_bar * a
    elif np.ndim(a) == 2 and np.ndim(b) == 1:
        a_bar = np.outer(z_bar, b)
        b_bar = a.T @ z_bar
    elif np.ndim(a) == 1 and np.ndim(b) == 2:
        a_bar = b @ z_bar
        b_bar = np.outer(a, z_bar)
    elif np.ndim(a) == 2 and np.ndim(b) == 2:
        a_bar = z_bar @ b.T
        b_bar = a.T @ z_bar
    elif np.ndim(a) == 3 and np.ndim(b) == 2:
        a_bar = z_bar @ b.T
        b_bar = np.tensordot(a, z_bar, axes=((0, 1), (0, 1)))
    elif np.ndim(a) > 1 and np.ndim(b) > 1:
        a_bar = unbroadcast(z_bar @ np.swapaxes(b, -1, -2), a)
        b_bar = unbroadcast(np.swapaxes(a, -1, -2) @ z_bar, b)
    else:
        a_bar = matmul_left_adjoint(z_bar, np.shape(a), b)
        b_bar = matmul_right_adjoint(z_bar, a, np.shape(b))
    return a_bar, b_bar


@adjoint(np.dot, kind=dot_kind, complex_too=True)
def dot(z, a, b, *, z_bar):
    if np.ndim(a) == 1 and np.ndim(b) == 1:
        a_bar = z_bar * b
        b_bar = z_bar * a
    elif np.ndim(a) == 2 and np.ndim(b) == 1:
        a_bar = np.outer(z_bar, b)
        b_bar = a.T @ z_bar
    elif np.ndim(a) == 1 and np.ndim(b) == 2:
        a_bar = b @ z_bar
        b_bar = np.outer(a, z_bar)
    elif np.ndim(a) == 2 and np.ndim(b) == 2:
        a_bar = z_bar @ b.T
        b_bar = a.T @ z_bar
    else:
        a_bar = dot_left_adjoint(z_bar, np.shape(a), b)
        b_bar = dot_right_adjoint(z_bar, a, np.shape(b))
    return a_bar, b_bar


@adjoint(np.inner, kind=inner_kind, complex_too=True)
def inner(z, a, b, *, z_bar):
    if np.ndim(a) == 1 and np.ndim(b) == 1:
        a_bar = z_bar * b
        b_bar = z_bar * a
    elif np.ndim(a) == 2 and np.ndim(b) == 1:
        a_bar = np.outer(z_bar, b)
        b_bar = a.T @ z_bar
    elif np.ndim(a) == 1 and np.ndim(b) == 2:
        a_bar = b.T @ z_bar
        b_bar = np.outer(z_bar, a)
    elif np.ndim(a) == 2 and np.ndim(b) == 2:
        a_bar = z_bar @ b
        b_bar = z_bar.T @ a
    else:
        a_bar = inner_left_adjoint(z_bar, np.shape(a), b)
        b_bar = inner_right_adjoint(z_bar, a, np.shape(b))
    return a_bar, b_bar


@adjoint(np.vdot, kind=vdot_kind, complex_too=True)
def vdot(z, a, b, *, z_bar):
    if np.ndim(a) == 1 and np.ndim(b) == 1 and not np.iscomplexobj(a) and not np.iscomplexobj(b):
        a_bar = z_bar * b
        b_bar = z_bar * a
    else:
        a_bar = np.reshape(np.conj(z_bar * b), np.shape(a))
        b_bar = np.reshape(z_bar * np.conj(a), np.shape(b))
    return a_bar, b_bar


@adjoint(np.outer, kind=outer_kind, complex_too=True)
def outer(z, a, b, *, z_bar):
    if np.ndim(a) == 1 and np.ndim(b) == 1:
        a_bar = z_bar @ b
        b_bar = a @ z_bar
    else:
        a_bar = np.reshape(z_bar @ np.ravel(b), np.shape(a))
        b_bar = np.reshape(np.ravel(a) @ z_bar, np.shape(b))
    return a_bar, b_bar


@adjoint(np.cross, broadcasts=True, kind=cross_kind, complex_too=True)
def cross(z, a, b, *, z_bar):
    if np.ndim(a) == np.ndim(z) and np.ndim(b) == np.ndim(z):         # of 3-vectors: see cross_kind
        a_bar = np.cross(b, z_bar)
        b_bar = np.cross(z_bar, a)
    else:
        parts = cross_adjoints(z_bar, a, b)
        a_bar = parts[0]
        b_bar = parts[1]
    return a_bar, b_bar


@adjoint(np.kron, kind=kron_kind, complex_too=True)
def kron(z, a, b, *, z_bar):
    parts = kron_parts(z_bar, a, b)
    a_bar = parts[0]
    b_bar = parts[1]
    return a_bar, b_bar


# ---------------------------------------------------------------- contractions
@adjoint(np.tensordot, kind=tensordot_kind, complex_too=True)
def tensordot(z, a, b, axes=2, *, z_bar):
    a_bar = tensordot_left_adjoint(z_bar, np.shape(a), b, axes)
    b_bar = tensordot_right_adjoint(z_bar, a, np.shape(b), axes)
    return a_bar, b_bar


@adjoint(np.einsum, kind=einsum_kind, result=MAYBE_VIEW, complex_too=True)
def einsum(z, subscripts, *operands, optimize=False, z_bar):
    if len(operands) == 1:
        return None, [einsum_adjoint(subscripts, operands, 0, z_bar)]
    elif len(operands) == 2:
        return None, [einsum_adjoint(subscripts, operands, 0, z_bar), einsum_adjoint(subscripts, operands, 1, z_bar)]
    elif len(operands) == 3:
        return None, [einsum_adjoint(subscripts, operands, 0, z_bar), einsum_adjoint(subscripts, operands, 1, z_bar),
                      einsum_adjoint(subscripts, operands, 2, z_bar)]
    else:
        return None, einsum_adjoints(subscripts, operands, z_bar)


# ---------------------------------------------------------------- helpers of these rules, for second derivatives
# <left_adjoint(z_bar, shape, b), g> = <z_bar, g @ b> and <right_adjoint(z_bar, a, shape), g> = <z_bar, a @ g>.
@adjoint(matmul_left_adjoint, kind=like_first_and_third, complex_too=True)
def matmul_left_adjoint_(a_bar, z_bar, shape, b, *, a_bar_bar):
    return np.matmul(a_bar_bar, b), None, matmul_right_adjoint(z_bar, a_bar_bar, np.shape(b))


@adjoint(matmul_right_adjoint, kind=like_first_and_second, complex_too=True)
def matmul_right_adjoint_(b_bar, z_bar, a, shape, *, b_bar_bar):
    return np.matmul(a, b_bar_bar), matmul_left_adjoint(z_bar, np.shape(a), b_bar_bar), None


@adjoint(dot_left_adjoint, kind=like_first_and_third, complex_too=True)
def dot_left_adjoint_(a_bar, z_bar, shape, b, *, a_bar_bar):
    return np.dot(a_bar_bar, b), None, dot_right_adjoint(z_bar, a_bar_bar, np.shape(b))


@adjoint(dot_right_adjoint, kind=like_first_and_second, complex_too=True)
def dot_right_adjoint_(b_bar, z_bar, a, shape, *, b_bar_bar):
    return np.dot(a, b_bar_bar), dot_left_adjoint(z_bar, np.shape(a), b_bar_bar), None


@adjoint(inner_left_adjoint, kind=like_first_and_third, complex_too=True)
def inner_left_adjoint_(a_bar, z_bar, shape, b, *, a_bar_bar):
    return np.inner(a_bar_bar, b), None, inner_right_adjoint(z_bar, a_bar_bar, np.shape(b))


@adjoint(inner_right_adjoint, kind=like_first_and_second, complex_too=True)
def inner_right_adjoint_(b_bar, z_bar, a, shape, *, b_bar_bar):
    return np.inner(a, b_bar_bar), inner_left_adjoint(z_bar, np.shape(a), b_bar_bar), None


@adjoint(tensordot_left_adjoint, kind=like_first_and_third, complex_too=True)
def tensordot_left_adjoint_(a_bar, z_bar, shape, b, axes=2, *, a_bar_bar):
    return np.tensordot(a_bar_bar, b, axes), None, tensordot_right_adjoint(z_bar, a_bar_bar, np.shape(b), axes)


@adjoint(tensordot_right_adjoint, kind=like_first_and_second, complex_too=True)
def tensordot_right_adjoint_(b_bar, z_bar, a, shape, axes=2, *, b_bar_bar):
    return np.tensordot(a, b_bar_bar, axes), tensordot_left_adjoint(z_bar, np.shape(a), b_bar_bar, axes), None


@adjoint(einsum_adjoint, complex_too=True)
def einsum_adjoint_(bar, subscripts, operands, index, z_bar, *, bar_bar):
    operands_bar = einsum_second_adjoints(subscripts, operands, index, z_bar, bar_bar)
    z_bar_bar = einsum_at(subscripts, operands, index, bar_bar)
    return None, operands_bar, None, z_bar_bar
