'''What is refused, as small programs: each with the call that shows it, and with what to write instead.

`docs/make_limitations.py` turns this table into docs/limitations.md, with the real error texts; the tests next to it
compare these texts with golden files and run what is said to work.
'''

import importlib.util
import linecache
import sys
import types
from dataclasses import dataclass
from typing import Any

import numpy as np

import s2sgrad

FILE = "example.py"                 # every program claims to be this file, so that the texts are the same everywhere


@dataclass(frozen=True)
class Refusal:
    """One refused program.

    call: an expression in the names of the program, np, grad and value_and_grad. advice: one sentence on what to do.
    instead: a program for which the call works; instead_call: where the call has to be another one. needs: a package
    without which the program cannot run.
    """

    name: str
    title: str
    source: str
    call: str
    advice: str
    instead: str = ""
    instead_call: str = ""
    needs: str = ""

    @property
    def can_run(self) -> bool:
        """Is the package that it needs installed?"""
        return not self.needs or importlib.util.find_spec(self.needs) is not None


def run(source: str, call: str) -> Any:
    """The value of the call after the program, which is run as the module `example`."""
    linecache.cache[FILE] = (len(source), None, source.splitlines(keepends=True), FILE)
    module = types.ModuleType("example")
    vars(module).update(np=np, grad=s2sgrad.grad, value_and_grad=s2sgrad.value_and_grad)
    sys.modules["example"] = module             # emitted code may import a function of the program
    try:
        exec(compile(source, FILE, "exec"), vars(module))
        return eval(call, vars(module))
    finally:
        del sys.modules["example"]


def program(text: str) -> str:
    """The lines of a triple-quoted program."""
    return text.strip("\n") + "\n"


FUNCTIONS = (
    Refusal(
        "compiled_function", "A function without Python source",
        program("""
import numpy as np
"""),
        "grad(np.sin)(1.0)",
        "Write a Python function around it.",
        program("""
import numpy as np

def f(x):
    return np.sin(x)
"""), "grad(f)(1.0)"),
    Refusal(
        "no_source", "A function whose source text is gone",
        program("""
names = {}
exec(compile("def f(x): return x * x", "<made>", "exec"), names)
f = names["f"]
"""),
        "grad(f)(1.0)",
        "Put the function into a file. (What is typed into the REPL or a notebook cell has its source.)",
        program("""
def f(x):
    return x * x
""")),
    Refusal(
        "generator", "A generator function as what is differentiated",
        program("""
def f(x):
    yield x
"""),
        "grad(f)(1.0)",
        "Return a list of the values, and take the sum of it.",
        program("""
def f(x):
    values = []
    values.append(x * x)
    return values[0]
""")),
    Refusal(
        "async_function", "`async`",
        program("""
async def f(x):
    return x * x
"""),
        "grad(f)(1.0)",
        "Differentiate a plain function and call it from the coroutine.",
        program("""
def f(x):
    return x * x
""")),
    Refusal(
        "partial", "`functools.partial`",
        program("""
from functools import partial

def power(x, n):
    return x**n

f = partial(power, n=3)
"""),
        "grad(f)(2.0)",
        "Differentiate the function itself, and pass the other arguments.",
        program("""
def f(x, n=3):
    return x**n
"""), "grad(f)(2.0)"),
    Refusal(
        "second_derivative", "The gradient of a gradient",
        program("""
def f(x):
    return x**3

df = grad(f)
"""),
        "grad(df)(2.0)",
        "Put the text of `df.source_for(...)` into a file, and differentiate that function: it is plain Python.",
        ),
)

