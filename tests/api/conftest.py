"""A stand-in for the pipeline, so that these tests are about the interface alone."""

import sys
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest


@dataclass
class Request:
    argnums: tuple[int, ...]
    value: bool
    has_aux: bool
    single: bool
    kinds: Any
    backend: str


class Derived:
    """Returns what it was called with."""

    def __init__(self, function, request):
        self.function, self.request = function, request
        self.text = f"# {function.__name__} {request.kinds}"
        self.refresh = None
        self.stale = False
        self.writes_arguments = function.__name__.startswith("write")
        self.binds_fields = False

    def call(self, *args, **kwargs):
        return (args, kwargs) if kwargs else args

    def changed(self):
        return self.stale

    def standalone(self):
        return self.text + "\n"


@pytest.fixture
def made(monkeypatch):
    """The programs derived during the test, in order."""
    programs = []

    def derive(function, request):
        programs.append(Derived(function, request))
        return programs[-1]
    module = ModuleType("s2sgrad.pipeline")
    module.Request, module.derive = Request, derive
    monkeypatch.setitem(sys.modules, "s2sgrad.pipeline", module)
    return programs
