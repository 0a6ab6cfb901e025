"""Gradient functions travel to other processes by reference to their primal."""

import copy
import pickle
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import joblib
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import worker_functions as functions

from s2sgrad import grad, value_and_grad


def again(value):
    return pickle.loads(pickle.dumps(value))


def test_a_gradient_keeps_its_options():
    df = again(value_and_grad(functions.Holder.scaled, argnames=("scale", "x"), has_aux=True))
    assert df.primal is functions.Holder.scaled
    assert df._options == (None, ("scale", "x"), True, True, "numpy")


def test_a_decorated_function_is_found_by_its_name():
    assert again(functions.slope_of_cube) is functions.slope_of_cube
    assert again(functions.Holder.nested) is functions.Holder.nested
    assert copy.deepcopy(functions.slope_of_cube) is functions.slope_of_cube


def test_a_lambda_says_so():
    with pytest.raises((pickle.PicklingError, AttributeError), match="lambda"):
        pickle.dumps(grad(lambda x: x))


def test_process_pool():
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert list(pool.map(grad(functions.square), [1.0, 2.0])) == [2.0, 4.0]
        assert list(pool.map(functions.slope_of_cube, [1.0, 2.0])) == [3.0, 12.0]


def test_thread_pool():
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(grad(functions.square), [1.0, 2.0, 3.0])) == [2.0, 4.0, 6.0]


def test_joblib():
    df = grad(functions.square)
    assert joblib.Parallel(n_jobs=2)(joblib.delayed(df)(x) for x in (1.0, 2.0)) == [2.0, 4.0]
