"""What a random draw gives to its location and scale: the derivative along the path.

    y = rng.normal(mu, sigma, size=n)           mu~ += np.sum(y~)
                                                sigma~ += np.sum(y~ * (y - mu) / sigma)

Comes in: a draw with its name, and the adjoint of what it drew. Goes out: what each parameter receives. NumPy draws
these distributions as standard ones that it moves and stretches (Glasserman, Monte Carlo Methods in Financial
Engineering, 7.2); one whose form changes with a parameter, as that of a gamma distribution does with its shape, has no
such derivative, and is refused as soon as that parameter is differentiated.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping

import numpy as np

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.nodes import Call, Const, Expr, Method, Var
from s2sgrad.differentiate.broadcast import unbroadcast
from s2sgrad.rules.draws import PARAMETERS, draw_of, is_draw

Partial = Callable[[Expr, Mapping[str, Expr]], Expr | None]        # of what was drawn; None stands for 1


def draw_contributions(call: Call, name: str, adjoint: Expr, kinds: Kinds) -> list[tuple[Expr, Expr | None]] | None:
    """(parameter, contribution) of `name = call`; None as the contribution where there is no derivative. None where the
    call is no draw."""
    match call:
        case Call(Method(method), (receiver, *given)) if is_draw(kinds.of(receiver), method):
            pass
        case Call(function, (*given,)) if not isinstance(function, (Var, Method)) and draw_of(function):
            method = draw_of(function) or ""
        case _:
            return None
    names = PARAMETERS.get(method, ())
    values = {**DEFAULTS, **dict(zip(names, given, strict=False)), **dict(call.kwargs)}
    drawn = kinds.of(Var(name))
    found: list[tuple[Expr, Expr | None]] = []
    for parameter in names:
        if (method, parameter) in _PARTIALS:
            slope = _PARTIALS[method, parameter](Var(name), values)
            share = adjoint if slope is None else Call(operator.mul, (adjoint, slope))
            found.append((values[parameter], unbroadcast(share, drawn, values[parameter], kinds)))
        elif parameter in values:
            found.append((values[parameter], None))
    return found


def _minus(a: Expr, b: Expr) -> Expr:
    return a if b == Const(0.0) else Call(operator.sub, (a, b))


def _over(a: Expr, b: Expr) -> Expr:
    return a if b == Const(1.0) else Call(np.divide, (a, b))


def _one(drawn: Expr, given: Mapping[str, Expr]) -> Expr | None:
    return None


def _standard(drawn: Expr, given: Mapping[str, Expr]) -> Expr:
    return _over(_minus(drawn, given["loc"]), given["scale"])


def _stretched(drawn: Expr, given: Mapping[str, Expr]) -> Expr:
    return _over(drawn, given["scale"])


def _to_high(drawn: Expr, given: Mapping[str, Expr]) -> Expr:
    return _over(_minus(drawn, given["low"]), _minus(given["high"], given["low"]))


def _to_low(drawn: Expr, given: Mapping[str, Expr]) -> Expr:
    return _over(Call(operator.sub, (given["high"], drawn)), _minus(given["high"], given["low"]))


def _itself(drawn: Expr, given: Mapping[str, Expr]) -> Expr:
    return drawn


def _to_sigma(drawn: Expr, given: Mapping[str, Expr]) -> Expr:
    return Call(operator.mul, (drawn, _over(_minus(Call(np.log, (drawn,)), given["mean"]), given["sigma"])))


DEFAULTS: dict[str, Expr] = {"loc": Const(0.0), "scale": Const(1.0), "low": Const(0.0), "high": Const(1.0),
                             "mean": Const(0.0), "sigma": Const(1.0)}
_PARTIALS: dict[tuple[str, str], Partial] = {
    **{(d, "loc"): _one for d in ("normal", "laplace", "logistic", "gumbel")},
    **{(d, "scale"): _standard for d in ("normal", "laplace", "logistic", "gumbel")},
    **{(d, "scale"): _stretched for d in ("exponential", "rayleigh", "gamma")},
    ("uniform", "low"): _to_low, ("uniform", "high"): _to_high,
    ("lognormal", "mean"): _itself, ("lognormal", "sigma"): _to_sigma}
