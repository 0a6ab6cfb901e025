"""Finding the source of a function: the right node, at the right place, or a refusal with its remedy."""

import builtins
import functools
import importlib
import linecache
import math
import os
import subprocess
import sys
import textwrap
import types

import gast
import numpy as np
import pytest

from s2sgrad.errors import ArgumentError, SourceError
from s2sgrad.read.bytecode import surroundings
from s2sgrad.read.source import find_source


def text_of(source):
    """The text at the node's place, by which line and column are checked."""
    node = source.node
    line = linecache.getline(source.file, node.lineno)
    return line[node.col_offset:node.end_col_offset if node.end_lineno == node.lineno else None]


def body(source):
    return gast.unparse(source.node.body) if source.name == "<lambda>" else gast.unparse(source.node)


def run(text, filename, remember=True):
    """Execute text as a notebook or a REPL does: under a name of its own, kept in linecache."""
    text = textwrap.dedent(text)
    if remember:
        linecache.cache[filename] = (len(text), None, text.splitlines(True), filename)
    namespace = {"np": np, "__name__": "__main__"}
    exec(compile(text, filename, "exec"), namespace)
    return namespace


def write(path, text):
    path.write_text(textwrap.dedent(text))
    return path


def load(path, name):
    """Import a file as a script without a package."""
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def plain(x, y=2.0):
    return x * y


def test_a_def_has_the_line_numbers_of_the_file():
    source = find_source(plain)
    assert source.name == "plain" and source.file == __file__ and source.function is plain and source.receiver is None
    assert source.node.lineno == source.first_line == plain.__code__.co_firstlineno
    assert source.lines == ("def plain(x, y=2.0):\n", "    return x * y\n")
    assert text_of(source).startswith("def plain")


def test_columns_of_an_indented_function_are_those_of_the_file():
    def inner(x):
        text = """
not indented
"""
        return x, text
    source = find_source(inner)
    assert text_of(source).startswith("def inner")
    assert source.node.col_offset == 4 and source.node.body[0].col_offset == 8
    assert source.node.body[0].value.value == "\nnot indented\n"
    assert source.lines[-1] == "        return x, text\n"


def test_columns_count_characters_not_bytes():
    é, k = "é", lambda ü: ü * 2
    assert text_of(find_source(k)) == "lambda ü: ü * 2"
    assert find_source(k).node.body.right.col_offset == linecache.getline(
        __file__, k.__code__.co_firstlineno).index("2") and é


def test_lambdas_on_one_line_are_told_apart():
    fs = [lambda x: x + 1, lambda x: x + 1.0, lambda x: (x, "lambda"), lambda y: y + 1]
    assert [text_of(find_source(f)) for f in fs] == [
        "lambda x: x + 1", "lambda x: x + 1.0", 'lambda x: (x, "lambda")', "lambda y: y + 1"]


def test_equal_lambdas_with_different_defaults_are_told_apart_by_their_place():
    fs = [lambda x, n=1: x**n, lambda x, n=2: x**n]
    assert [text_of(find_source(f)) for f in fs] == ["lambda x, n=1: x**n", "lambda x, n=2: x**n"]


