"""Derivatives of the discrete Fourier transforms of np.fft.

As a linear map a transform is a symmetric matrix, whatever its norm, and adjoints pair without conjugation: the adjoint
of `fft` is `fft`, that of `ifft` is `ifft`. What a transform cuts off, or continues with zeros, its adjoint continues
with zeros, or cuts off.
"""
# mypy: allow-untyped-defs

from __future__ import annotations

import numpy as np

from s2sgrad.core.kinds import Array, Dim, Kind, Known, Number, Shape
from s2sgrad.rules.options import array_kind, as_array, constant, integer_option, normal_axes, normal_axis, shape_option
from s2sgrad.rules.registry import KindRule, adjoint, no_derivative
from s2sgrad.rules.shapes import fresh_dim, static
from s2sgrad.runtime.fourier import fit, irfft_adjoint, irfftn_adjoint, rfft_adjoint, rfftn_adjoint, transformed_axes


# ---------------------------------------------------------------- kinds
def _complex_dtype(dtype: str | None) -> str:
    """The dtype of a transform of entries of this dtype; where it is not known, that of the usual ones."""
    match dtype:
        case "float16" | "float32" | "complex64":
            return "complex64"
        case "longdouble":
            return np.dtype(np.clongdouble).name
    return "complex128" if not (dtype or "").startswith("complex") else str(dtype)


def _real_dtype(dtype: str | None) -> str | None:
    return {"complex64": "float32", "complex128": "float64"}.get(_complex_dtype(dtype))


