"""Functions that show what they are given, and keep and write none of it: `print`, and those of `logging`.

They run once, in the forward sweep.
"""

from __future__ import annotations

import logging

from s2sgrad.core.kinds import UNKNOWN, Kind, Object
from s2sgrad.rules.registry import zero_derivative

_NAMES = ("debug", "info", "warning", "error", "critical", "exception", "log")
LOGGERS = {name: getattr(logging.Logger, name) for name in _NAMES}       # the methods of a logger
SHOWING = (print, *(getattr(logging, name) for name in _NAMES), *LOGGERS.values())


def _nothing(*_: Kind) -> Kind:
    return UNKNOWN


def _logger(*_: Kind) -> Kind:
    return Object(logging.Logger)


zero_derivative(*SHOWING, kind=_nothing, pure=False)
zero_derivative(logging.getLogger, kind=_logger, pure=False)
