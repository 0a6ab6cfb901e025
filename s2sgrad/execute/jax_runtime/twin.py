"""A helper of `s2sgrad.runtime` on JAX arrays without being written twice: its own code, with another NumPy.

In goes a helper whose shape logic is Python and which writes nothing in place; out comes a function with the same code
object, in whose namespace `np` is `jax.numpy` and each helper that it calls is the one for JAX. What such a helper
computes from shapes and axes alone stays NumPy's, since a trace must know it: see `Dialect`.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType
from typing import Any

import jax
import jax.numpy as jnp
import numpy


class Multiply:
    """`np.multiply` and its `outer`, which is written as a product since a contraction may round to fewer bits."""

    def __call__(self, a: Any, b: Any) -> Any:
        return jnp.multiply(a, b)

    def outer(self, a: Any, b: Any) -> Any:
        """All products of an entry of a and one of b, of shape (*a.shape, *b.shape)."""
        return jnp.reshape(a, jnp.shape(a) + (1,) * jnp.ndim(b)) * b


class Dialect:
    """`jax.numpy` as the helpers use NumPy.

    Of what is no JAX array (axes, lengths) argsort, cumsum, prod and atleast_1d give NumPy arrays, also under a trace.
    """

    multiply = Multiply()

    def __getattr__(self, name: str) -> Any:
        return getattr(jnp, name)

    def argsort(self, a: Any, axis: int = -1, kind: str = "stable") -> Any:
        """As `np.argsort`; always stable."""
        return numpy.argsort(a, axis, kind="stable") if _is_static(a) else jnp.argsort(a, axis=axis)

    def cumsum(self, a: Any, axis: Any = None) -> Any:
        """As `np.cumsum`."""
        return numpy.cumsum(a, axis) if _is_static(a) else jnp.cumsum(a, axis)

    def prod(self, a: Any, **options: Any) -> Any:
        """As `np.prod`."""
        return numpy.prod(a, **options) if _is_static(a) else jnp.prod(a, **options)

    def atleast_1d(self, a: Any) -> Any:
        """As `np.atleast_1d` of one argument."""
        return numpy.atleast_1d(a) if _is_static(a) else jnp.atleast_1d(a)

    def tensordot(self, a: Any, b: Any, axes: Any) -> Any:
        """As `np.tensordot`, whose axes may be ranges."""
        return jnp.tensordot(a, b, tuple(tuple(x) if isinstance(x, range) else x for x in axes))


DIALECT = Dialect()


def twin(helper: Callable[..., Any], *uses: Callable[..., Any]) -> Any:
    """The helper with `np` bound to `jax.numpy`, and with these helpers in place of those of the same names.

    Raises NameError when the helper reads a global name that nothing here stands for.
    """
    assert isinstance(helper, FunctionType)
    namespace: dict[str, Any] = {"__builtins__": builtins, "__name__": helper.__module__, "np": DIALECT}
    namespace |= {use.__name__: use for use in uses}
    for name in _names(helper.__code__):
        if name in helper.__globals__ and name not in namespace:
            raise NameError(f"the twin of {helper.__name__}() needs one of {name}", name=name)
    made = FunctionType(helper.__code__, namespace, helper.__name__, helper.__defaults__)
    made.__kwdefaults__, made.__doc__ = helper.__kwdefaults__, helper.__doc__
    return made


def _is_static(a: Any) -> bool:
    """Is it known while tracing?"""
    return not isinstance(a, jax.Array)


def _names(code: CodeType) -> Iterator[str]:
    """The global names (and attributes) that the code and the comprehensions in it read."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
