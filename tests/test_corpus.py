"""The corpus: value and gradient of every program, under call facts and under declared facts, or a clean refusal."""

import ast
import copy
from types import SimpleNamespace

import numpy as np
import pytest
from suites import CORPUS, corpus
from unsupported import DECLARED, ENTRY

import s2sgrad
from s2sgrad.errors import FactsError

check = corpus()
PROGRAMS = {path.stem: path for path in sorted((CORPUS / "programs").glob("*.py")) if not path.stem.startswith("_")}
OPTIONS = SimpleNamespace(backend="s2sgrad", path=[], mode="reverse", seeds=[0, 1], directions=3, coords=2, rtol=1e-6,
                          tangents="none")


def test_lists_name_programs_of_the_corpus():
    assert len(PROGRAMS) == 62
    assert not {*DECLARED, *ENTRY} - set(PROGRAMS)


@pytest.mark.parametrize("name", PROGRAMS)
def test_call_facts(name):
    report = check.check_one(str(PROGRAMS[name]), OPTIONS)
    assert report["status"] == "ok", f"{report['message']}\n{report.get('traceback', '')}"


@pytest.mark.parametrize("name", PROGRAMS)
def test_declared_facts(name):
    module = check.load(str(PROGRAMS[name]))
    args = tuple(module.inputs(np.random.default_rng(0)))
    derived = s2sgrad.value_and_grad(module.ENTRY, argnums=tuple(module.WRT))
    if name in DECLARED:
        with pytest.raises(FactsError) as refused:
            _ = derived.source
        assert DECLARED[name] in str(refused.value)
        assert "source_for" in refused.value.remedy
        return
    source = derived.source
    assert source == s2sgrad.value_and_grad(module.ENTRY, argnums=tuple(module.WRT)).source

    # the saved file stands alone: it runs in an empty module
    text = derived.text_for_save()
    assert "import s2sgrad" not in text and "from s2sgrad" not in text
    saved = {"__name__": f"{name}_grad"}
    exec(compile(text, f"{name}_grad.py", "exec"), saved)
    entry = [node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)][-1]
    if name in ENTRY:
        with pytest.raises(ValueError) as refused:
            saved[entry](*args)
        assert ENTRY[name] in str(refused.value)
        return
    given = copy.deepcopy(args)
    value, gradients = saved[entry](*given)
    called_value, called = derived(*args)
    assert check.same(given, args)
    assert np.allclose(value, called_value, rtol=1e-12, atol=0.0)
    assert len(gradients) == len(called)
    for one, other in zip(gradients, called, strict=True):
        assert np.shape(one) == np.shape(other) and np.asarray(one).dtype == np.asarray(other).dtype
        assert np.allclose(one, other, rtol=1e-9, atol=1e-12 * (1.0 + np.max(np.abs(other), initial=0.0)))
