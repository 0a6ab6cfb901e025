"""How every program of this folder is checked: under call facts as users call it, and as the saved file would run."""

import inspect

import numpy as np

from s2sgrad import check_grads, grad
from s2sgrad.errors import AliasError, FactsError, UnsupportedError
from s2sgrad.execute.tree import is_float_leaf, leaves

FACTS = ["call", "declared"]


def name(value):
    """Test ids: the name of the program, nothing for its arguments."""
    return value.__name__ if callable(value) else "" if isinstance(value, tuple) else None


def active(args):
    """The positions of the arguments that hold a float."""
    return tuple(i for i, a in enumerate(args) if any(is_float_leaf(leaf) for _, leaf in leaves(a)))


def check(f, args, facts):
    """Value, gradient, structure and untouched arguments against central differences."""
    if facts == "call":
        check_grads(f, args)
        return
    try:
        saved = saved_gradient(f, active(args))
    except (FactsError, AliasError, UnsupportedError) as refusal:   # no general program, or data of a closure
        assert refusal.remedy
        return
    try:
        check_grads(f, args, grad=saved)
    except TypeError:                                  # an unannotated parameter is a float or an array of floats
        assert any(isinstance(a, (tuple, list, dict)) for a in args)


def saved_gradient(f, argnums):
    """The gradient function of the saved file."""
    namespace = {"__name__": "saved"}
    exec(compile(grad(f, argnums=argnums).text_for_save(), "saved.py", "exec"), namespace)
    stem = f.__name__ if f.__name__.isidentifier() else "lambda"
    gradient = namespace[f"{stem}_grad"]
    receiver = (f.__self__,) if inspect.ismethod(f) else ()
    return lambda *args: gradient(*receiver, *args)


V = np.array([0.7, -1.3, 2.1, 0.4, -0.6])
W = np.array([1.5, 0.8, -0.9, 2.3, 1.1])
M = np.array([[1.2, -0.4, 0.9, 0.3], [0.5, 2.2, -1.1, 0.8], [-0.7, 0.6, 1.9, -1.4]])
