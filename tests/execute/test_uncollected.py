"""The collector rests while something is derived, and runs as before afterwards."""

import gc
import threading

import pytest

from s2sgrad import grad
from s2sgrad.execute.uncollected import uncollected


def test_it_rests():
    assert gc.isenabled()
    with uncollected():
        assert not gc.isenabled()
        with uncollected():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_stays_off_where_it_was():
    gc.disable()
    try:
        with uncollected():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_it_runs_again_behind_a_refusal():
    with pytest.raises(ZeroDivisionError), uncollected():
        raise ZeroDivisionError
    assert gc.isenabled()


def test_until_the_last_thread_is_done():
    inside, done = threading.Event(), threading.Event()

    def work():
        with uncollected():
            inside.set()
            done.wait(10.0)

    thread = threading.Thread(target=work)
    with uncollected():
        thread.start()
        assert inside.wait(10.0)
    assert not gc.isenabled()
    done.set()
    thread.join()
    assert gc.isenabled()


def test_while_a_gradient_is_made():
    def f(x):
        return x * x

    assert grad(f)(3.0) == 6.0
    assert gc.isenabled()