LANGUAGE = (
    Refusal(
        "try_statement", "`try`",
        program("""
import math

def f(x):
    try:
        return math.log(x)
    except ValueError:
        return 0.0
"""),
        "grad(f)(2.0)",
        "Test for the condition.",
        program("""
import math

def f(x):
    if x > 0.0:
        return math.log(x)
    return 0.0
""")),
    Refusal(
        "with_statement", "`with`, unless it only says which floating-point errors are ignored",
        program("""
import numpy as np

def f(x):
    with np.printoptions(precision=3):
        return np.log(x)
"""),
        "grad(f)(2.0)",
        "Put the `with` around the call of the gradient.",
        program("""
import numpy as np

def f(x):
    return np.log(x)

df = grad(f)

def slope(x):
    with np.printoptions(precision=3):
        return df(x)
"""), "slope(2.0)"),
    Refusal(
        "errors_raised", "`np.errstate` that does more than to ignore errors",
        program("""
import numpy as np

def f(x):
    with np.errstate(divide="raise"):
        return np.log(x)
"""),
        "grad(f)(2.0)",
        "Put it around the call of the gradient.",
        program("""
import numpy as np

def f(x):
    return np.log(x)

df = grad(f)

def slope(x):
    with np.errstate(divide="raise"):
        return df(x)
"""), "slope(2.0)"),
    Refusal(
        "global_write", "Writing a global name",
        program("""
count = 0

def f(x):
    global count
    count = count + 1
    return x * x
"""),
        "grad(f)(2.0)",
        "Return the value, with `has_aux=True` if it is not part of the result.",
        program("""
def f(x, count):
    return x * x, count + 1
"""), "grad(f, has_aux=True)(2.0, 0)"),
    Refusal(
        "local_class", "A class inside the function",
        program("""
def f(x):
    class Point:
        pass
    return x * x
"""),
        "grad(f)(2.0)",
        "Define it outside.",
        program("""
class Point:
    pass

def f(x):
    return x * x
""")),
    Refusal(
        "unpack_unknown", "A starred value that is differentiated",
        program("""
import numpy as np

def f(xs):
    return np.hypot(*xs)
"""),
        "grad(f)(np.ones(2))",
        "Write the arguments out.",
        program("""
import numpy as np

def f(xs):
    return np.hypot(xs[0], xs[1])
""")),
    Refusal(
        "nested_recursion", "Nested functions that call each other, or themselves and write what is around them",
        program("""
def f(x):
    memory = {}

    def term(n):
        if n not in memory:
            memory[n] = x if n < 2 else term(n - 1) + x * term(n - 2)
        return memory[n]

    return term(3)
"""),
        "grad(f)(1.5)",
        "Write the recursion as a loop, or without the memory.",
        program("""
def f(x):
    def term(n):
        return x if n < 2 else term(n - 1) + x * term(n - 2)

    return term(3)
"""), "grad(f)(1.5)"),
    Refusal(
        "taken_early", "A loop that changes what it takes early",
        program("""
import itertools
import numpy as np

def f(x):
    rows, s = list(x), 0.0
    for i, (a, b) in enumerate(itertools.pairwise(rows)):
        s += a * b
        rows[i + 1] = 2.0 * rows[i + 1]
    return s
"""),
        "grad(f)(np.ones(4))",
        "Loop over indices. It is the same for `cycle`, `zip(*rows)`, and a second generator in `zip`.",
        program("""
import numpy as np

def f(x):
    rows, s = list(x), 0.0
    for i in range(len(rows) - 1):
        s += rows[i] * rows[i + 1]
        rows[i + 1] = 2.0 * rows[i + 1]
    return s
""")),
    Refusal(
        "not_implemented", "An operator that returns NotImplemented",
        program("""
class Length:
    def __init__(self, metres):
        self.metres = metres

    def __add__(self, other):
        if isinstance(other, Length):
            return Length(self.metres + other.metres)
        return NotImplemented

def f(x):
    return (Length(x) + 3.0).metres
"""),
        "grad(f)(2.0)",
        "Add what is meant. Where the class of the other operand is known, and answered for, nothing is refused.",
        program("""
class Length:
    def __init__(self, metres):
        self.metres = metres

    def __add__(self, other):
        if isinstance(other, Length):
            return Length(self.metres + other.metres)
        return NotImplemented

def f(x):
    return (Length(x) + Length(3.0)).metres
""")),
    Refusal(
        "objects_in_a_dict", "Objects in a dict, taken by a key that is a variable",
        program("""
class Square:
    def __init__(self, scale):
        self.scale = scale

    def cost(self, x):
        return self.scale * x * x

def f(x, scale, names):
    terms = {"a": Square(scale), "b": Square(2.0 * scale)}
    return sum(terms[name].cost(x) for name in names.split())
"""),
        "grad(f)(1.5, 2.0, 'a b')",
        "Keep the numbers in the dict, and make the objects of them. A loop over the dict itself is followed.",
        program("""
class Square:
    def __init__(self, scale):
        self.scale = scale

    def cost(self, x):
        return self.scale * x * x

def f(x, scale, names):
    scales = {"a": scale, "b": 2.0 * scale}
    return sum(Square(scales[name]).cost(x) for name in names.split())
""")),
    Refusal(
        "class_attribute", "An attribute of a class, other than a number, that an object binds anew",
        program("""
class Model:
    mode = "slow"

    def run(self, x):
        self.mode = "fast"
        return x * x

def f(x):
    model = Model()
    y = model.run(x)
    return y if model.mode == "fast" else x
"""),
        "grad(f)(1.5)",
        "Bind it in `__init__`.",
        program("""
class Model:
    def __init__(self):
        self.mode = "slow"

    def run(self, x):
        self.mode = "fast"
        return x * x

def f(x):
    model = Model()
    y = model.run(x)
    return y if model.mode == "fast" else x
""")),
    Refusal(
        "set_comprehension", "Sets of differentiated values",
        program("""
def f(x):
    powers = {x**k for k in range(3)}
    return sum(powers)
"""),
        "grad(f)(2.0)",
        "Use a list.",
        program("""
def f(x):
    powers = [x**k for k in range(3)]
    return sum(powers)
""")),
    Refusal(
        "undefined_name", "A name that is not defined",
        program("""
def f(x):
    return x * factor
"""),
        "grad(f)(2.0)",
        "Define it before the gradient is asked for.",
        program("""
factor = 3.0

def f(x):
    return x * factor
""")),
)

