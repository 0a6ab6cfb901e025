"""Adjoints of products whose ranks are not known while transforming, and of those that have no short text.

In: the adjoint of the product, and its factors. Out: the adjoint of one factor, in the factor's shape; what is needed
of that factor itself is only its shape. Nothing that is passed in is written.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sgrad.runtime.broadcasting import unbroadcast


def matmul_left_adjoint(z_bar: Any, shape: tuple[int, ...], b: Any) -> Any:
    """The adjoint of `a`, which has this shape, in z = a @ b, of any rank; batch axes broadcast."""
    if np.ndim(b) == 1:
        a_bar = np.multiply.outer(z_bar, b)
    elif len(shape) == 1:
        a_bar = (b @ np.expand_dims(z_bar, -1))[..., 0]
    else:
        a_bar = z_bar @ np.swapaxes(b, -1, -2)
    return unbroadcast(a_bar, np.empty(shape))


def matmul_right_adjoint(z_bar: Any, a: Any, shape: tuple[int, ...]) -> Any:
    """The adjoint of `b`, which has this shape, in z = a @ b, of any rank; batch axes broadcast."""
    if np.ndim(a) == 1 and len(shape) == 1:
        b_bar = np.multiply.outer(a, z_bar)
    elif np.ndim(a) == 1:
        b_bar = np.expand_dims(a, -1) * np.expand_dims(z_bar, -2)
    elif len(shape) == 1:
        b_bar = (np.expand_dims(z_bar, -2) @ a)[..., 0, :]
    else:
        b_bar = np.swapaxes(a, -1, -2) @ z_bar
    return unbroadcast(b_bar, np.empty(shape))


def dot_left_adjoint(z_bar: Any, shape: tuple[int, ...], b: Any) -> Any:
    """The adjoint of `a`, which has this shape, in z = np.dot(a, b), for factors of any rank."""
    if len(shape) == 0 or np.ndim(b) == 0:
        return unbroadcast(z_bar * b, np.empty(shape))
    lead = len(shape) - 1
    b = np.moveaxis(b, -2, -1) if np.ndim(b) > 1 else b
    return np.tensordot(z_bar, b, axes=(range(lead, lead + np.ndim(b) - 1), range(np.ndim(b) - 1)))


def dot_right_adjoint(z_bar: Any, a: Any, shape: tuple[int, ...]) -> Any:
    """The adjoint of `b`, which has this shape, in z = np.dot(a, b), for factors of any rank."""
    if np.ndim(a) == 0 or len(shape) == 0:
        return unbroadcast(z_bar * a, np.empty(shape))
    lead = range(np.ndim(a) - 1)
    b_bar = np.tensordot(z_bar, a, axes=(lead, lead))   # the axes of b that are kept, then the contracted
    return np.moveaxis(b_bar, -1, -2) if len(shape) > 1 else b_bar


def inner_left_adjoint(z_bar: Any, shape: tuple[int, ...], b: Any) -> Any:
    """The adjoint of `a`, which has this shape, in z = np.inner(a, b), for factors of any rank."""
    if len(shape) == 0 or np.ndim(b) == 0:
        return unbroadcast(z_bar * b, np.empty(shape))
    lead = len(shape) - 1
    return np.tensordot(z_bar, b, axes=(range(lead, lead + np.ndim(b) - 1), range(np.ndim(b) - 1)))


def inner_right_adjoint(z_bar: Any, a: Any, shape: tuple[int, ...]) -> Any:
    """The adjoint of `b`, which has this shape, in z = np.inner(a, b), for factors of any rank."""
    if np.ndim(a) == 0 or len(shape) == 0:
        return unbroadcast(z_bar * a, np.empty(shape))
    lead = range(np.ndim(a) - 1)
    return np.tensordot(z_bar, a, axes=(lead, lead))


def contracted_axes(rank_a: int, rank_b: int, axes: Any) -> tuple[list[int], list[int]]:
    """The axes that np.tensordot(a, b, axes) contracts, as two lists of numbers that are not negative."""
    if not isinstance(axes, (list, tuple)):
        return list(range(rank_a - axes, rank_a)), list(range(axes))
    of_a, of_b = ([i] if np.ndim(i) == 0 else list(i) for i in axes)
    return [i % rank_a for i in of_a], [i % rank_b for i in of_b]


def tensordot_left_adjoint(z_bar: Any, shape: tuple[int, ...], b: Any, axes: Any = 2) -> Any:
    """The adjoint of `a`, which has this shape, in z = np.tensordot(a, b, axes)."""
    of_a, of_b = contracted_axes(len(shape), np.ndim(b), axes)
    kept_a = [i for i in range(len(shape)) if i not in of_a]
    kept_b = [i for i in range(np.ndim(b)) if i not in of_b]
    a_bar = np.tensordot(z_bar, b, axes=(range(len(kept_a), np.ndim(z_bar)), kept_b))
    order = kept_a + [of_a[of_b.index(i)] for i in sorted(of_b)]      # which axis of a each axis of a_bar is
    return np.transpose(a_bar, np.argsort(order))


def tensordot_right_adjoint(z_bar: Any, a: Any, shape: tuple[int, ...], axes: Any = 2) -> Any:
    """The adjoint of `b`, which has this shape, in z = np.tensordot(a, b, axes)."""
    of_a, of_b = contracted_axes(np.ndim(a), len(shape), axes)
    kept_a = [i for i in range(np.ndim(a)) if i not in of_a]
    kept_b = [i for i in range(len(shape)) if i not in of_b]
    b_bar = np.tensordot(a, z_bar, axes=(kept_a, range(len(kept_a))))
    order = [of_b[of_a.index(i)] for i in sorted(of_a)] + kept_b
    return np.transpose(b_bar, np.argsort(order))


def kron_parts(z_bar: Any, a: Any, b: Any) -> tuple[Any, Any]:
    """The adjoints of `a` and `b` in z = np.kron(a, b): the products of all entries."""
    rank = max(np.ndim(a), np.ndim(b))
    of_a = (1,) * (rank - np.ndim(a)) + np.shape(a)
    of_b = (1,) * (rank - np.ndim(b)) + np.shape(b)
    pairs = np.reshape(z_bar, [n for pair in zip(of_a, of_b, strict=True) for n in pair])
    even, odd = range(0, 2 * rank, 2), range(1, 2 * rank, 2)
    a_bar = np.tensordot(pairs, np.reshape(b, of_b), axes=(odd, range(rank)))
    b_bar = np.tensordot(pairs, np.reshape(a, of_a), axes=(even, range(rank)))
    return np.reshape(a_bar, np.shape(a)), np.reshape(b_bar, np.shape(b))


def einsum_terms(subscripts: str, operands: Any) -> tuple[list[str], str]:
    """The letters of each operand's axes and of the result's: `...` spelt out, an implicit output made
    explicit.

    Raises ValueError when subscripts is no string (the form with lists of numbers).
    """
    if not isinstance(subscripts, str):
        raise ValueError("np.einsum with lists of axis numbers is not differentiated; write the subscripts "
                         "as a string")
    left, arrow, output = subscripts.replace(" ", "").partition("->")
    terms = left.split(",")
    hidden = [np.ndim(x) - len(t.replace("...", "")) if "..." in t else 0
              for t, x in zip(terms, operands, strict=True)]
    unused = [c for c in map(chr, range(65, 123)) if c.isalpha() and c not in subscripts][: max(hidden)]
    terms = [t.replace("...", "".join(unused[len(unused) - n:])) for t, n in zip(terms, hidden, strict=True)]
    if arrow:
        output = output.replace("...", "".join(unused))
    else:
        once = sorted(c for c in set(left) if c.isalpha() and left.count(c) == 1)
        output = "".join(unused + once)
    return terms, output


def einsum_adjoint(subscripts: str, operands: Any, index: int, z_bar: Any) -> Any:
    """The adjoint of operands[index] in z = np.einsum(subscripts, *operands): z_bar takes the operand's
    place.

    Letters that only this operand has are broadcast, repeated ones (a diagonal) are scattered to the
    diagonal, and axes of length 1 that met longer ones are summed. Returns a new array of the operand's shape
    and dtype. Raises ValueError when subscripts is no string.
    """
    terms, output = einsum_terms(subscripts, operands)
    own, shape = terms[index], np.shape(operands[index])
    sizes: dict[str, int] = {}
    for term, operand in zip(terms, operands, strict=True):
        for letter, n in zip(term, np.shape(operand), strict=True):
            sizes[letter] = n if sizes.get(letter, 1) == 1 else sizes[letter]
    others = [(t, x) for k, (t, x) in enumerate(zip(terms, operands, strict=True)) if k != index]
    letters = "".join(dict.fromkeys(own))
    shared = "".join(c for c in letters if c in output or any(c in t for t, _ in others))
    pull = ",".join([output] + [t for t, _ in others]) + "->" + shared
    bar = np.asarray(np.einsum(pull, z_bar, *(x for _, x in others), optimize=True))
    bar = bar.reshape([bar.shape[shared.index(c)] if c in shared else 1 for c in letters])
    bar = np.broadcast_to(bar, [sizes[c] for c in letters])
    short = tuple(i for i, c in enumerate(letters) if shape[own.index(c)] == 1 != sizes[c])
    bar = np.sum(bar, axis=short, keepdims=True) if short else bar
    dtype = np.asarray(operands[index]).dtype
    fresh = np.empty(bar.shape, dtype=dtype if dtype.kind == bar.dtype.kind else bar.dtype)
    fresh[...] = bar
    if len(letters) == len(own):
        return fresh
    scattered = np.zeros(shape, dtype=fresh.dtype)
    np.einsum(own + "->" + letters, scattered)[...] = fresh
    return scattered


def einsum_adjoints(subscripts: str, operands: Any, z_bar: Any) -> list[Any]:
    """The adjoints of all operands: see `einsum_adjoint`."""
    return [einsum_adjoint(subscripts, operands, k, z_bar) for k in range(len(operands))]


def replaced(operands: Any, index: int, value: Any) -> tuple[Any, ...]:
    """The operands with another one at `index`."""
    return (*operands[:index], value, *operands[index + 1:])


def einsum_at(subscripts: str, operands: Any, index: int, value: Any) -> Any:
    """np.einsum(subscripts, *operands) with another operand at `index`."""
    return np.einsum(subscripts, *replaced(operands, index, value))


def einsum_second_adjoints(subscripts: str, operands: Any, index: int, z_bar: Any, g: Any) -> list[Any]:
    """The adjoints of all operands in bar = einsum_adjoint(subscripts, operands, index, z_bar), whose adjoint
    is g.

    bar is linear in each of the other operands and does not depend on operands[index].
    """
    others = replaced(operands, index, g)
    return [einsum_adjoint(subscripts, others, k, z_bar) if k != index else np.zeros_like(operands[k])
            for k in range(len(operands))]


def cross_adjoints(z_bar: Any, a: Any, b: Any) -> tuple[Any, Any]:
    """The adjoints of both vectors in z = np.cross(a, b), before broadcasting is undone.

    A vector of two entries has 0 as its third one; of two such vectors z is the third entry alone.
    """
    n, m = np.shape(a)[-1], np.shape(b)[-1]
    zero = np.zeros_like(z_bar)
    upright = z_bar if max(n, m) == 3 else np.stack([zero, zero, z_bar], axis=-1)
    u, v = (x if np.shape(x)[-1] == 3 else np.concatenate([x, np.zeros_like(x[..., :1])], -1) for x in (a, b))
    return np.cross(v, upright)[..., :n], np.cross(upright, u)[..., :m]
