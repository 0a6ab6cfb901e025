"""Kinds of random draws: `rng.normal(size=n)`, `rng.random((n, m))`, `np.random.rand(3)`.

Comes in: the class of the generator, the name of the method and the kinds of its arguments. Goes out: the kind of what
is drawn, None where nothing is known (`differentiate/draws.py` has the derivatives). Whole numbers are known only where
what they are drawn by is whole too, or is a constant: of no other numbers would it be seen that they vary.

Classes go by their names, since `import numpy` leaves out `numpy.random`.
"""

from __future__ import annotations

from typing import Any

from s2sgrad.core.kinds import Array, Dim, Kind, Known, Number, Object, shape_of
from s2sgrad.rules.options import dtype_option, length_of, shape_option
from s2sgrad.rules.shapes import broadcast, static

GENERATORS = ("Generator", "RandomState")
PARAMETERS = {          # of the distributions; the size comes next
    "random": (), "random_sample": (), "ranf": (), "sample": (), "standard_cauchy": (), "standard_exponential": (),
    "standard_normal": (),
    "chisquare": ("df",), "pareto": ("a",), "power": ("a",), "standard_gamma": ("shape",), "standard_t": ("df",),
    "weibull": ("a",), "exponential": ("scale",), "rayleigh": ("scale",),
    "beta": ("a", "b"), "f": ("dfnum", "dfden"), "gamma": ("shape", "scale"), "gumbel": ("loc", "scale"),
    "laplace": ("loc", "scale"), "logistic": ("loc", "scale"), "lognormal": ("mean", "sigma"),
    "noncentral_chisquare": ("df", "nonc"), "normal": ("loc", "scale"), "uniform": ("low", "high"),
    "vonmises": ("mu", "kappa"), "wald": ("mean", "scale"), "triangular": ("left", "mode", "right"),
    "binomial": ("n", "p"), "geometric": ("p",), "hypergeometric": ("ngood", "nbad", "nsample"),
    "integers": ("low", "high"), "logseries": ("p",), "negative_binomial": ("n", "p"), "poisson": ("lam",),
    "randint": ("low", "high"), "zipf": ("a",)}
WHOLE = ("binomial", "geometric", "hypergeometric", "integers", "logseries", "negative_binomial", "poisson", "randint",
         "zipf")
ANY_LENGTH = ("rand", "randn")          # each argument is a length: np.random.rand(3, 2)
OTHERS = ("dtype", "method", "endpoint")


def made_generator(function: Any) -> Kind | None:
    """The kind of what `np.random.default_rng(...)` and `np.random.RandomState(...)` make."""
    name = getattr(function, "__name__", None)
    if name not in ("default_rng", *GENERATORS) or not _is_random(function):
        return None
    import numpy.random  # by now it is there: the function comes from it
    return Object(numpy.random.Generator if name == "default_rng" else function)


def is_generator(cls: type) -> bool:
    """Is it a class of what random numbers are drawn from?"""
    return cls.__name__ in GENERATORS and _is_random(cls)


def is_draw(receiver: Kind, name: str) -> bool:
    """Is it a method that draws, and gives what nobody else holds?"""
    return isinstance(receiver, Object) and is_generator(receiver.cls) and (name in PARAMETERS or name in ANY_LENGTH)


def draw_of(function: Any) -> str | None:
    """The method that `np.random.normal` and its relatives are, of a generator that all share."""
    owner, name = type(getattr(function, "__self__", None)), getattr(function, "__name__", "")
    shared = is_generator(owner) or getattr(function, "__module__", None) == "numpy.random"
    return name if shared and (name in PARAMETERS or name in ANY_LENGTH) else None


def drawn(name: str, kinds: tuple[Kind, ...], options: dict[str, Kind]) -> Kind | None:
    """The kind of what a method of a generator draws."""
    if name in ANY_LENGTH:
        whole = all(isinstance(k, Number) and k.dtype == "int" for k in kinds) and not options
        return _floats(tuple(map(length_of, kinds)), not kinds) if whole else None
    names = (*PARAMETERS[name], "size", *OTHERS)
    given = {**dict(zip(names, kinds, strict=False)), **options}
    if not given.keys() <= set(names) or len(kinds) > len(PARAMETERS[name]) + 1:
        return None
    of = [given[p] for p in PARAMETERS[name] if p in given and given[p] != Known(None)]
    size = given.get("size")
    single = static(size) is None
    shape = broadcast(*map(shape_of, of)) if single else shape_option(size)
    if not isinstance(shape, tuple):
        return None
    if name in WHOLE:
        return _whole(name, of, shape, single) if "dtype" not in given else None
    dtype = dtype_option(given.get("dtype"), "float64")
    return _floats(shape, single, dtype) if dtype is not None else None


def _floats(shape: tuple[Dim, ...], single: bool, dtype: str = "float64") -> Kind:
    return Number("float64", True) if single and not shape else Array(dtype, shape, "C")


def _whole(name: str, of: list[Kind], shape: tuple[Dim, ...], single: bool) -> Kind | None:
    """of: the kinds of the parameters of the distribution."""
    if not all(isinstance(k, Number) and (k.dtype.startswith(("int", "uint")) or isinstance(static(k), float))
               for k in of):
        return None
    if single and not shape:
        return Number("int64") if name == "integers" else Number("int", True)
    return Array("int64", shape, "C")


def _is_random(function: Any) -> bool:
    return str(getattr(function, "__module__", None)).startswith("numpy.random")
