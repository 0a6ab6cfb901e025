"""Loops over dicts whose values are of several kinds: trees of parameters, whatever happens to the dict meanwhile."""

import linecache

import numpy as np
import pytest
from language.check import FACTS, M, V, check, name

from s2sgrad import value_and_grad
from s2sgrad.errors import S2SGradError

TREE = {"layer": {"w": M, "b": V}, "scale": 1.5}
GRAPH = {"a": {"b": 1.0, "c": 4.0}, "b": {"c": 2.0}, "c": {}}


def penalty(p):
    if isinstance(p, dict):
        return sum(penalty(v) for v in p.values())
    return np.sum(p**2)


def squares(p):
    if isinstance(p, dict):
        return {k: squares(v) for k, v in p.items()}
    return p * p


def of_squares(p):
    q = squares(p)
    return np.sum(q["layer"]["w"]) * q["scale"] + np.sum(q["layer"]["b"])


def step(p, g):
    return {k: step(p[k], g[k]) if isinstance(p[k], dict) else p[k] - 0.1 * g[k] for k in p}


def of_a_step(p, g):
    q = step(p, g)
    return np.sum(q["layer"]["w"] ** 2) * q["scale"]


def by_hand(p):
    s = 0.0
    for k, v in p.items():
        if isinstance(v, dict):
            for q in v.values():
                s += np.sum(q**2) * len(k)
        else:
            s += v**3
    return s


def by_key(p):
    s = 0.0
    for i, k in enumerate(p):
        s += penalty(p[k]) * (i + 1.0)
        if k == "layer" and s < 0.0:
            break
    return s


def of_a_graph(graph):
    s = 0.0
    for node in graph:
        for other, w in graph[node].items():
            s += w * w if other in graph else w
    return s


class Account:
    def __init__(self, amount):
        self.amount = amount

    def add(self, v):
        self.amount += v * self.amount


class Square:
    def __init__(self, scale):
        self.scale = scale

    def cost(self, x):
        return self.scale * x * x


class Line(Square):
    def cost(self, x):
        return self.scale * x


def changed_by_a_method(x):
    accounts = {"a": Account(x), "b": Account(2.0 * x)}
    for account in accounts.values():
        account.add(x)
    return accounts["a"].amount * accounts["b"].amount


def of_several_classes(x, scale):
    terms = {"a": Square(scale), "b": Line(scale)}
    return sum(term.cost(x) for term in terms.values())


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), [
    (penalty, (TREE,)), (of_squares, (TREE,)), (of_a_step, (TREE, TREE)), (by_hand, (TREE,)), (by_key, (TREE,)),
    (of_a_graph, (GRAPH,)), (changed_by_a_method, (0.7,)), (of_several_classes, (1.5, 2.0)),
], ids=name)
def test_loops(f, args, facts):
    check(f, args, facts)


# ---------------------------------------------------------------- whatever happens to the dict
BEFORE = {
    "nothing": "pass", "del": "del p['b']", "pop": "p.pop('b')", "store": "p['n'] = x * 3.0",
    "update": "p.update({'n': x * 3.0})", "or": "p |= {'n': x * 3.0}", "merge": "p = {**p, 'n': x * 3.0}",
    "alias": "q = p; q['n'] = x * 2.0", "del_of_an_alias": "q = p; del q['b']", "in_a_list": "h = [p]; h[0]['n'] = x",
    "helper": "put(p, x)", "del_in_a_helper": "drop(p)", "object": "o = Box(p); o.put(x)",
    "branch": "if x > 0: p['n'] = x", "del_in_a_branch": "if x > 0: del p['b']",
    "loop": "for i in range(2): p['n'] = x * i", "setdefault": "p.setdefault('n', x)",
    "copy": "q = dict(p); q['n'] = x; p = q", "inner": "p['w']['u'] = x", "inner_del": "del p['w']['a']",
    "order": "v = p.pop('b'); p['b'] = v * 2", "other": "p = {'b': x * x, 'w': {'a': x}}", "popitem": "p.popitem()",
}
LOOPS = {
    "items": "for k, v in p.items(): s += size(v) * len(k) * (1 + len(k))",
    "keys": "for k in p: s += size(p[k])",
    "values": "for v in p.values(): s += size(v)",
    "enumerate": "for i, (k, v) in enumerate(p.items()): s += size(v) * (i + 1)",
    "recursion": "s += size(p)",
    "break": "for k, v in p.items():\n        if k == 'w': break\n        s += size(v)",
    "continue": "for k, v in p.items():\n        if k == 'w': continue\n        s += size(v)",
    "stores": "for k, v in p.items():\n        s += size(v)\n        p[k] = x if not isinstance(v, dict) else {'z': s}"
              "\n    s += size(p)",
    "twice": "for r in range(2):\n        for k, v in p.items(): s += size(v) * s\n        p['m'] = s",
    "nested": "for k, v in p.items():\n        for o in p: s += size(v) * size(p[o])",
    "generator": "s += sum(size(v) * (2.0 if k == 'b' else 3.0) for k, v in p.items())",
    "rebuilt": "r = {k: size(v) for k, v in p.items()}\n    s += sum(r.values()) + r[list(r)[0]]",
    "afterwards": "for k, v in p.items(): s += size(v)\n    s += len(k) * size(v)",
    "while": "n = 0\n    while n < 2:\n        for k, v in p.items(): s += size(v)\n        p['b'] = s\n        n += 1",
    "list": "for k, v in list(p.items()):\n        s += size(v)\n        p[k + '2'] = s\n    s += size(p)",
}
SOURCE = """
import numpy as np

class Box:
    def __init__(self, d): self.d = d
    def put(self, x): self.d["n"] = x * 5.0

def put(d, x): d["n"] = x * 7.0
def drop(d): del d["b"]

def size(v):
    if isinstance(v, dict):
        t = 0.0
        for k, u in v.items(): t = t + size(u) * (1.0 + len(k))
        return t
    return np.sum(v ** 2)

def f(x):
    p = {{"c": np.array([1.0, 2.0]) * x, "b": x, "w": {{"a": x * x, "bb": np.ones((2, 2)) * x}}}}
    s = 0.0
    {before}
    {loop}
    return s
"""
CROSS = [(b, "items") for b in BEFORE] + [("nothing", one) for one in LOOPS] + [(b, "recursion") for b in BEFORE]
FOLLOWED = {("nothing", one) for one in ("items", "keys", "values", "recursion", "break", "continue", "nested")}


def right_or_refused(before, loop):
    """Is the derivative right? False: it is refused."""
    source, file = SOURCE.format(before=BEFORE[before], loop=LOOPS[loop]), f"<{before} {loop}>"
    linecache.cache[file] = len(source), None, source.splitlines(True), file
    namespace = {"__name__": file}
    exec(compile(source, file, "exec"), namespace)
    f = namespace["f"]
    try:
        expected = f(1.3), (f(1.3 + 1e-6) - f(1.3 - 1e-6)) / 2e-6
    except (KeyError, RuntimeError) as error:
        with pytest.raises((type(error), S2SGradError)):
            value_and_grad(f)(1.3)
        return True
    try:
        found = value_and_grad(f)(1.3)
    except S2SGradError:
        return False
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    return True


@pytest.mark.parametrize(("before", "loop"), dict.fromkeys(CROSS))
def test_changing_dicts(before, loop):
    assert right_or_refused(before, loop) or (before, loop) not in FOLLOWED


@pytest.mark.slow
@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("before", BEFORE)
def test_all_changing_dicts(before, loop):
    right_or_refused(before, loop)
