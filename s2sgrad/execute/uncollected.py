"""No search for cycles of garbage while something is derived.

A derivation makes and drops very many small trees, none of which is part of a cycle: reference counts free them, and
the collector, which each of them calls nearer, only costs time (about a tenth).
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_users = 0                      # derivations that run now
_enabled = False                # did the collector run before the first of them?


@contextmanager
def uncollected() -> Iterator[None]:
    """The collector rests until the last of those who need it at the same time is done."""
    global _users, _enabled
    with _lock:
        if not _users:
            _enabled = gc.isenabled()
            gc.disable()
        _users += 1
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            if not _users and _enabled:
                gc.enable()