CALLS = (
    Refusal(
        "reflection", "`getattr` with a name that is computed",
        program("""
import numpy as np

def f(x, name):
    return getattr(np, name)(x)
"""),
        "grad(f)(2.0, 'sin')",
        "Pass the function itself.",
        program("""
import numpy as np

def f(x, function):
    return function(x)
"""), "grad(f)(2.0, np.sin)"),
    Refusal(
        "evaluated_text", "`eval`, `exec`, `locals`, `globals`, `vars`",
        program("""
def f(x):
    y = x * x
    return locals()["y"]
"""),
        "grad(f)(2.0)",
        "Write the name or the expression itself.",
        program("""
def f(x):
    y = x * x
    return y
""")),
    Refusal(
        "unknown_function", "A function that nothing is known of",
        program("""
import scipy.special as special

def f(x):
    return special.struve(0, x)
"""),
        "grad(f)(2.0)",
        "State its derivative with `adjoint` or `elementwise`, or that there is none with `zero_derivative`.",
        program("""
import scipy.special as special
from s2sgrad import elementwise

def struve0(x):
    return special.struve(0, x)

@elementwise(struve0)
def struve0_rule(y, x):
    return 0.6366197723675814 - special.struve(1, x)

def f(x):
    return struve0(x)
""")),
    Refusal(
        "no_derivative", "A function of NumPy without a derivative rule",
        program("""
import numpy as np

def f(x):
    return np.max(np.abs(np.linalg.eigvals(x)))
"""),
        "grad(f)(np.eye(2) + 1.0)",
        "Write it in terms of functions that have one, or state its derivative with `adjoint`.",
        ),
    Refusal(
        "unknown_option", "An option that a rule does not know",
        program("""
import numpy as np

def f(x):
    return np.nansum(x, initial=1.0)
"""),
        "grad(f)(np.ones(3))",
        "Leave the option out and write what it does.",
        program("""
import numpy as np

def f(x):
    return np.sum(x) + 1.0
""")),
    Refusal(
        "own_gradient", "A decorated function that calls itself",
        program("""
@grad
def f(x):
    if x < 1.0:
        return x * x
    return f(x - 1.0)
"""),
        "f(2.5)",
        "Write `df = grad(f)` instead of the decorator, and the recursion as a loop.",
        program("""
@grad
def f(x):
    while x >= 1.0:
        x = x - 1.0
    return x * x
""")),
    Refusal(
        "jax_jit", "A helper compiled by `jax.jit`",
        program("""
import jax

@jax.jit
def square(x):
    return x * x

def f(x):
    return square(x)
"""),
        "grad(f)(2.0)",
        "Call the plain function; the gradient is plain NumPy.",
        program("""
def square(x):
    return x * x

def f(x):
    return square(x)
"""), needs="jax"),
    Refusal(
        "numba_njit", "A helper compiled by `numba.njit`",
        program("""
from numba import njit

@njit
def square(x):
    return x * x

def f(x):
    return square(x)
"""),
        "grad(f)(2.0)",
        "Call the plain function (`square.py_func` is it).",
        program("""
def square(x):
    return x * x

def f(x):
    return square(x)
"""), needs="numba"),
    Refusal(
        "dict_or_list", "One name for a list or a dict of differentiated values",
        program("""
def f(x):
    parts = [x * x, x] if x > 0.0 else {0: x * x, 1: x}
    return sum(parts)
"""),
        "grad(f)(2.0)",
        "Use two names, or a list for both.",
        program("""
def f(x):
    parts = [x * x, x] if x > 0.0 else [0.0, 1.0]
    return sum(parts)
""")),
    Refusal(
        "set_of_values", "A set of differentiated values",
        program("""
def f(x):
    total = 0.0
    for part in {x, 2.0 * x}:
        total = total + part**2
    return total
"""),
        "grad(f)(2.0)",
        "Use a list or a tuple.",
        program("""
def f(x):
    total = 0.0
    for part in (x, 2.0 * x):
        total = total + part**2
    return total
""")),
    Refusal(
        "generator_shared", "A generator that is run through at more than one place",
        program("""
def f(x):
    squares = map(lambda v: v * v, x)
    first = next(squares)
    return first * sum(squares)
"""),
        "grad(f)(np.ones(3))",
        "Make a list of it. (One loop or call may run through it under a name, and any number through `iter(x)` or a "
        "generator expression with one `for`.)",
        program("""
def f(x):
    squares = [v * v for v in x]
    first = squares[0]
    return first * sum(squares[1:])
""")),
    Refusal(
        "generator_passed", "A generator as the argument of a function that does more than run through it",
        program("""
def total(values):
    return sum(values)

def f(x):
    return total(v * v for v in x)
"""),
        "grad(f)(np.ones(3))",
        "Pass a list.",
        program("""
def total(values):
    return sum(values)

def f(x):
    return total([v * v for v in x])
""")),
    Refusal(
        "iterator_shared", "A loop over an iterator that does not take all of it",
        program("""
import itertools

def f(x):
    powers = itertools.combinations(range(4), 2)
    total = 0.0
    for first, second in powers:
        total = total + x**first * next(powers)[1]
    return total
"""),
        "grad(f)(2.0)",
        "Make a list of the iterator, or loop over an index. (A loop over an iterator that nothing else reads, such as "
        "`itertools.product(...)`, works.)",
        program("""
import itertools

def f(x):
    powers = list(itertools.combinations(range(4), 2))
    total = 0.0
    for k in range(0, 6, 2):
        total = total + x**powers[k][0] * powers[k + 1][1]
    return total
""")),
    Refusal(
        "list_changes_in_loop", "A list that changes while a loop runs through it",
        program("""
def f(x):
    values = [x]
    total = 0.0
    for value in values:
        total = total + value
        if len(values) < 3:
            values.append(value * x)
    return total
"""),
        "grad(f)(2.0)",
        "Loop over a copy, or use `while` with an index.",
        program("""
def f(x):
    values = [x]
    total = 0.0
    i = 0
    while i < len(values):
        total = total + values[i]
        if len(values) < 3:
            values.append(values[i] * x)
        i = i + 1
    return total
""")),
    Refusal(
        "delete_every_other", "`del` of a slice with a step",
        program("""
def f(x):
    values = [x, x * x, x**3]
    del values[::2]
    return values[0]
"""),
        "grad(f)(2.0)",
        "Build a new list without the entries.",
        program("""
def f(x):
    values = [x, x * x, x**3]
    values = values[1::2]
    return values[0]
""")),
    Refusal(
        "dict_popitem", "`popitem`",
        program("""
def f(x):
    parts = {"square": x * x}
    key, value = parts.popitem()
    return value
"""),
        "grad(f)(2.0)",
        "Use `pop` with a key.",
        program("""
def f(x):
    parts = {"square": x * x}
    value = parts.pop("square")
    return value
""")),
)