def _half(length: Dim) -> Dim:
    return constant(length.offset // 2 + 1) if not length.symbol else fresh_dim()


def _whole(length: Dim) -> Dim:
    return constant(2 * (length.offset - 1)) if not length.symbol else fresh_dim()


def _same(length: Dim) -> Dim:
    return length


def _resized(shape: Shape, lengths: Kind | None, axes: tuple[int, ...] | None, last: str) -> Shape:
    """The shape after a transform over these axes with these lengths (or None); last: "same", "half", "whole"."""
    if not isinstance(shape, tuple) or axes is None or not axes:
        return None
    given: Shape = None if lengths is None or static(lengths) is None else shape_option(lengths)
    if lengths is not None and static(lengths) is not None and (
            not isinstance(given, tuple) or len(given) != len(axes) or any(
                integer_option(k) == -1 for k in getattr(lengths, "items", None) or ())):
        return tuple(fresh_dim() for _ in shape)
    dims = list(shape)
    for k, axis in enumerate(axes):
        at_end = k == len(axes) - 1
        if isinstance(given, tuple):
            dims[axis] = _half(given[k]) if at_end and last == "half" else given[k]
        elif at_end:
            dims[axis] = {"same": _same, "half": _half, "whole": _whole}[last](shape[axis])
    return tuple(dims)


def _along_axis(last: str, real: bool) -> KindRule:
    def kind(a: Kind, n: Kind | None = None, axis: Kind | None = None, norm: Kind | None = None) -> Kind:
        dtype, shape = as_array(a)
        place = normal_axis(axis, len(shape), -1) if isinstance(shape, tuple) else None
        return array_kind(_real_dtype(dtype) if real else _complex_dtype(dtype),
                          _resized(shape, n, None if place is None else (place,), last))
    return kind


def _over_axes(last: str, real: bool, default: tuple[int, ...] | None) -> KindRule:
    def kind(a: Kind, s: Kind | None = None, axes: Kind | None = None, norm: Kind | None = None) -> Kind:
        dtype, shape = as_array(a)
        places: tuple[int, ...] | None = None
        if isinstance(shape, tuple):
            lengths = shape_option(s) if s is not None and static(s) is not None else None
            if axes is not None and axes != Known(None):
                places = normal_axes(axes, len(shape))
            elif axes is None and default is not None:
                places = tuple(axis % len(shape) for axis in default)
            elif lengths is None:
                places = tuple(range(len(shape)))
            else:
                places = tuple(range(len(shape) - len(lengths), len(shape)))
        return array_kind(_real_dtype(dtype) if real else _complex_dtype(dtype), _resized(shape, s, places, last))
    return kind


def _frequencies(half: bool) -> KindRule:
    def kind(n: Kind, d: Kind | None = None, **_: Kind) -> Kind:
        length = integer_option(n)
        match n:
            case Number(value=Dim() as dim) if not half:
                return Array("float64", (dim,))
        found = fresh_dim() if length is None else constant(length // 2 + 1 if half else length)
        return Array("float64", (found,))
    return kind


def _fit_kind(x: Kind, shape: Kind) -> Kind:
    return array_kind(as_array(x)[0], shape_option(shape))


def _real_like_shape(y_bar: Kind, shape: Kind, *_: Kind) -> Kind:
    return array_kind(_real_dtype(as_array(y_bar)[0]), shape_option(shape))


def _complex_like_shape(y_bar: Kind, shape: Kind, *_: Kind) -> Kind:
    return array_kind(_complex_dtype(as_array(y_bar)[0]), shape_option(shape))


# ---------------------------------------------------------------- along one axis
@adjoint(np.fft.fft, kind=_along_axis("same", False), complex_too=True)
def fft(y, a, n=None, axis=-1, norm=None, *, y_bar):
    if n is None and axis == -1 and norm is None:
        a_bar = np.fft.fft(y_bar)
    elif n is None:
        a_bar = np.fft.fft(y_bar, axis=axis, norm=norm)
    else:
        a_bar = fit(np.fft.fft(y_bar, axis=axis, norm=norm), np.shape(a))
    return a_bar


@adjoint(np.fft.ifft, kind=_along_axis("same", False), complex_too=True)
def ifft(y, a, n=None, axis=-1, norm=None, *, y_bar):
    if n is None and axis == -1 and norm is None:
        a_bar = np.fft.ifft(y_bar)
    elif n is None:
        a_bar = np.fft.ifft(y_bar, axis=axis, norm=norm)
    else:
        a_bar = fit(np.fft.ifft(y_bar, axis=axis, norm=norm), np.shape(a))
    return a_bar


@adjoint(np.fft.rfft, kind=_along_axis("half", False), complex_too=True)
def rfft(y, a, n=None, axis=-1, norm=None, *, y_bar):
    a_bar = rfft_adjoint(y_bar, np.shape(a), n, axis, norm)
    return a_bar


@adjoint(np.fft.irfft, kind=_along_axis("whole", True), complex_too=True)
def irfft(y, a, n=None, axis=-1, norm=None, *, y_bar):
    a_bar = irfft_adjoint(y_bar, np.shape(a), axis, norm)
    return a_bar


# ---------------------------------------------------------------- over several axes
@adjoint(np.fft.fft2, kind=_over_axes("same", False, (-2, -1)), complex_too=True)
def fft2(y, a, s=None, axes=(-2, -1), norm=None, *, y_bar):
    if s is None:
        a_bar = np.fft.fft2(y_bar, axes=axes, norm=norm)
    else:
        a_bar = fit(np.fft.fft2(y_bar, axes=axes, norm=norm), np.shape(a))
    return a_bar


@adjoint(np.fft.ifft2, kind=_over_axes("same", False, (-2, -1)), complex_too=True)
def ifft2(y, a, s=None, axes=(-2, -1), norm=None, *, y_bar):
    if s is None:
        a_bar = np.fft.ifft2(y_bar, axes=axes, norm=norm)
    else:
        a_bar = fit(np.fft.ifft2(y_bar, axes=axes, norm=norm), np.shape(a))
    return a_bar


@adjoint(np.fft.fftn, kind=_over_axes("same", False, None), complex_too=True)
def fftn(y, a, s=None, axes=None, norm=None, *, y_bar):
    if s is None:
        a_bar = np.fft.fftn(y_bar, axes=axes, norm=norm)
    else:
        a_bar = fit(np.fft.fftn(y_bar, axes=transformed_axes(np.ndim(a), s, axes), norm=norm), np.shape(a))
    return a_bar


@adjoint(np.fft.ifftn, kind=_over_axes("same", False, None), complex_too=True)
def ifftn(y, a, s=None, axes=None, norm=None, *, y_bar):
    if s is None:
        a_bar = np.fft.ifftn(y_bar, axes=axes, norm=norm)
    else:
        a_bar = fit(np.fft.ifftn(y_bar, axes=transformed_axes(np.ndim(a), s, axes), norm=norm), np.shape(a))
    return a_bar


@adjoint(np.fft.rfft2, kind=_over_axes("half", False, (-2, -1)), complex_too=True)
def rfft2(y, a, s=None, axes=(-2, -1), norm=None, *, y_bar):
    a_bar = rfftn_adjoint(y_bar, np.shape(a), s, axes, norm)
    return a_bar


@adjoint(np.fft.irfft2, kind=_over_axes("whole", True, (-2, -1)), complex_too=True)
def irfft2(y, a, s=None, axes=(-2, -1), norm=None, *, y_bar):
    a_bar = irfftn_adjoint(y_bar, np.shape(a), s, axes, norm)
    return a_bar


@adjoint(np.fft.rfftn, kind=_over_axes("half", False, None), complex_too=True)
def rfftn(y, a, s=None, axes=None, norm=None, *, y_bar):
    a_bar = rfftn_adjoint(y_bar, np.shape(a), s, axes, norm)
    return a_bar


@adjoint(np.fft.irfftn, kind=_over_axes("whole", True, None), complex_too=True)
def irfftn(y, a, s=None, axes=None, norm=None, *, y_bar):
    a_bar = irfftn_adjoint(y_bar, np.shape(a), s, axes, norm)
    return a_bar


# ---------------------------------------------------------------- order, and frequencies
def _same_array(x: Kind, *_: Kind, **__: Kind) -> Kind:
    return array_kind(*as_array(x))


@adjoint(np.fft.fftshift, kind=_same_array, complex_too=True)
def fftshift(y, x, axes=None, *, y_bar):
    if axes is None:
        x_bar = np.fft.ifftshift(y_bar)
    else:
        x_bar = np.fft.ifftshift(y_bar, axes)
    return x_bar


@adjoint(np.fft.ifftshift, kind=_same_array, complex_too=True)
def ifftshift(y, x, axes=None, *, y_bar):
    if axes is None:
        x_bar = np.fft.fftshift(y_bar)
    else:
        x_bar = np.fft.fftshift(y_bar, axes)
    return x_bar


@adjoint(np.fft.fftfreq, kind=_frequencies(False))
def fftfreq(y, n, d=1.0, *, y_bar):
    return None, -np.sum(y_bar * y) / d


@adjoint(np.fft.rfftfreq, kind=_frequencies(True))
def rfftfreq(y, n, d=1.0, *, y_bar):
    return None, -np.sum(y_bar * y) / d


no_derivative(np.fft.hfft, np.fft.ihfft, pure=True)


# ---------------------------------------------------------------- helpers of these rules, for second derivatives
@adjoint(fit, kind=_fit_kind, complex_too=True)
def fit_again(y, x, shape, *, y_bar):
    return fit(y_bar, np.shape(x)), None


@adjoint(rfft_adjoint, kind=_real_like_shape, complex_too=True)
def rfft_again(a_bar, y_bar, shape, n, axis, norm, *, a_bar_bar):
    return np.fft.rfft(a_bar_bar, n, axis, norm)


@adjoint(irfft_adjoint, kind=_complex_like_shape, complex_too=True)
def irfft_again(a_bar, y_bar, shape, axis, norm, *, a_bar_bar):
    return np.fft.irfft(a_bar_bar, np.shape(y_bar)[axis], axis, norm)


no_derivative(rfftn_adjoint, irfftn_adjoint, pure=True)
