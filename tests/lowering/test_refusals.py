"""What the lowering refuses: the error, the line that it names, and what it says; NumPy takes every one of these."""

import inspect

import numpy as np
import pytest
from lowering.programs_registry import S, V, listed

from s2sgrad import value_and_grad
from s2sgrad.errors import AliasError, S2SGradError, UnsupportedError
from s2sgrad.lower.refusals import REMEDY

CASES, called_with = listed()
SAID = {}


def refused(*args, says, error=UnsupportedError, argnums=0):
    """List the program; the line that is named is the one that ends in `# here`."""
    def register(f):
        SAID[f] = error, says, argnums
        return called_with(args)(f)
    return register


# ---------------------------------------------------------------- loops
@refused(V, says="A `while` loop does not lower to JAX yet.")
def while_loop(x):
    s, k = x[0], 0
    while k < 3:  # here
        s = np.sin(s)
        k += 1
    return s


@refused(V, says="A loop that is left by `break` or `return` does not lower to JAX yet.")
def loop_with_break(x):
    s = 0.0
    for v in x:  # here
        if v < 0:
            break
        s += v**2
    return s


@refused(V, says="A loop that is left by `break` or `return` does not lower to JAX yet.")
def loop_with_return(x):
    for v in x:  # here
        if v > 1:
            return v**2
    return x[0]


@refused(V, np.array([1, 3]), says="What this loop records, since its number of trips is known only "
         "when it runs, does not lower to JAX yet.")
def record_of_a_loop_whose_bound_is_data(x, n):
    s = 1.0
    for k in range(n[1]):  # here
        s = np.sin(s) * x[k]
    return s


@refused(V, says="A record of arrays in a loop whose number of trips changes does not lower to JAX yet.")
def arrays_recorded_in_a_triangle(x):
    s = x * 1.0
    for i in range(3):  # here
        for j in range(i):
            s = np.sin(s) * x[j]
    return np.sum(s)


@refused(V, says="A loop whose bounds and step are traced does not lower to JAX yet.")
def triangle_with_a_step(x):
    s = 1.0
    for i in range(5):
        for j in range(i, 5, 2):  # here
            s = np.sin(s) + x[j] * x[i]
    return s


@refused(V[:3], [S, S[:2]], says="What this loop records does not lower to JAX yet.")
def record_of_a_scan_in_a_python_loop(x, weights):
    s = 0.0
    for w in weights:
        h = x
        for _ in range(3):
            h = np.sin(h) * x  # here
        s += np.sum(w @ h)
    return s


# ---------------------------------------------------------------- what is known only while the program runs
@refused(V, says="A slice whose bounds are known only while the program runs does not lower to JAX yet.")
def slice_up_to_the_index(x):
    s = 0.0
    for i in range(1, 4):
        s += np.sum(x[:i] ** 2)  # here
    return s


@refused(V, says="Indexing with a mask, whose result has a length that depends on data, does not lower to JAX yet.")
def entries_under_a_mask(x):
    y = x[x > 0]  # here
    return np.sum(y**2)


@refused(V, says="`np.nonzero` does not lower to JAX yet.")
def function_without_a_name_on_jax(x):
    found = np.nonzero(x > 0)[0]  # here
    return x[found].sum()


@refused(V, says="`np.where` with one argument, whose result has a length that depends on data, does not lower to JAX "
         "yet.")
def where_with_one_argument(x):
    found = np.where(x > 0)[0]  # here
    return np.sum(x[found])


@refused(V, says="`int` of a value that is known only while the program runs does not lower to JAX yet.")
def int_of_data(x):
    k = int(x[2])  # here
    return x[k] ** 2


@refused(V, says="`bool` of a value that is known only while the program runs does not lower to JAX yet.")
def bool_of_data(x):
    positive = bool(x[0] > 0)  # here
    return x[1] if positive else x[2]


@refused(V, says="An `assert` about a value that is known only while the program runs does not lower to JAX yet.")
def assert_about_data(x):
    assert x[0] > 0  # here
    return x.sum()


@refused(1.3, says="Argument 2 of `math.log` does not lower to JAX yet.")
def argument_that_jax_does_not_have(a):
    import math
    return math.log(a, 3)  # here


# ---------------------------------------------------------------- what is something else on JAX
@refused(V, says="An integer to the power of an integer that is known only while the program runs does not lower to "
         "JAX yet.")
def integer_power(x):
    s = 0.0
    for i in range(4):
        s += x[i] / 2**i  # here
    return s


@refused(V, says="An integer that a loop multiplies or adds to itself, and that may leave 64 bits, does not lower to "
         "JAX yet.")
def factorial(x):
    s, product = 1.0, 1
    for i in range(1, 4):
        product *= i  # here
        s += x[0] ** i / product
    return s


@refused(1.5, says="A test for the type of a value, which is another one on JAX, does not lower to JAX yet.")
def type_of_a_value(x):
    if type(x) is float:  # here
        return x**2
    return np.sum(x)


@refused(V, says="A test for an object, of what a branch or loop sets, does not lower to JAX yet.")
def none_that_a_branch_replaces(x):
    best = None
    if x[0] > 0:
        best = x[0]
    if best is None:  # here
        best = x[1]
    return best * 2


@refused(V, says="The attribute `nbytes` does not lower to JAX yet.")
def attribute_without_a_meaning(x):
    n = x.nbytes  # here
    return x.sum() * n


# ---------------------------------------------------------------- writes
@refused(V, np.array([0, 2, 2]), says="A write at the entries of an index array, which may name one twice, does not "
         "lower to JAX yet.")
def write_at_an_index_array(x, indices):
    a = np.zeros(5)
    a[indices] = x[:3]  # here
    return np.sum(a * x)


