"""Options that are spelt with a value that a rule does not hold for are refused when the gradient is made."""

import numpy as np
import pytest

from s2sgrad import grad
from s2sgrad.errors import UnsupportedError

X = np.array([0.3, 1.2, -0.7, 2.5])


def quantile(x):
    return np.quantile(x, 0.3, method="inverted_cdf")


def percentile(x):
    return np.percentile(x, 30.0, method="hazen")


def added(vector, pad_width, axis, kwargs):
    vector[:] = 0.0


def pad(x):
    return np.sum(np.pad(x, 1, mode=added))


def qr(x):
    return np.sum(np.linalg.qr(x, mode="raw")[0])


@pytest.mark.parametrize("f, x, text", [
    (quantile, X, "`np.quantile` with method='inverted_cdf' has no derivative rule."),
    (percentile, X, "`np.percentile` with method='hazen' has no derivative rule."),
    (pad, X, "`np.pad` with mode=`added` has no derivative rule."),
    (qr, X.reshape(2, 2), "`np.linalg.qr` with mode='raw' has no derivative rule."),
])
def test_refused_with_place_and_remedy(f, x, text):
    with pytest.raises(UnsupportedError) as refused:
        grad(f).source_for(x)
    message = str(refused.value)
    assert text in message and "Remedy: Use m" in message
    assert f"test_choices.py:{f.__code__.co_firstlineno + 1}" in message


def chosen(x, method):
    return np.quantile(x, 0.3, method=method)


def test_what_is_known_at_the_call_only_is_met_there():
    assert np.sum(grad(chosen)(X, "linear")) == pytest.approx(1.0)
    with pytest.raises((ValueError, UnsupportedError), match="inverted_cdf"):
        grad(chosen)(X, "inverted_cdf")
