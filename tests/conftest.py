"""What all tests share: JAX as an oracle in double precision, one thread for linear algebra, and --update-golden."""

import os

import pytest

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
os.environ.setdefault("JAX_ENABLE_X64", "1")
os.environ.setdefault("JAX_PLATFORMS", "cpu")


def pytest_addoption(parser):
    parser.addoption("--update-golden", action="store_true",
                     help="write what comes out into the golden files and the documents, instead of comparing")


@pytest.fixture
def update_golden(request):
    """Are golden files to be written?"""
    return request.config.getoption("--update-golden")
