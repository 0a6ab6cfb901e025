"""The transforms of scipy.fft: the rules of those of np.fft of the same names, which mean the same.

SciPy is not loaded by loading this file: `register_scipy_fft` is called once the user's own module has loaded it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from s2sgrad.rules.registry import register, rule_of

NAMES = ("fft", "ifft", "rfft", "irfft", "fft2", "ifft2", "rfft2", "irfft2", "fftn", "ifftn", "rfftn", "irfftn",
         "fftshift", "ifftshift", "fftfreq", "rfftfreq")
registered: Any = None


def register_scipy_fft() -> None:
    """Make the rules of this file known. Loads `scipy.fft`; calling it again changes nothing."""
    global registered
    from scipy import fft as loaded

    if registered is loaded:
        return
    registered = loaded
    for name in NAMES:
        rule = rule_of(getattr(np.fft, name))
        assert rule is not None
        register(replace(rule, function=getattr(loaded, name)))
