"""The JAX spelling of each callable: fills the column `Rule.jax` of the registry, a static table that needs no JAX.

A spelling is the dotted path of the function with the same meaning, in double precision as NumPy's. Four differences
hold for all of JAX and are no reason to go without: it computes with arrays and numbers, not with lists; it promotes
dtypes by its own lattice (float32 with int64 is float32, and so is the mean of truth values); it marks an error of
the values (a singular matrix, the root of -1 in `math`, an index out of bounds) by nan or inf and raises nothing;
`empty` gives zeros.

Functions without spelling, so that a call is refused by name: those that write arrays (`np.put`), read or reinterpret
memory (`as_strided`, `view`, `shares_memory`), leave JAX (`item`, `tolist`), give lengths that depend on data
(`unique`, `nonzero`, `bincount`, `delete`, `lstsq`), check values (`choose`, `ravel_multi_index`: not under `jit`),
order ties in their own way (`partition`, `argpartition`), and those of which JAX means another thing: `pinv` (another
default cutoff), `eig` and `eigvals` (complex also where NumPy's are real), `isscalar` (true of arrays of rank 0),
`math.isclose` (another formula), `math.floor` and its like (integers in Python), `math.fsum` (exact), `round`.
"""

from __future__ import annotations

import builtins
import math
from collections.abc import Hashable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np

from s2sgrad.rules.registry import register, rule_of

_LACKING: dict[Any, frozenset[str]] = {}
_POSITIONS: dict[Any, int] = {}
_NEEDED: dict[Any, Mapping[str, Any]] = {}
_NOTHING: Mapping[str, Any] = MappingProxyType({})
_UFUNC_OPTIONS = frozenset({"out", "where", "casting", "order", "dtype", "subok", "signature"})


def _key(function: Any) -> Any:
    return function if isinstance(function, Hashable) else None


def jax_name(function: Any) -> str | None:
    """The dotted path of the function in JAX with the same meaning; None where none is known."""
    rule = rule_of(function)
    return None if rule is None else rule.jax


def lacking(function: Any) -> frozenset[str]:
    """Arguments that a call by the JAX spelling may not name: JAX has them not, ignores them, or names them otherwise.

    Those that are only named otherwise may be given by position: see `positions`.
    """
    options = _UFUNC_OPTIONS if isinstance(function, np.ufunc) else frozenset[str]()
    return options | _LACKING.get(_key(function), frozenset())


def positions(function: Any) -> int | None:
    """How many leading arguments mean the same in JAX when given by position; None: as many as the function takes."""
    return _POSITIONS.get(_key(function), function.nin if isinstance(function, np.ufunc) else None)


def needed(function: Any) -> Mapping[str, Any]:
    """Options that the JAX function must be given where the call does not name them, to mean what NumPy's means."""
    return _NEEDED.get(_key(function), _NOTHING)


def _spell(home: Any, names: str, lacks: str = "", positions: int | None = None, jax: str = "jax.numpy",
           **needs: Any) -> None:
    """Spell functions of `home`, each by its own name in `jax`, or by another: "name=other"."""
    for name in names.split():
        own, _, other = name.partition("=")
        function = getattr(home, own)
        rule = rule_of(function)
        assert rule is not None, f"{name} is not registered"
        register(replace(rule, jax=f"{jax}.{other or own}"))
        if lacks:
            _LACKING[function] = frozenset(lacks.split())
        if positions is not None:
            _POSITIONS[function] = positions
        if needs:
            _NEEDED[function] = MappingProxyType(needs)


# ---------------------------------------------------------------- universal functions
_spell(np, "add subtract multiply divide negative positive reciprocal square absolute=abs fabs copysign remainder fmod "
           "floor_divide sign floor ceil trunc rint power float_power conjugate heaviside maximum minimum fmax fmin")
_spell(np, "exp exp2 expm1 log log2 log10 log1p sqrt cbrt logaddexp logaddexp2 sin cos tan arcsin arccos arctan "
           "arctan2 hypot deg2rad rad2deg radians degrees sinh cosh tanh arcsinh arccosh arctanh")
_spell(np, "less less_equal greater greater_equal equal not_equal isnan isfinite isinf signbit logical_and logical_or "
           "logical_xor logical_not bitwise_and bitwise_or bitwise_xor invert left_shift right_shift")
_spell(np, "matmul", lacks="axes axis keepdims")

# ---------------------------------------------------------------- elementwise, in NumPy no universal functions
_spell(np, "round around=round", lacks="out", positions=2)
_spell(np, "fix=trunc", lacks="out", positions=1)                        # jax.numpy.fix was the same, and is gone
_spell(np, "real imag", lacks="val")                                     # positional only
_spell(np, "sinc", lacks="x")                                            # positional only
_spell(np, "clip", lacks=" ".join({"a", "a_min", "a_max", *_UFUNC_OPTIONS}), positions=3)    # arr, min, max
_spell(np, "nan_to_num", lacks="copy", positions=1)                      # ignored: `copy=False` writes the argument
_spell(np, "isclose allclose array_equal array_equiv where select")
_spell(np, "isin", lacks="kind")

# ---------------------------------------------------------------- reductions: no `out`
_spell(np, "sum nansum mean var std prod cumsum cumprod", lacks="out", positions=3)
_spell(np, "max min amax=max amin=min ptp any all argmax argmin", lacks="out", positions=2)
_spell(np, "average count_nonzero diff cov corrcoef")
_spell(np, "nanmean", lacks="out", positions=3)
_spell(np, "nanvar nanstd", lacks="out correction", positions=3)
_spell(np, "nanmax nanmin median", lacks="out", positions=2)

