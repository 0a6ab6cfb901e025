"""Derivations of code that is nested deeply: long sums, long chains of `elif`, many helpers that call each other.

The walks over a program are recursive, as those of Python's own compiler. What Python's usual limit of recursion stops
is done again in a thread with a stack so large that a far higher limit cannot overflow it; meanwhile, that limit holds
for the whole interpreter. What stops even there is refused. On Python 3.12 and later, a limit that cannot be raised
counts calls that go through C, and stops such code in the same orderly way.
"""

from __future__ import annotations

import contextvars
import ctypes
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FunctionType
from typing import TypeVar

from s2sgrad.errors import Origin, UnsupportedError
from s2sgrad.execute.uncollected import uncollected

T = TypeVar("T")

STACK = 512 * 2**20             # bytes, of which only what is used is ever taken
LIMIT = 50_000                  # calls within each other: about 10 KB of the stack for each

_lock = threading.Lock()
_users = 0                      # threads that need the high limit now
_usual = 0                      # the limit before the first of them


def with_room(function: FunctionType, work: Callable[[], T]) -> T:
    """What `work()` gives, which derives something from the function.

    Raises UnsupportedError, instead of RecursionError, where it goes too deep.
    """
    try:
        with uncollected():
            return work()
    except RecursionError:
        pass
    try:
        with uncollected():
            return _apart(work)
    except RecursionError:
        where = Origin(function.__code__.co_filename, function.__code__.co_firstlineno, function=function.__name__)
        raise UnsupportedError(f"The code of `{function.__name__}`, or of a function that it calls, is nested too "
                               "deeply to be differentiated.",
                               "Split its longest expression, chain of `elif` or chain of calls into several.",
                               where) from None


def _apart(work: Callable[[], T]) -> T:
    """`work()` in a thread with a large stack; what it raises is raised here."""
    results: list[T] = []
    faults: list[BaseException] = []
    context = contextvars.copy_context()        # np.errstate, for one

    def run() -> None:
        try:
            with _high_limit():
                results.append(context.run(work))
        except BaseException as fault:
            faults.append(fault)

    thread = _started(run)
    try:
        thread.join()
    except BaseException:                       # an interrupt, or an alarm of the caller, ends the work as well
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(SystemExit))
        thread.join()
        raise
    if faults:
        raise faults[0]
    return results[0]


def _started(run: Callable[[], None]) -> threading.Thread:
    """A thread with a large stack. Raises RecursionError where the system does not give one."""
    thread = threading.Thread(target=run, name="s2sgrad", daemon=True)
    with _lock:
        before = threading.stack_size(STACK)
        try:
            thread.start()
        except RuntimeError:                    # the memory of the process is limited
            raise RecursionError from None
        finally:
            threading.stack_size(before)
    return thread


@contextmanager
def _high_limit() -> Iterator[None]:
    """The high limit of recursion, until the last of those who need it at the same time is done."""
    global _users, _usual
    with _lock:
        if not _users:
            _usual = sys.getrecursionlimit()
            sys.setrecursionlimit(max(_usual, LIMIT))
        _users += 1
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            if not _users:
                sys.setrecursionlimit(_usual)