def test_lambdas_that_cannot_be_told_apart_are_refused(tmp_path):
    write(tmp_path / "twins.py", "fs = [lambda x, n=1: x**n, lambda x, n=2: x**n]\n")
    script = "from twins import fs; from s2sgrad.read.source import find_source; find_source(fs[1])"
    path = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])
    done = subprocess.run([sys.executable, "-X", "no_debug_ranges", "-c", script], capture_output=True, text=True,
                          env=os.environ | {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"})
    assert "cannot be told apart" in done.stderr and "as `def`s" in done.stderr


def test_a_lambda_inside_a_lambda():
    outer = lambda x: lambda y: x + y  # noqa: E731
    assert text_of(find_source(outer)) == "lambda x: lambda y: x + y"
    assert text_of(find_source(outer(1.0))) == "lambda y: x + y"


def test_a_lambda_over_several_lines_in_the_middle_of_a_call():
    f = functools.wraps(plain)(
        lambda *a:
        plain(*a)
        + 1.0, # a comment
    )
    source = find_source(f)
    assert body(source) == "plain(*a) + 1.0"
    assert [line.strip() for line in source.lines] == ["lambda *a:", "plain(*a)", "+ 1.0, # a comment"]


def test_a_lambda_after_other_statements_and_before_a_comment_that_looks_like_it():
    a = 1; f = lambda x: x - 1; b = 2  # noqa: E702, E731 and not lambda x: x - 1
    assert text_of(find_source(f)) == "lambda x: x - 1" and a + b


def test_a_conditional_lambda_and_one_in_a_comprehension():
    f = (lambda x: x if x > 0 else -x)  # noqa: E731
    gs = [lambda x: x + i for i in (1.0, 2.0)]  # noqa: B023
    assert body(find_source(f)) == "x if x > 0 else -x"
    assert text_of(find_source(gs[0])) == "lambda x: x + i"


class Model:
    def __init__(self):
        self.__w = 3.0

    def value(self, x):
        return self.__w * x

    @staticmethod
    def twice(x): return 2 * x

    @classmethod
    def make(cls, x):
        return super().__new__(cls), x

    def maker(self):
        def step(x):
            return x * self.__w
        return step


def test_methods():
    model = Model()
    source = find_source(model.value)
    assert source.name == "value" and source.receiver is model and source.function is Model.value
    assert source.node.col_offset == 4
    assert find_source(Model.value).receiver is None
    assert find_source(Model.twice).name == find_source(Model.__dict__["twice"]).name == "twice"
    assert find_source(Model.make).receiver is Model
    assert find_source(Model.__dict__["make"]).name == "make"
    assert find_source(model.maker()).name == "step"


def test_the_first_line_of_a_decorated_function_is_its_decorator():
    source = find_source(Model.twice)
    assert source.lines[0].strip() == "@staticmethod" and source.node.lineno == source.first_line + 1


@pytest.mark.parametrize(("qualname", "heads"), [
    ("f", []), ("A.f", ["class A:"]), ("f.<locals>.g", ["def f({free}):"]),
    ("A.f.<locals>.B.g", ["class A:", "def f({free}):", "class B:"]),
    ("A.<listcomp>.<lambda>", ["class A:", "def _({free}):"]), ("<lambda>.<locals>.g", ["def _({free}):"])])
def test_the_surroundings_of_a_function(qualname, heads):
    assert surroundings(qualname) == heads


def test_nested_and_recursive_functions():
    n = 2.0

    def power(x):
        nonlocal n
        n += 0
        return x if x > n else power(x * n) + (lambda z: z * n)(x)
    assert find_source(power).name == "power"


def test_a_wraps_wrapper_is_read_as_it_is():
    def doubled(f):
        @functools.wraps(f)
        def wrapper(*args):
            return 2.0 * f(*args)
        return wrapper
    assert find_source(doubled(plain)).name == "wrapper"


def test_code_that_has_been_run_often_is_still_recognised():
    def hot(x):
        s = 0.0
        for i in range(10):
            s = s + x.real * i
        return s
    for _ in range(1000):
        hot(1.0)
    assert find_source(hot).name == "hot"


def test_asserts_rewritten_by_pytest_are_no_change():
    def checked(x):
        assert x > 0, "positive"
        return [x * 2.0 for _ in range(3)]
    assert "@pytest_ar" in checked.__code__.co_names
    assert find_source(checked).name == "checked"


def test_generators_are_returned_as_they_are():
    def count(x):
        yield x
    assert find_source(count).name == "count"


def test_two_functions_of_one_name_in_a_file(tmp_path):
    module = load(write(tmp_path / "twice.py", """
        def f(x):
            return x + 1
        first = f
        def f(x):
            return x + 2
        if True:
            def f(x): return x + 3
    """), "twice")
    assert find_source(module.first).lines[1].strip() == "return x + 1"
    assert find_source(module.f).lines[0].strip() == "def f(x): return x + 3"


def test_a_function_that_moved_within_its_file_is_found(tmp_path):
    path = write(tmp_path / "moved.py", "def g(x):\n    return x\ndef f(x):\n    return 2*x\nh = lambda x: 3*x\n")
    module = load(path, "moved")
    find_source(module.f)
    path.write_text("import math\n\n\n# new lines\n" + path.read_text())
    assert find_source(module.f).first_line == 7
    assert text_of(find_source(module.h)) == "lambda x: 3*x"


@pytest.mark.parametrize("edited", ["return 2.5*x", "return 2*y", "return np.sin(x)", "x ="])
def test_a_file_that_was_edited_since_it_was_imported_is_refused(tmp_path, edited):
    path = write(tmp_path / "edited.py", "def f(x):\n    return 2*x\n")
    f = load(path, "edited").f
    find_source(f)
    path.write_text(f"def f(x):\n    {edited}\n\n")
    with pytest.raises(SourceError, match="(?s)`f` has changed since it was imported.*Remedy: reload") as caught:
        find_source(f)
    assert caught.value.origin.file == str(path)


def test_a_file_that_was_removed(tmp_path):
    path = write(tmp_path / "removed.py", "def f(x): return x\n")
    f = load(path, "removed").f
    path.unlink()
    with pytest.raises(SourceError, match="cannot be found.*is not there"):
        find_source(f)


def test_notebook_cells_and_repl_inputs():
    first = run("def f(x):\n    return x*x\ng = f\ndef f(x):\n    return x*x*x\n", "<ipython-input-1-abc>")
    again = run("def f(x):\n    return x + x\n", "<ipython-input-2-abc>")
    typed = run("f = lambda x: x**2", "<python-input-3>")
    assert "x * x * x" in body(find_source(first["f"])) and "return x * x\n" in body(find_source(first["g"])) + "\n"
    assert "x + x" in body(find_source(again["f"]))
    assert text_of(find_source(typed["f"])) == "lambda x: x**2"


def test_a_cell_that_took_the_name_of_another():
    old = run("def f(x):\n    return x*x\n", "<cell>")["f"]
    run("def f(x):\n    return x*x*x\n", "<cell>")
    with pytest.raises(SourceError, match="changed"):
        find_source(old)


def test_input_that_nobody_kept_is_refused():
    f = run("def f(x): return x", "<stdin>", remember=False)["f"]
    with pytest.raises(SourceError, match="(?s)it was defined in <stdin>.*Remedy: put the function into a file"):
        find_source(f)


def test_a_code_block_in_a_document(tmp_path):
    path = tmp_path / "read.md"
    path.write_text("It's a *story*:\n\n```python\ndef f(x):\n    y = x\n\n    return y*x\n"
                    "g = lambda x: (x +\n    1)\n```\nIsn't it (a story?\n")
    code = "\n" * 3 + "".join(path.read_text().splitlines(True)[3:9])
    namespace = {}
    exec(compile(code, str(path), "exec"), namespace)
    assert find_source(namespace["f"]).lines[-1] == "    return y*x\n"
    assert find_source(namespace["g"]).node.end_lineno == 9


def test_future_annotations_change_nothing(tmp_path):
    module = load(write(tmp_path / "future.py", """
        from __future__ import annotations
        def f(x: Later) -> Later:
            def g(y: Later): return y
            return g(x)
    """), "future")
    assert find_source(module.f).name == "f"


def test_imported_names_of_all_kinds(tmp_path):
    """Python compiles `np.sin(x)` differently where the same text imports `np`."""
    module = load(write(tmp_path / "importing.py", """
        import os.path
        from fractions import Fraction
        try:
            from math import *
            import numpy as np
        except ImportError:
            pass
        sys = __import__("sys")
        def f(x): return np.sin(x), os.path.join(x), Fraction.from_float(x), sys.getsizeof(x), (lambda y: np.cos(y))(x)
        def g(x):
            import math
            return math.sin(x)
        def h(x):
            os = Fraction = x
            return x.sum() + np.linalg.norm(x) + os.sum() + Fraction.sum()
    """), "importing")
    assert [find_source(f).name for f in (module.f, module.g, module.h)] == ["f", "g", "h"]
    cell = run("def f(x): return np.sin(x)\nimport math\ndef g(x): return math.sin(x) + np.cos(x)", "<cell 7>")
    assert [find_source(cell[name]).name for name in "fg"] == ["f", "g"]


def test_bytecode_of_surroundings_is_not_needed(tmp_path):
    module = load(write(tmp_path / "around.py", """
        class Outer:
            class Inner:
                def f(self, x, *, k=1):
                    try:
                        return {x, 1.5} and x in {1, 2, 3} and __class__ and self.__x
                    except (ValueError, TypeError) as e:
                        raise RuntimeError(f"{x!r:>{k}}") from e
                    finally:
                        print(-0.0, 1e400, ...)
                g = lambda self: self.__x
    """), "around")
    assert find_source(module.Outer.Inner.f).name == "f"
    assert find_source(module.Outer.Inner.g).name == "<lambda>"


def dispatcher(f):
    """What numba.njit gives, as far as anyone can see from outside."""
    made = type("CPUDispatcher", (), {"__module__": "numba.core.registry", "__call__": lambda self, x: f(x)})()
    made.py_func, made.__name__ = f, f.__name__
    return made


@pytest.mark.parametrize(("function", "words"), [
    (np.sin, "(?s)`np.sin` has no Python source.*def f"), (len, "`len` has no Python source"),
    (np.sum, "`np.sum` has no Python source"), (np.linalg.norm, "`np.linalg.norm` has no Python source"),
    (functools.partial(plain, 1.0), "(?s)functools.partial object.*plain.*Remedy: write the call out, as in `lambda"),
    (Model, "`Model` is a class"), (functools.lru_cache(plain), r"(?s)functools.lru_cache.*`plain.__wrapped__`"),
    (dispatcher(plain), r"(?s)numba.njit.*`plain.py_func`"),
    (type("Callable", (), {"__call__": plain})(), "(?s)object of class `Callable`.*__call__"),
    (math.sin, "compiled code"), (builtins.print, "compiled"), ([].append, "compiled"),
])
def test_refusals(function, words):
    with pytest.raises(SourceError, match=words):
        find_source(function)


def test_a_jitted_function_is_refused_by_name():
    import jax
    with pytest.raises(SourceError, match=r"(?s)jax.jit.*`plain.__wrapped__`"):
        find_source(jax.jit(plain))


def test_async_functions_are_refused():
    async def f(x):
        return x
    with pytest.raises(SourceError, match="async"):
        find_source(f)


def test_a_gradient_function_is_not_taken_for_its_primal():
    kind = type("GradFunction", (), {"__module__": "s2sgrad.api", "__call__": lambda self, x: x, "primal": None})
    gradient = kind()
    gradient.primal = plain
    with pytest.raises(SourceError, match="(?s)GradFunction.*`GradFunction.primal`"):
        find_source(gradient)


@pytest.mark.parametrize("thing", [3.0, None, "f"])
def test_what_cannot_be_called(thing):
    with pytest.raises(ArgumentError, match="A function is needed"):
        find_source(thing)


def test_a_function_made_of_code_of_another_place():
    f = types.FunctionType(plain.__code__, {}, "other")
    assert find_source(f).name == "plain"


def test_functions_typed_into_python_c():
    script = "def f(x): return x\nfrom s2sgrad.read.source import find_source; print(find_source(f).lines)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True,
                          env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))})
    if sys.version_info >= (3, 13):                       # which keeps the text
        assert done.stdout == "('def f(x): return x\\n',)\n", done.stderr
    else:
        assert "it was defined in <string>" in done.stderr
