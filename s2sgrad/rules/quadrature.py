"""Nodes and weights of Gauss quadrature: `np.polynomial.legendre.leggauss(n)` and its relatives. Nothing varies."""

from __future__ import annotations

from numpy.polynomial.chebyshev import chebgauss
from numpy.polynomial.hermite import hermgauss
from numpy.polynomial.hermite_e import hermegauss
from numpy.polynomial.laguerre import laggauss
from numpy.polynomial.legendre import leggauss

from s2sgrad.core.kinds import Array, Kind, TupleKind
from s2sgrad.rules.options import length_of
from s2sgrad.rules.registry import zero_derivative


def _nodes_and_weights(deg: Kind) -> Kind:
    vector = Array("float64", (length_of(deg),), "C")
    return TupleKind((vector, vector))


zero_derivative(chebgauss, hermgauss, hermegauss, laggauss, leggauss, kind=_nodes_and_weights)