ARRAYS = (
    Refusal(
        "option_without_a_rule", "An option with a value for which there is no rule",
        program("""
import numpy as np

def f(x):
    return np.quantile(x, 0.3, method="inverted_cdf")
"""),
        "grad(f)(np.arange(5.0))",
        "Use one of the values that the message names.",
        program("""
import numpy as np

def f(x):
    return np.quantile(x, 0.3, method="lower")
"""), "grad(f)(np.arange(5.0))"),
    Refusal(
        "deque", "A deque or defaultdict of what is differentiated, beyond appending, popping and reading; a Counter",
        program("""
from collections import deque

def f(x):
    queue = deque(x)
    queue.rotate(1)
    return queue[0] ** 2
"""),
        "grad(f)(np.array([2.0, 3.0, 1.0, 0.5]))",
        "Say what it does with `append`, `pop` and the like.",
        program("""
from collections import deque

def f(x):
    queue = deque(x)
    queue.appendleft(queue.pop())
    return queue[0] ** 2
"""), "grad(f)(np.array([2.0, 3.0, 1.0, 0.5]))"),
    Refusal(
        "keys_that_vary", "Keys of a dict that are differentiated, read as numbers",
        program("""
def f(x):
    table = {x[0]: 1.0, x[1]: 2.0}
    total = 0.0
    for key, weight in table.items():
        total += key * weight
    return total
"""),
        "grad(f)(np.array([2.0, 3.0]))",
        "Keep the numbers in a list.",
        program("""
def f(x):
    keys, weights = [x[0], x[1]], [1.0, 2.0]
    total = 0.0
    for key, weight in zip(keys, weights):
        total += key * weight
    return total
"""), "grad(f)(np.array([2.0, 3.0]))"),
    Refusal(
        "open_mesh", "`np.ix_` of what is differentiated",
        program("""
def f(x):
    a, b = np.ix_(x, x)
    return np.sum(a * b)
"""),
        "grad(f)(np.array([2.0, 3.0]))",
        "Add the axes with None.",
        program("""
def f(x):
    a, b = x[:, None], x[None, :]
    return np.sum(a * b)
"""), "grad(f)(np.array([2.0, 3.0]))"),
    Refusal(
        "differentiated_entries_rearranged", "A list of what is differentiated, given to a function that reorders it",
        program("""
import heapq

def f(x):
    heap = [x[1], x[0]]
    heapq.heapify(heap)
    return heap[0] ** 2
"""),
        "grad(f)(np.array([1.0, 2.0]))",
        "Sort with `sorted` or `np.sort`, or rearrange indices (`heap = [(float(v), k), ...]` with "
        "`s2sgrad.stop_gradient`), which is supported, and read the values by them.",
        program("""
import heapq

def f(x):
    heap = [(2.0, 1), (1.0, 0)]
    heapq.heapify(heap)
    return x[heap[0][1]] ** 2
""")),
    Refusal(
        "not_put_back", "An array that changes inside an object that is not followed",
        program("""
from collections import deque

def f(x):
    queue = deque([np.array([3.0, 1.0])])
    y = x * queue[0]
    queue[0].sort()
    return np.sum(y * queue[0])
"""),
        "grad(f)(np.array([1.0, 2.0]))",
        "Copy what is needed before it changes, or keep the arrays in a list or a dict. Sets, deques and the like may "
        "change as long as only numbers are read out of them.",
        program("""
from collections import deque

def f(x):
    queue = deque([np.array([3.0, 1.0])])
    y = x * queue[0].copy()
    queue[0].sort()
    return np.sum(y * queue[0].copy())
""")),
    Refusal(
        "index_tricks", "`np.mgrid`, `np.ogrid` and counted ranges of `np.r_` between differentiated bounds",
        program("""
import numpy as np

def f(x):
    t = np.mgrid[0.0:x[0]:5j]
    return np.sum(t**2)
"""),
        "grad(f)(np.ones(3))",
        "Use `np.linspace`. (`np.r_` and `np.c_` of numbers and arrays are supported.)",
        program("""
import numpy as np

def f(x):
    t = np.linspace(0.0, x[0], 5)
    return np.sum(t**2)
""")),
    Refusal(
        "crossing_store", "A copy between views of one array that cross",
        program("""
import numpy as np

def f(x):
    A = x.copy()
    A[:, 2] = A[1]
    return np.sum(A**2)
"""),
        "grad(f)(np.ones((3, 3)))",
        "NumPy writes `A[1, 2]` before it reads it here. Copy the right side first.",
        program("""
import numpy as np

def f(x):
    A = x.copy()
    A[:, 2] = A[1].copy()
    return np.sum(A**2)
""")),
    Refusal(
        "out_several", "Several arrays in `out=`",
        program("""
import numpy as np

def f(x):
    whole, rest = np.zeros(3), np.zeros(3)
    np.modf(x, out=(rest, whole))
    return np.sum(rest**2)
"""),
        "grad(f)(np.array([1.2, 2.3, 3.4]))",
        "Take the results from the call, or write one call for each.",
        program("""
import numpy as np

def f(x):
    rest = np.zeros(3)
    np.subtract(x, np.floor(x), out=rest)
    return np.sum(rest**2)
""")),
    Refusal(
        "flat_by_name", "Writing through a name for `.flat`",
        program("""
import numpy as np

def f(x):
    A = np.outer(x, x)
    entries = A.flat
    entries[2] = 0.0
    entries[4] = x[0]
    return np.sum(A**2)
"""),
        "grad(f)(np.ones(3))",
        "Write `A.flat[i]` where it is written, or take `A.reshape(-1)`.",
        program("""
import numpy as np

def f(x):
    A = np.outer(x, x)
    A.flat[2] = 0.0
    A.flat[4] = x[0]
    return np.sum(A**2)
""")),
    Refusal(
        "flat_of_parts", "A name for `.flat` of a part of an array, where arrays are written",
        program("""
import numpy as np

def f(x):
    A = np.outer(x, x)
    entries = A[:, 1:].flat
    A[0, 1] = 2.0
    return entries[0] * A[2, 2]
"""),
        "grad(f)(np.ones(3))",
        "Read `A[:, 1:].flat[i]` where it is needed; for a copy take `A[:, 1:].ravel()`.",
        program("""
import numpy as np

def f(x):
    A = np.outer(x, x)
    A[0, 1] = 2.0
    return A[:, 1:].flat[0] * A[2, 2]
""")),
    Refusal(
        "at_several_indices", "`np.multiply.at` with several index arrays",
        program("""
import numpy as np

def f(x):
    A = np.outer(x, x)
    np.multiply.at(A, ([0, 0], [1, 1]), x[:2])
    return np.sum(A)
"""),
        "grad(f)(np.ones(3))",
        "Write the loop. (`np.add.at` takes every index.)",
        program("""
import numpy as np

def f(x):
    A = np.outer(x, x)
    for k, (i, j) in enumerate([(0, 1), (0, 1)]):
        A[i, j] *= x[k]
    return np.sum(A)
""")),
    Refusal(
        "integer_buffer", "A differentiated value in an integer array",
        program("""
import numpy as np

def f(x):
    y = np.zeros(3, dtype=int)
    y[0] = x
    return y[0] * x
"""),
        "grad(f)(2.0)",
        "Make the array of floats.",
        program("""
import numpy as np

def f(x):
    y = np.zeros(3)
    y[0] = x
    return y[0] * x
""")),
    Refusal(
        "shared_arguments", "Arguments that share memory, one of which is written",
        program("""
import numpy as np

def f(x, y):
    x[0] = y[1]
    return np.sum(x * y)

a = np.ones(3)
"""),
        "grad(f)(a, a)",
        "Pass a copy.",
        program("""
import numpy as np

def f(x, y):
    x[0] = y[1]
    return np.sum(x * y)

a = np.ones(3)
"""), "grad(f)(a, a.copy())"),
    Refusal(
        "outside_data_written", "Writing data that live outside the function",
        program("""
import numpy as np

buffer = np.zeros(3)

def f(x):
    buffer[0] = x
    return buffer[0] * x
"""),
        "grad(f)(2.0)",
        "Make the array inside, or pass it as an argument.",
        program("""
import numpy as np

def f(x):
    buffer = np.zeros(3)
    buffer[0] = x
    return buffer[0] * x
""")),
    Refusal(
        "default_written", "Writing a default value",
        program("""
import numpy as np

def f(x, work=np.zeros(3)):
    work[0] = x
    return work[0] * x
"""),
        "grad(f)(2.0)",
        "Make the array inside.",
        program("""
import numpy as np

def f(x):
    work = np.zeros(3)
    work[0] = x
    return work[0] * x
""")),
    Refusal(
        "unknown_argument_written", "`.source` of a function that writes into an argument of unknown kind",
        program("""
import numpy as np

def f(x, work):
    work[0] = x
    return np.sum(work)
"""),
        "grad(f).source",
        "Annotate the parameters, the array with its dtype, or ask for `source_for(...)`. Calls know all this.",
        program("""
import numpy as np
from numpy.typing import NDArray

def f(x: float, work: NDArray[np.float64]):
    work[0] = x
    return np.sum(work)
""")),
    Refusal(
        "object_array", "An array of objects",
        program("""
import numpy as np

def f(x):
    return np.sum(x)
"""),
        "grad(f)(np.array([1.0, 2.0], dtype=object))",
        "Pass an array of floats.",
        program("""
import numpy as np

def f(x):
    return np.sum(x)
"""), "grad(f)(np.array([1.0, 2.0], dtype=object).astype(float))"),
    Refusal(
        "drawn_form", "A draw whose form changes with a parameter",
        program("""
import numpy as np

def f(shape):
    rng = np.random.default_rng(0)
    return np.mean(rng.gamma(shape, 2.0, size=5))
"""),
        "grad(f)(1.5)",
        "Draw from a distribution with a location and a scale.",
        program("""
import numpy as np

def f(scale):
    rng = np.random.default_rng(0)
    return np.mean(rng.gamma(1.5, scale, size=5))
"""), "grad(f)(2.0)"),
    Refusal(
        "structured_array", "An array with named fields that is written",
        program("""
import numpy as np

def f(x):
    a = np.zeros(len(x), dtype=[("mass", float)])
    a["mass"] = x
    return np.sum(a["mass"] ** 2)
"""),
        "grad(f)(np.ones(3))",
        "Use a dict of arrays, or an array for each field.",
        program("""
import numpy as np

def f(x):
    a = {"mass": np.zeros(len(x))}
    a["mass"][:] = x
    return np.sum(a["mass"] ** 2)
"""), "grad(f)(np.ones(3))"),
)

