"""s2sgrad: the derivative of a plain NumPy function as plain, readable Python source.

`grad` and `value_and_grad` differentiate; `adjoint`, `elementwise` and `zero_derivative` teach the package about
further functions; `stop_gradient` makes a value a constant; `check_grads` and `check_rule` compare with differences.
"""

from s2sgrad.api import grad, value_and_grad
from s2sgrad.rules.identity import stop_gradient
from s2sgrad.rules.registry import adjoint, elementwise, zero_derivative
from s2sgrad.testing import check_grads, check_rule
from s2sgrad.version import __version__

__all__ = ["__version__", "adjoint", "check_grads", "check_rule", "elementwise", "grad", "stop_gradient",
           "value_and_grad", "zero_derivative"]