@refused(S, says="A mask of lower rank than what it picks from does not lower to JAX yet.")
def mask_of_rows(A):
    B = A.copy()
    B[A[:, 0] > 0.3] = 0.0  # here
    return np.sum(B * B)


@refused(V, says="A write of several values under a mask does not lower to JAX yet.")
def several_values_under_a_mask(x):
    a = x.copy()
    a[x > 0] = np.arange(3.0)  # here
    return np.sum(a * x)


@refused(V, says="A list that gets other than one entry in each trip of a loop, or that the loop reads, does not "
         "lower to JAX yet.")
def list_that_grows_now_and_then(x):
    items = []
    for v in x:
        if v > 0:
            items.append(v * v)  # here
    return sum(items)


@refused(V, says="A list that is no argument, and that a loop runs through, does not lower to JAX yet.")
def loop_over_a_literal_list(x):
    items = [x[0], x[1] * 2, x[2]]  # here
    s = 0.0
    for v in items:
        s += v * v
    return s


@refused(V, says="This write into a list does not lower to JAX yet.")
def list_filled_by_index(x):
    h = [0.0] * 5
    for i in range(5):
        h[i] = x[i] ** 2  # here
    return sum(h)


@refused(S, error=AliasError, says="`b` is written while `a` may be the same memory: on JAX every array is a value.")
def transposed_view(A):
    a = A * 2
    b = a.T
    b[0] = 5.0  # here
    return np.sum(a * a)


@refused(V, error=AliasError, says="`b` is written while `a` may be the same memory: on JAX every array is a value.")
def second_name_of_an_array(x):
    a = x * 2
    b = a
    b += 1  # here
    return np.sum(a * a)


@refused(V, error=AliasError, says="`c` is written while `a` may be the same memory: on JAX every array is a value.")
def one_of_two_arrays(x):
    a = x * 1.0
    b = x * 2.0
    if x[0] > 0:
        c = a
    else:
        c = b
    c[0] = 9.0  # here
    return np.sum(a * b)


@refused(V, error=AliasError, says="Arrays that change places, of which a loop keeps track, do not lower to JAX yet.")
def array_kept_by_name_in_each_trip(x):
    a = x.copy()
    b = x * 2
    for t in range(3):
        b = a  # here
        b[t] = a[t + 1] * 2
    return np.sum(a * b)


# ---------------------------------------------------------------- effects
@refused(V, says="An exception under a condition that is known only while the program runs does not lower to JAX yet.")
def exception_in_a_traced_branch(x):
    if x[0] > 100:
        raise ValueError("large")  # here
    return x.sum()


@refused(V, says="`print`, which is not known to give the same at every call, does not lower to JAX yet.")
def printing(x):
    print("here")  # here
    return x.sum()


@refused(V, says="`np.rand`, which is not known to give the same at every call, does not lower to JAX yet.")
def random_number(x):
    noise = np.random.rand()  # here
    return x.sum() * noise


# ---------------------------------------------------------------- the errors themselves
@pytest.mark.parametrize("f, inputs", CASES, ids=[f.__name__ for f, _ in CASES])
def test_refused(f, inputs):
    error, says, argnums = SAID[f]
    (args,) = inputs
    value_and_grad(f, argnums=argnums)(*args)
    with pytest.raises(S2SGradError) as caught:
        value_and_grad(f, argnums=argnums, backend="jax")(*args)
    refusal = caught.value
    assert isinstance(refusal, error)
    assert refusal.cause == says
    assert refusal.origin.line == marked_line(f)
    assert refusal.origin.file == __file__ and f" in {f.__name__}\n" in str(refusal)
    assert refusal.remedy and f"\nRemedy: {refusal.remedy}" in str(refusal)


def marked_line(f):
    lines, start = inspect.getsourcelines(f)
    (offset,) = [k for k, line in enumerate(lines) if line.endswith("# here\n")]
    return start + offset


def test_the_remedy_is_the_other_back_end():
    with pytest.raises(UnsupportedError) as caught:
        value_and_grad(while_loop, backend="jax")(V)
    assert caught.value.remedy == REMEDY == "Use backend='numpy'."


# ---------------------------------------------------------------- what only JAX finds out
def length_from_the_index(x):
    s = 0.0
    for i in range(1, 4):
        s += np.sum(np.ones(i)) * x[i]  # here
    return s


def shapes_that_differ(x):
    if x[0] > 0:  # here
        y = x[:2]
    else:
        y = x[:3]
    return np.sum(y * y)


def read_in_the_order_of_memory(x):
    return np.sum(x.ravel("K") ** 2)  # here


@pytest.mark.parametrize("f", [length_from_the_index, shapes_that_differ, read_in_the_order_of_memory])
def test_what_jax_cannot_trace_is_refused_with_the_line(f):
    with pytest.raises(UnsupportedError) as caught:
        value_and_grad(f, backend="jax")(V)
    assert caught.value.origin.line == marked_line(f)
    assert "backend='numpy'" in caught.value.remedy


# ---------------------------------------------------------------- nothing is left behind by a refusal
def test_what_is_refused_for_some_arguments_runs_for_others():
    both = value_and_grad(slice_or_sum, backend="jax")
    with pytest.raises(UnsupportedError):
        both(V, True)
    assert both(V, False)[0] == pytest.approx(np.sum(V))
    with pytest.raises(UnsupportedError):
        both(V, True)


def slice_or_sum(x, masked):
    return np.sum(x[x > 0]) if masked else np.sum(x)


def test_the_general_program_is_refused_with_the_same_words():
    with pytest.raises(UnsupportedError) as caught:
        value_and_grad(while_loop, backend="jax").source  # noqa: B018
    assert caught.value.cause == SAID[while_loop][1]