VALUES = (
    Refusal(
        "integer_argument", "An integer argument",
        program("""
def f(x):
    return x * x
"""),
        "grad(f)(3)",
        "Pass a float.",
        program("""
def f(x):
    return x * x
"""), "grad(f)(3.0)"),
    Refusal(
        "integer_array", "An array of integers",
        program("""
import numpy as np

def f(x):
    return np.sum(x * x)
"""),
        "grad(f)(np.arange(3))",
        "Pass an array of floats.",
        program("""
import numpy as np

def f(x):
    return np.sum(x * x)
"""), "grad(f)(np.arange(3.0))"),
    Refusal(
        "complex_argument", "A complex argument",
        program("""
def f(z):
    return abs(z)
"""),
        "grad(f)(1.0 + 2.0j)",
        "Pass the real and the imaginary part as two arguments.",
        program("""
import math

def f(x, y):
    return math.hypot(x, y)
"""), "grad(f, argnums=(0, 1))(1.0, 2.0)"),
    Refusal(
        "pandas_argument", "A pandas object",
        program("""
import numpy as np
import pandas

def f(x):
    return np.sum(x * x)
"""),
        "grad(f)(pandas.Series([1.0, 2.0]))",
        "Pass its array, since the operators of pandas align by label.",
        program("""
import numpy as np
import pandas

def f(x):
    return np.sum(x * x)
"""), "grad(f)(pandas.Series([1.0, 2.0]).to_numpy())", needs="pandas"),
    Refusal(
        "masked_argument", "Masked arrays and other subclasses of `np.ndarray`",
        program("""
import numpy as np

def f(x):
    return np.sum(x * x)
"""),
        "grad(f)(np.ma.array([1.0, 2.0], mask=[False, True]))",
        "Pass a plain array.",
        program("""
import numpy as np

def f(x):
    return np.sum(x * x)
"""), "grad(f)(np.ma.array([1.0, 2.0], mask=[False, True]).filled(0.0))"),
    Refusal(
        "text_argument", "An argument that is no number",
        program("""
def f(x, name):
    return x * x
"""),
        "grad(f, argnums=1)(2.0, 'w')",
        "Differentiate another argument.",
        program("""
def f(x, name):
    return x * x
"""), "grad(f, argnums=0)(2.0, 'w')"),
    Refusal(
        "array_result", "A value that is an array",
        program("""
def f(x):
    return x * x
"""),
        "grad(f)(np.ones(3))",
        "Return one number: the sum, or one entry.",
        program("""
def f(x):
    return (x * x).sum()
""")),
    Refusal(
        "tuple_result", "A value that is a tuple",
        program("""
def f(x):
    return x * x, x
"""),
        "grad(f)(2.0)",
        "Say `has_aux=True` if only the first is to be differentiated.",
        program("""
def f(x):
    return x * x, x
"""), "grad(f, has_aux=True)(2.0)"),
    Refusal(
        "none_result", "No value",
        program("""
def f(x):
    y = x * x
"""),
        "grad(f)(2.0)",
        "Return the value.",
        program("""
def f(x):
    y = x * x
    return y
""")),
    Refusal(
        "integer_result", "A value that is an integer",
        program("""
def f(x):
    return round(x * x)
"""),
        "grad(f)(2.0)",
        "Return what is smooth; the gradient of a step is zero wherever there is one.",
        program("""
def f(x):
    return x * x
""")),
    Refusal(
        "complex_values", "A function of real numbers, of complex values that are differentiated",
        program("""
import numpy as np

def f(x):
    z = np.exp(1j * x)
    return np.sort(z)[0].real
"""),
        "grad(f)(np.array([0.5, 0.2]))",
        "Complex numbers have no order, and what has no complex derivative is written with its parts.",
        program("""
import numpy as np

def f(x):
    z = np.exp(1j * x)
    return np.sort(z.real)[0]
""")),
    Refusal(
        "complex_sign", "The sign of a complex value",
        program("""
import numpy as np

def f(x):
    z = np.exp(1j * x)
    return (np.sign(z + 1.0) * x).real
"""),
        "grad(f)(0.5)",
        "It is no step function, as the sign of a real number is.",
        program("""
import numpy as np

def f(x):
    z = np.exp(1j * x) + 1.0
    return (z / abs(z) * x).real
""")),
    Refusal(
        "complex_imag_view", "Writing the imaginary part of an array",
        program("""
import numpy as np

def f(x):
    z = np.zeros(2, dtype=complex)
    z.imag = x
    return np.sum(abs(z * z + 1.0))
"""),
        "grad(f)(np.array([0.5, 0.2]))",
        "The real part can be written in this way.",
        program("""
import numpy as np

def f(x):
    z = np.zeros(2, dtype=complex)
    z[...] = z.real + 1j * x
    return np.sum(abs(z * z + 1.0))
""")),
    Refusal(
        "complex_or_real_view", "A conversion that copies a real array and not a complex one, where it may be either",
        program("""
import numpy as np

def f(x):
    z = x * 1.0
    if x[0] > 1.0:
        z = z * 1j
    w = np.asarray(z, dtype=complex)
    w[0] = 2.0
    return np.sum(abs(z))
"""),
        "grad(f)(np.array([0.5, 0.2]))",
        "The adjoint of such an array is complex, and would not be copied where the array is.",
        program("""
import numpy as np

def f(x):
    z = x * 1.0
    if x[0] > 1.0:
        z = z * 1j
    w = z.astype(complex)
    w[0] = 2.0
    return np.sum(abs(z))
""")),
    Refusal(
        "complex_result", "A complex result",
        program("""
import numpy as np

def f(x):
    return np.exp(1j * x)
"""),
        "grad(f)(0.5)",
        "Return the real part, the imaginary part or the absolute value.",
        program("""
import numpy as np

def f(x):
    return np.exp(1j * x).real
""")),
    Refusal(
        "complex_part_of_unknown", "Writing a part of what may be a number",
        program("""
import numpy as np

def f(x):
    z = 1j * x
    z.real = 2.0
    return abs(z)
"""),
        "grad(f)(0.5)",
        "Make a new number.",
        program("""
import numpy as np

def f(x):
    z = 1j * x
    z = 2.0 + 1j * z.imag
    return abs(z)
""")),
    Refusal(
        "container_source", "`.source` of a function of a dict or a list",
        program("""
def f(weights):
    return weights["a"] * weights["b"]
"""),
        "grad(f).source",
        "Ask for `source_for(...)`: the parts of an example are known. Calls work.",
        program("""
def f(weights):
    return weights["a"] * weights["b"]
"""), "grad(f).source_for({'a': 2.0, 'b': 3.0})"),
    Refusal(
        "wrong_argnums", "A position that does not exist",
        program("""
def f(x):
    return x * x
"""),
        "grad(f, argnums=1)",
        "Count from 0.",
        program("""
def f(x):
    return x * x
"""), "grad(f, argnums=0)(2.0)"),
    Refusal(
        "missing_argument", "A missing argument",
        program("""
def f(x, y):
    return x * y
"""),
        "grad(f)(2.0)",
        "Pass all arguments.",
        program("""
def f(x, y):
    return x * y
"""), "grad(f)(2.0, 3.0)"),
)

SECTIONS: dict[str, tuple[Refusal, ...]] = {
    "Functions": FUNCTIONS,
    "The language": LANGUAGE,
    "Calls": CALLS,
    "Arrays and memory": ARRAYS,
    "Arguments and results": VALUES,
}
REFUSALS = tuple(entry for section in SECTIONS.values() for entry in section)
