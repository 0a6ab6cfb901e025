"""Lists and dicts whose entries are of unlike kinds: updates of their entries, and methods of what they hold."""

import numpy as np
import pytest
from language.check import FACTS, V, check, name


def scaled_by_a_nested_entry(b):
    b[0] *= b[1][0]
    return b[0]


def numbers_beside_a_list(x):
    b = [x[0], [x[1]]]
    b[0] += b[1][0]
    b[0] -= sum(b[1]) * x[2]
    return b[0]


def numbers_beside_a_dict(x):
    b = [x[0], {"k": x[1]}]
    b[0] -= b[1]["k"] ** 2
    return b[0] * b[1]["k"]


def numbers_beside_a_tuple(x):
    b = [(x[0], x[3]), x[1]]
    b[1] += b[0][0] * b[0][1]
    return b[1]


def lists_beside_numbers(x):
    b = [[x[0], x[3]], x[1]]
    b[0] += [x[2]]
    b[1] -= 2.0 * b[0][2]
    return b[1]


def by_a_helper(x):
    s = _added([x[0], [x[1], x[2]]])
    return s[0] * s[1][0]


def _added(s):
    s[0] += s[1][1]
    return s


def popped_from_a_nested_list(x):
    d = {"n": 0, "h": [x[0], x[1]]}
    u = x[2]
    for _ in range(2):
        d["n"] += 1
        d["h"].append(x[3] * d["n"])
        u = d["h"].pop(0)
    return u * d["h"][0] * d["n"]


def popped_from_a_constant(x):
    c = [2.0, [1.0, 2.0, 3.0]]
    v = 3.0
    for _ in range(2):
        v = c[1].pop()
    return np.sum(x) * v


def bound_first_by_a_pop(x):
    c = {"n": 2.0, "h": [1.0]}
    c["n"] += 1
    c["h"].append(c["n"])
    v = c["h"].pop(0)
    return x[0] * v + c["h"][0]


def default_of_a_nested_dict(x):
    c = {"n": 1.0, "b": {"k": x[0]}}
    v = x[1]
    for _ in range(2):
        v = v * c["b"].setdefault("z", x[2]) + c["b"]["k"]
        c["n"] += 1.0
    return v * c["n"]


def rows_strung_together(x):
    flat = sum([[v, v * v] for v in x], [])
    return flat[3] * x[0] + sum([[x[0]], [x[1]]], [])[1] ** 2


def tuples_strung_together(x):
    return sum([(x[0],), (x[1], x[2])], ())[2] ** 2


def strung_to_a_list(x):
    s = [x[0]]
    s = sum([[x[1]]], s)
    return s[1] * s[0]


def flattened(rows):
    s = sum(rows, [])
    return s[1] * s[2]


def a_beam_with_paths(x):
    beams = [(x[0], [0])]
    for t in range(3):
        longer = []
        for score, path in beams:
            longer.append((score * np.sin(x[1] + t), path + [t]))
            longer.append((score * np.cos(x[2] - t), path * 2))
        longer.sort(key=lambda b: -b[0])
        beams = longer[:2]
    return beams[0][0] + beams[1][0] * len(beams[1][1])


def histories(x):
    found = [[x[0], []]]
    for t in range(2):
        found = [[value * x[1], [*history, t]] for value, history in found]
    return found[0][0] * len(found[0][1])


def tagged(x):
    models = [{"s": x[0], "n": 0, "tags": [1]}]
    for g in range(2):
        models = [{"s": m["s"] * x[1], "n": m["n"] + 1, "tags": m["tags"] + [g]} for m in models]
    return models[0]["s"] * models[0]["n"] * len(models[0]["tags"])


X = (V[:4].copy(),)
CASES = [(scaled_by_a_nested_entry, ([0.5, [1.5, 2.0]],)), (numbers_beside_a_list, X), (numbers_beside_a_dict, X),
         (numbers_beside_a_tuple, X), (lists_beside_numbers, X), (by_a_helper, X), (popped_from_a_nested_list, X),
         (popped_from_a_constant, X), (bound_first_by_a_pop, X), (default_of_a_nested_dict, X),
         (rows_strung_together, X), (tuples_strung_together, X), (strung_to_a_list, X),
         (flattened, ([[1.0, 2.0], [3.0]],)), (a_beam_with_paths, X), (histories, X), (tagged, X)]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f, args", CASES, ids=name)
def test_gradients(f, args, facts):
    check(f, args, facts)