# ---------------------------------------------------------------- shapes; memory has no layout in JAX
_spell(np, "shape ndim size squeeze expand_dims atleast_1d atleast_2d transpose matrix_transpose swapaxes moveaxis "
           "rollaxis flip fliplr flipud roll rot90 diag diagonal tril triu block resize ravel")
_spell(np.ndarray, "flatten=ravel conj conjugate")
_spell(np, "reshape", lacks="copy")                                      # ignored: `copy=False` must raise
_spell(np, "broadcast_to", lacks="subok", positions=2)
_spell(np, "broadcast_arrays", lacks="subok")

# ---------------------------------------------------------------- creation: no layout, subclass, device
_spell(np, "zeros ones empty", lacks="order device like", positions=2)
_spell(np, "full", lacks="order device like", positions=3)
_spell(np, "zeros_like ones_like empty_like", lacks="order subok device", positions=2)
_spell(np, "full_like", lacks="order subok device", positions=3)
_spell(np, "eye", lacks="order device like", positions=4)
_spell(np, "identity", lacks="like")
_spell(np, "tri", lacks="like", positions=3, dtype=float)                # in JAX float32 unless told
_spell(np, "arange", lacks="device like")
_spell(np, "linspace", lacks="dtype device", positions=5)                # in integers, JAX rounds 6.999... down to 6
_spell(np, "logspace", lacks="dtype", positions=5)
_spell(np, "geomspace", lacks="dtype", positions=4)
_spell(np, "meshgrid", lacks="copy")
_spell(np, "hanning hamming bartlett blackman")
_spell(np, "vander indices triu_indices tril_indices triu_indices_from tril_indices_from diag_indices "
           "diag_indices_from ix_")

# ---------------------------------------------------------------- conversions: `copy=False` must raise where it cannot
_spell(np, "array", lacks="copy order subok ndmax like", positions=2)
_spell(np, "asarray asanyarray=asarray", lacks="copy order device like", positions=2)
_spell(np, "ascontiguousarray=atleast_1d", lacks="a dtype like", positions=1)
_spell(np, "copy", lacks="order subok", positions=1)
_spell(np.ndarray, "copy", lacks="order", positions=1)
_spell(np.ndarray, "astype", lacks="dtype order casting subok", positions=2)
_spell(np, "astype", lacks="device")
_spell(np, "bool_ int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128",
       positions=1)

# ---------------------------------------------------------------- gathering; JAX sorts stably, which any `kind` permits
_spell(np, "take", lacks="out mode", positions=3)
_spell(np, "sort argsort", lacks="kind order", positions=2)
_spell(np, "take_along_axis searchsorted digitize lexsort insert")
_spell(np, "unravel_index", lacks="order", positions=2)

# ---------------------------------------------------------------- joining; the third of `concatenate` is another thing
_spell(np, "concatenate stack", lacks="out casting", positions=2)
_spell(np, "hstack vstack", lacks="casting")
_spell(np, "column_stack dstack append split array_split hsplit vsplit tile repeat pad")

# ---------------------------------------------------------------- products and sampling
_spell(np, "dot outer", lacks="out", positions=2)
_spell(np, "trace", lacks="out", positions=5)
_spell(np, "inner vdot cross kron tensordot interp convolve correlate trapezoid polyval polyfit unwrap")
_spell(np, "einsum", lacks="out dtype order casting")

# ---------------------------------------------------------------- np.linalg; factors are unique up to sign in both
_spell(np.linalg, "norm solve inv det slogdet qr svd svdvals matrix_power matrix_transpose",
       jax="jax.numpy.linalg")
_spell(np.linalg, "multi_dot", lacks="out", jax="jax.numpy.linalg")
# NumPy reads one triangle, JAX averages the two unless told not to; with `upper`, JAX still reads the lower one
_spell(np.linalg, "cholesky", lacks="upper", jax="jax.numpy.linalg", symmetrize_input=False)
_spell(np.linalg, "eigh eigvalsh", jax="jax.numpy.linalg", symmetrize_input=False)

# ---------------------------------------------------------------- transforms, and complex numbers
_spell(np.fft, "fft ifft fft2 ifft2 fftn ifftn rfft irfft rfft2 irfft2 rfftn irfftn", lacks="out", positions=4,
       jax="jax.numpy.fft")
_spell(np.fft, "fftshift ifftshift", jax="jax.numpy.fft")
_spell(np.fft, "fftfreq rfftfreq", lacks="device", positions=2, jax="jax.numpy.fft")
_spell(np, "angle")
_spell(complex, "conjugate")

# ---------------------------------------------------------------- what is asked of dtypes and shapes
_spell(np, "result_type can_cast issubdtype iscomplexobj isrealobj broadcast_shapes dtype finfo iinfo")

# ---------------------------------------------------------------- numbers
_spell(builtins, "abs divmod")
_spell(builtins, "pow=power", lacks="base exp mod", positions=2)         # JAX knows no modulus
_spell(math, "sqrt exp exp2 expm1 log2 log10 log1p cbrt sin cos tan sinh cosh tanh radians degrees fabs copysign fmod "
             "isnan isinf isfinite ldexp frexp modf asin=arcsin acos=arccos atan=arctan atan2=arctan2 asinh=arcsinh "
             "acosh=arccosh atanh=arctanh")
_spell(math, "pow=float_power")                                          # of integers too a float
_spell(math, "log", lacks="base", positions=1)                           # JAX knows no base
_spell(math, "hypot gcd lcm", positions=2)                               # of just two, in JAX
_spell(math, "erf erfc gamma lgamma=gammaln", jax="jax.scipy.special")
