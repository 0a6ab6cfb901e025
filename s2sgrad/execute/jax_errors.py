"""What JAX cannot trace is a refusal that names the user's line."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from s2sgrad.errors import S2SGradError, UnsupportedError
from s2sgrad.execute.numpy_backend import is_emitted, origin_of

REMEDY = "If the function runs on NumPy with such arguments, use backend='numpy'."


@contextmanager
def as_refusals() -> Iterator[None]:
    """Turn errors that JAX raises about the emitted program into UnsupportedError, with the line they are about.

    What the program itself raises on purpose, and what has nothing to do with it, passes.
    """
    try:
        yield
    except S2SGradError:
        raise
    except (TypeError, ValueError, IndexError, AttributeError, OverflowError, NotImplementedError,
            RecursionError) as error:               # JAX traces both arms of a branch: a recursion may not end then
        every = traceback.extract_tb(error.__traceback__)       # JAX hides its own frames
        frames = [f for f in every if is_emitted(f.filename)]
        if not frames or is_emitted(every[-1].filename) and (every[-1].line or "").startswith("raise"):
            raise
        what = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        origins = [o for f in reversed(frames) if (o := origin_of(f.filename, f.lineno or 0)).line]
        refusal = UnsupportedError(f"JAX cannot run this: {what}", REMEDY, *origins[:1])
        raise refusal from error
