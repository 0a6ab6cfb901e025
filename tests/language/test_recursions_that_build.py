"""Recursions that are given, build, and return lists: de Casteljau's scheme, quicksort, trees."""

import linecache

import numpy as np
import pytest
from language.check import FACTS, M, check, name

from s2sgrad import value_and_grad
from s2sgrad.errors import S2SGradError


def casteljau(points, t):
    if len(points) == 1:
        return points[0]
    return casteljau([(1 - t) * a + t * b for a, b in zip(points[:-1], points[1:], strict=True)], t)


def on_a_curve(points, t):
    return np.sum(casteljau(list(points), t) ** 2)


def quicksort(values):
    if len(values) <= 1:
        return values
    pivot = values[0]
    small = [v for v in values[1:] if v < pivot]
    large = [v for v in values[1:] if v >= pivot]
    return quicksort(small) + [pivot] + quicksort(large)


def of_the_sorted(values):
    return sum(v**2 * (k + 1.0) for k, v in enumerate(quicksort(values)))


def upsampled(values, times):
    if times == 0:
        return values
    out = []
    for a, b in zip(values[:-1], values[1:], strict=True):
        out.append(a)
        out.append(0.5 * (a + b))
    out.append(values[-1])
    return upsampled(out, times - 1)


def of_the_upsampled(values):
    return sum(v * v * k for k, v in enumerate(upsampled(values, 2)))


class Node:
    def __init__(self, value, children=()):
        self.value, self.children = value, list(children)


def total(node):
    s = node.value
    for child in node.children:
        s += total(child) * node.value
    return s


def of_a_tree(x):
    return total(Node(x, [Node(2.0 * x), Node(3.0, [Node(x * x)])]))


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), [
    (on_a_curve, (M, 0.3)), (casteljau, ([1.0, 2.0, 4.0], 0.3)), (of_the_sorted, ([3.0, 1.0, 2.0, 0.5],)),
    (of_the_upsampled, ([1.0, 3.0, 2.0],)), (of_a_tree, (0.8,)),
], ids=name)
def test_recursions(f, args, facts):
    check(f, args, facts)


# ---------------------------------------------------------------- lists that are written, and when
RECURSIONS = {
    "same": "return rec([a * 2.0 for a in v], n - 1)",
    "appended_before": "return [v[0]] + rec([a * 1.5 for a in v[1:]] + [v[0]], n - 1)",
    "appended_after": "w = [a + 1.0 for a in v]; r = rec(w, n - 1); w.append(9.0); return r",
    "stored_after": "w = [a + 1.0 for a in v]; r = rec(w, n - 1); w[0] = w[1] * 9.0; return r",
    "stored_into_result": "w = [a + 1.0 for a in v]; r = rec(w, n - 1); r[0] = r[1] * 9.0; return [w[0]] + r",
    "stored_into_argument": "w = [a for a in v]; r = rec(w, n - 1); v[0] = v[0] * 3.0; return r",
    "growing": "w = []; r = w\n    for a in v:\n        w.append(a * 2.0)\n"
               "        if len(w) == 1: r = rec(w, n - 1)\n    return r",
    "while_it_grows": "w = []; out = []\n    for a in v:\n        w.append(a * 2.0)\n        r = rec(w, n - 1)\n"
                      "        out.append(r[0])\n    return out + w",
    "two": "w = [a * 2.0 for a in v]; return rec(w, n - 1) + rec([w[1], w[0]], n - 1)",
    "parted": "small = [a for a in v if np.sum(a) < np.sum(v[0])]; big = [a for a in v if np.sum(a) >= np.sum(v[0])]\n"
              "    return rec(big, n - 1) + rec(small, n - 1)",
    "entries_written": "w = [a for a in v]; r = rec(w, n - 1); v[0] *= 2.0; return r",
    "new_entries_written": "w = [a * 1.1 for a in v]; r = rec(w, n - 1); w[0] *= 2.0; return r",
}
USES = {
    "read": "return size(rec(v, 2))",
    "of_a_list": "r = rec([a * x for a in v], 2); return size(r) + size(v)",
    "written_after": "r = rec(v, 2); v.append(v[0]); v[0] = v[0] * 5.0; return size(r) + size(v)",
    "given_back": "r = rec(v, 0); v[0] = v[0] * 5.0; return size(r) + size(v)",
    "loop": "s = 0.0\n    for k in range(3):\n        w = [a * x for a in v]; r = rec(w, 1); w[0] = w[0] * 2.0\n"
            "        s = s * 1.1 + size(r) + size(w)\n    return s",
    "swapped": "w = [a * x for a in v]; r = rec(w, 2); v, w = w, v; v[1] = v[1] * 4.0\n"
               "    return size(r) + size(v) * size(w)",
}
ENTRIES = {"numbers": "[x, x * x, x + 1.0]", "arrays": "[np.array([x, 1.0]), np.ones(2) * x * x, np.ones(2)]"}
SOURCE = """
import numpy as np

def size(r): return sum((i + 1.0) * np.sum(a ** 2) for i, a in enumerate(r))

def rec(v, n):
    if n == 0: return v
    {recursion}

def f(x):
    v = {entries}
    {use}
"""
FOLLOWED = {(r, "read") for r in ("same", "appended_before", "two", "parted")}


def right_or_refused(recursion, entries, use):
    """Is the derivative right? False: it is refused."""
    source = SOURCE.format(recursion=RECURSIONS[recursion], entries=ENTRIES[entries], use=USES[use])
    file = f"<{recursion} {entries} {use}>"
    linecache.cache[file] = len(source), None, source.splitlines(True), file
    namespace = {"__name__": file}
    exec(compile(source, file, "exec"), namespace)
    f = namespace["f"]
    expected = f(1.3), (f(1.3 + 1e-6) - f(1.3 - 1e-6)) / 2e-6
    try:
        found = value_and_grad(f)(1.3)
    except S2SGradError:
        return False
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    return True


@pytest.mark.parametrize("use", ["read", "given_back"])
@pytest.mark.parametrize("entries", ENTRIES)
@pytest.mark.parametrize("recursion", RECURSIONS)
def test_written_lists(recursion, entries, use):
    assert right_or_refused(recursion, entries, use) or (recursion, use) not in FOLLOWED


@pytest.mark.slow
@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("entries", ENTRIES)
@pytest.mark.parametrize("recursion", RECURSIONS)
def test_all_written_lists(recursion, entries, use):
    right_or_refused(recursion, entries, use)
