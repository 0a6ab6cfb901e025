"""Array methods and attributes."""

import numpy as np
import pytest
from language.check import FACTS, M, V, W, check, name


def reductions(x):
    return x.sum() * x.mean() + x.prod() + x.var() * x.std()


def reductions_along_an_axis(A):
    return (A.sum(axis=0) * A.mean(0) * A.max(axis=0)).sum() + (A.sum(1, keepdims=True) * A).sum()


def extremes(x):
    return x.max() * x.min()


def shapes(A):
    return (A.reshape(4, 3) @ A).sum() + (A.reshape(-1)[::2] ** 2).sum() + (A.ravel() * A.flatten()).sum()


def transpose(A):
    return (A.T @ A.transpose(0, 1)).trace() + (A.transpose() * A.swapaxes(0, 1)).sum()


def dot(x, y):
    return x.dot(y) * x.dot(x)


def copies(x):
    y = x.copy()
    y[0] = x[1] ** 2
    return (y * x.astype(float)).sum()


def cumulative(x):
    return (x.cumsum() * x).sum() + (x.cumprod() ** 2).sum()


def clipped(x):
    return (x.clip(-1.0, 1.0) * x).sum()


def shape(A):
    n, m = A.shape
    return A.sum() * n + m * A[0, 0] ** 2 + A.shape[0]


def size_ndim_and_dtype(A):
    return (A * A).sum() / A.size * A.ndim + np.zeros(2, A.dtype).sum() * A[0, 0]


def length(x):
    return (x * x).sum() / len(x)


def item(x):
    return x[1:2].item() ** 2


def chained(A):
    return (A.T.reshape(2, 6).sum(axis=0) ** 2).mean().item()


def repeated(x):
    return (x.repeat(2) * np.arange(10.0)).sum() * x[0]


def taken(x):
    return (x.take([0, 0, 3]) ** 2).sum()


def diagonal(A):
    return (A.diagonal() ** 2).sum() + (A[:, :3].diagonal() * A[0, :3]).sum()


def rounding(x):
    return (x.round(1) * x).sum()


def real_part(x):
    return (x.real * x).sum()


def bound_method_of_a_result(x, y):
    return (x * y).sum() * (x + y).max()


def argmax(x):
    k = x.argmax()
    return x[k] ** 2 + x[x.argmin()]


PROGRAMS = [
    (reductions, (V,)), (reductions_along_an_axis, (M,)), (extremes, (V,)), (shapes, (M,)), (transpose, (M,)),
    (dot, (V, W)), (copies, (V,)), (cumulative, (V,)), (clipped, (V,)), (shape, (M,)), (size_ndim_and_dtype, (M,)),
    (length, (V,)), (item, (V,)), (chained, (M,)), (repeated, (V,)), (taken, (V,)), (diagonal, (M,)),
    (rounding, (V + 0.01,)), (real_part, (V,)), (bound_method_of_a_result, (V, W)), (argmax, (V,)),
]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_method(f, args, facts):
    check(f, args, facts)
