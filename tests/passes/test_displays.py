"""Adjoints of what is taken apart, put together in one statement: before and after, and right."""

import numpy as np
import pytest
from core.reading import read_expression as e

from s2sgrad import check_grads, grad, value_and_grad
from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core import text
from s2sgrad.core.kinds import UNKNOWN, Array, DictKind, Dim, Known, ListKind, Number, TupleKind
from s2sgrad.core.nodes import Assign, Build, Call, Const, Effect, Function, Method, Return, Store, Var
from s2sgrad.lower.displays import with_displays
from s2sgrad.lower.unread import without_unread
from s2sgrad.runtime import add_adjoints, zeros_like
from s2sgrad.simplify.facts import Facts

SCALAR = Number("float64", True)
VECTOR = Array("float64", (Dim("n"),))
NAMES = {
    "p": VECTOR, "q": Array("float64", (Dim("", 2),)), "f": Array("float32", (Dim("n"),)), "v": VECTOR, "w": VECTOR,
    "a": SCALAR, "b": SCALAR, "c": SCALAR, "k": Number("int", True),
    "pair": TupleKind((Known("x"), SCALAR)), "both": TupleKind((VECTOR, SCALAR)), "open": TupleKind((UNKNOWN, SCALAR)),
    "d": DictKind((("v", VECTOR), ("a", SCALAR))), "xs": ListKind(SCALAR, (SCALAR, SCALAR)), "K": VECTOR,
    "ws": ListKind(SCALAR, (SCALAR, SCALAR)), "vs": ListKind(VECTOR, (VECTOR, VECTOR)),
    "pairs": TupleKind((TupleKind((SCALAR,)), TupleKind((VECTOR, SCALAR)))),
}
UNPACK = Assign(("a", "b", "c"), Var("p"))


def kinds():
    return Kinds(dict(NAMES), str)


def zeros(name, of=UNPACK, function=np.zeros_like):
    return Assign((f"{name}~",), Call(function, (Var(name),)), reverses=of.label)


def adds(name, key, value, of=UNPACK, op="iadd"):
    import operator
    return Store(f"{name}~", Const(key), e(value) if isinstance(value, str) else value, getattr(operator, op),
                 reverses=of.label)


def joins(name, key, value, function=add_adjoints):
    import operator
    old = Call(operator.getitem, (Var(f"{name}~"), Const(key)))
    return Store(f"{name}~", Const(key), Call(function, (old, e(value) if isinstance(value, str) else value)),
                 reverses=UNPACK.label)


def lines(*body, read=()):
    ends = Return(Build("tuple", tuple(Var(f"{n}~") for n in read)))
    made = with_displays(Function("f", (), (*body, ends)), kinds(), Facts(dict(NAMES)))
    return [line.replace("s2sgrad.runtime.adjoints.", "") for line in text.lines(made.body[:-1])]


ONE = Assign(("a~",), Const(0.0), reverses=1)


def test_an_array_of_the_adjoints_of_what_was_unpacked():
    assert lines(UNPACK, ONE, zeros("p"), adds("p", 0, "a_bar"), adds("p", 2, "c_bar", op="isub"), read="p")[2:] == [
        "p~ = np.array([a~, 0.0, -c~])"]


def test_the_dtype_is_that_of_the_array_where_an_integer_seed_would_give_another():
    body = UNPACK, zeros("p"), *(adds("p", k, f"{n}_bar") for k, n in enumerate("abc"))
    assert lines(*body, read="p")[1:] == ["p~ = np.array([a~, b~, c~], dtype=p.dtype)"]
    assert "dtype=f.dtype" in lines(Assign(("a", "b"), Var("f"), label=UNPACK.label), ONE, zeros("f"),
                                    adds("f", 0, "a_bar"), adds("f", 1, "a_bar * a"), read="f")[-1]


def test_an_array_of_known_length():
    assert lines(ONE, zeros("q"), adds("q", 1, "a_bar"), adds("q", 0, "a_bar * a"), read="q")[1:] == [
        "q~ = np.array([a~ * a, a~])"]


@pytest.mark.parametrize("body", [
    (zeros("p"), adds("p", 0, "a_bar"), adds("p", 1, "b_bar")),                             # no unpacking
    (UNPACK, zeros("p", ONE), adds("p", 0, "a_bar"), adds("p", 1, "b_bar")),                # zeros of another time
    (UNPACK, zeros("p"), adds("p", 0, "a_bar")),
    (UNPACK, zeros("p"), adds("p", 0, "v_bar"), adds("p", 1, "b_bar")),                     # not a number
    (UNPACK, zeros("p"), adds("p", 0, "a_bar"), adds("p", 0, "b_bar")),
    (UNPACK, zeros("p"), adds("p", 0, "a_bar"), adds("p", -1, "b_bar")),
    (UNPACK, zeros("p"), adds("p", 0, "a_bar"), Assign(("p",), Var("v"), reverses=1), adds("p", 1, "b_bar")),
    (zeros("q"), adds("q", 0, "a_bar"), adds("q", 2, "b_bar")),
    (Assign(("a", "b"), e("g(p[0], p[1])"), label=UNPACK.label), zeros("p"), adds("p", 0, "a_bar"),
     adds("p", 1, "b_bar")),                                                                # takes apart what g gives
    (Assign(("a", "b"), Var("v"), label=UNPACK.label), zeros("p"), adds("p", 0, "a_bar"), adds("p", 1, "b_bar")),
])
def test_arrays_that_stay(body):
    read = {body[-1].base[:-1]}
    assert lines(*body, read=read) == list(text.lines(body))


def test_what_follows_is_added():
    body = UNPACK, ONE, zeros("p"), adds("p", 0, "a_bar"), adds("p", 1, "a_bar"), adds("p", 0, "b_bar")
    assert lines(*body, read="p")[2:] == ["p~ = np.array([a~, a~, 0.0])", "p~[0] += b~"]


def test_containers():
    z = zeros("pair", function=zeros_like)
    assert lines(z, adds("pair", 1, "a_bar"), read=["pair"]) == ["pair~ = [None, a~]"]
    z = zeros("both", function=zeros_like)
    assert lines(z, joins("both", 1, "a_bar"), read=["both"]) == ["both~ = zeros_like(both)", "both~[1] = a~"]


def test_an_array_that_is_handed_over():
    z = zeros("d", function=zeros_like)
    fresh = Assign(("v~",), e("v * 2.0"), reverses=1)
    import operator
    put = joins("d", "v", "v_bar", operator.add)
    assert lines(fresh, z, put, read=["d"])[-1] == "d~['v'] = v~"
    added = lines(fresh, z, put, read=["d", "v"])                                           # read elsewhere
    assert added[-1] == "d~['v'] = d~['v'] + v~"
    written = Store("v~", Const(0), e("a"), operator.iadd)
    assert lines(fresh, written, z, put, read=["d"])[-1] == "d~['v'] = v~"
    assert lines(fresh, z, put, written, read=["d"])[-2] == "d~['v'] = d~['v'] + v~"        # written later
    view = Assign(("v~",), Var("w~"), reverses=1)
    assert lines(view, z, put, read=["d"])[-1] == "d~['v'] = d~['v'] + v~"
    number = Assign(("v~",), e("a * 2.0"), reverses=1)                                      # stands for all entries
    assert lines(number, z, put, read=["d"])[-1] == "d~['v'] = d~['v'] + v~"


def test_what_is_not_known_of_an_entry():
    z = zeros("open", function=zeros_like)
    assert lines(z, joins("open", 0, "v_bar"), read=["open"])[-1].startswith("open~[0] = add_adjoints(")


FIXED = Facts(dict(NAMES), {"xs": 1, "ws": 2, "vs": 3, "d": 4, "v": 5, "K": 6, "v~": 0}, frozenset((0, 2, 6)),
              frozenset(("f_bwd", "g_bwd")), frozenset(("g_bwd",)))


def fixed(*body, read=()):
    ends = Return(Build("tuple", tuple(Var(f"{n}~") for n in read)))
    kinds = Kinds(dict(NAMES), lambda stem="$": f"{stem}9")
    made = with_displays(Function("f", (), (*body, ends)), kinds, FIXED)
    return [line.replace("s2sgrad.runtime.adjoints.", "") for line in text.lines(made.body[:-1])]


def test_lists_that_nobody_writes():
    z = zeros("xs", function=zeros_like)
    assert fixed(z, adds("xs", 1, "a_bar"), adds("xs", 0, "b_bar"), read=["xs"]) == ["xs~ = [b~, a~]"]
    assert fixed(z, adds("xs", 1, "a_bar"), read=["xs"]) == ["xs~ = [0.0, a~]"]
    w = zeros("ws", function=zeros_like)
    assert fixed(w, adds("ws", 1, "a_bar"), adds("ws", 0, "b_bar"), read=["ws"])[0] == "ws~ = zeros_like(ws)"


def test_what_cannot_be_evaluated_later_has_a_name():
    z = zeros("xs", function=zeros_like)
    rebound = Assign(("a",), e("b"), reverses=1)
    assert fixed(z, adds("xs", 1, "a * 2.0"), rebound, adds("xs", 0, "a"), read=["xs"]) == [
        "xs_1#9~ = a * 2.0", "a = b", "xs~ = [a, xs_1#9~]"]
    written = Store("v", Const(0), e("a"))
    assert fixed(z, adds("xs", 1, "v[0]"), written, adds("xs", 0, "v[0]"), read=["xs"]) == [
        "xs_1#9~ = v[0]", "v[0] = a", "xs~ = [v[0], xs_1#9~]"]
    assert fixed(z, adds("xs", 1, "a * 2.0"), written, adds("xs", 0, "v[0]"), read=["xs"]) == [
        "v[0] = a", "xs~ = [v[0], a * 2.0]"]


def test_calls_keep_their_order():
    z = zeros("vs", function=zeros_like)
    first, second = joins("vs", 1, "f_bwd(K, v)"), joins("vs", 0, "g_bwd(K, v)")
    assert fixed(z, first, second, read=["vs"])[1:] == [
        "vs~[1] = add_adjoints(vs~[1], f_bwd(K, v))", "vs~[0] = add_adjoints(vs~[0], g_bwd(K, v))"]     # arrays
    z = zeros("pairs", function=zeros_like)
    first, second = joins("pairs", 1, "f_bwd(K, v)"), joins("pairs", 0, "g_bwd(K, v)")
    assert fixed(z, first, second, read=["pairs"]) == [
        "pairs_1#9~ = f_bwd(K, v)", "pairs~ = [g_bwd(K, v), pairs_1#9~]"]
    assert fixed(z, second, first, read=["pairs"]) == [                                     # f_bwd may write K
        "pairs_0#9~ = g_bwd(K, v)", "pairs~ = [pairs_0#9~, f_bwd(K, v)]"]
    assert fixed(z, second, joins("pairs", 1, "g_bwd(v, K)"), read=["pairs"]) == [
        "pairs~ = [g_bwd(K, v), g_bwd(v, K)]"]


def test_what_is_too_long_for_a_line_has_a_name():
    z = zeros("d", function=zeros_like)
    long = " * ".join(["a * b"] * 15)
    assert fixed(Assign(("v~",), e("v * 2.0"), reverses=1), z, joins("d", "v", "v_bar"), adds("d", "a", long),
                 read=["d"])[1:] == [f"a#9~ = {long}", "d~ = {'v': v~, 'a': a#9~}"]


def test_one_array_is_no_entry_of_two():
    z = zeros("vs", function=zeros_like)
    made = Assign(("v~",), e("v * 2.0"), reverses=1)
    put = joins("vs", 0, "v_bar"), joins("vs", 1, "v_bar")
    assert fixed(made, z, *put, read=["vs"])[1:] == [
        "vs~ = zeros_like(vs)", "vs~[0] = add_adjoints(vs~[0], v~)", "vs~[1] = add_adjoints(vs~[1], v~)"]
    assert fixed(made, z, put[0], joins("vs", 1, "v * 3.0"), read=["vs"])[1:] == ["vs~ = [v~, v * 3.0]"]
    assert "zeros_like" in fixed(made, z, put[0], joins("vs", 1, "v_bar * 3.0"), read=["vs"])[1]


def test_what_a_helper_gives():
    z = zeros("vs", function=zeros_like)
    both = Assign(("w~", "v~"), e("f_bwd(K, v)"), reverses=1)
    assert fixed(both, z, joins("vs", 0, "v_bar"), joins("vs", 1, "w_bar"), read=["vs"])[1:] == ["vs~ = [v~, w~]"]
    assert "zeros_like" in fixed(both, z, joins("vs", 0, "v_bar"), joins("vs", 1, "w_bar"), read=["vs", "w"])[1]
    unpacked = Assign(("w~", "v~"), e("v"), reverses=1)                                     # may be views
    assert "zeros_like" in fixed(unpacked, z, joins("vs", 0, "v_bar"), joins("vs", 1, "w_bar"), read=["vs"])[1]


# ---------------------------------------------------------------- what is not read any more
def test_records_without_the_parts_that_nobody_reads():
    def let(name, value):
        return Assign((name,), e(value))
    keep = Effect(Call(Method("append"), (Var("r^1"), e("(a, b)"))))
    alone = Effect(Call(Method("append"), (Var("r^2"), e("c"))))
    lists = [Assign((slot,), Build("list", ())) for slot in ("r^1", "r^2")]
    back = Assign(("a", "b"), Call(Method("pop"), (Var("r^1"),)), reverses=-1)
    gone = Assign(("c",), Call(Method("pop"), (Var("r^2"),)), reverses=-1)
    body = (*lists, let("a", "v[0]"), let("b", "v[1]"), keep, alone, back, gone, Return(Var("b")))
    made = without_unread(Function("f", (), body), Facts(dict(NAMES)))
    assert list(text.lines(made.body)) == ["r^1 = []", "b = v[1]", "r^1.append(b)", "b = r^1.pop()", "return b"]
    kept = without_unread(Function("f", (), body), Facts(dict(NAMES), exact=True))
    assert "a = v[0]" in list(text.lines(kept.body))                                        # may raise


# ---------------------------------------------------------------- whole gradients
def parameters(p):
    a, b, c = p
    return a * np.sin(b) + a * a


def in_a_loop(p, xs):
    total = 0.0
    for x in xs:
        a, b = p
        total += a * np.exp(-b * x) * a
    return total


def read_elsewhere(p):
    a, b = p
    return a * b + np.sum(p * p) + p[1] * a


def rebound(p):
    a, b = p
    p = np.concatenate([p, p]) * a
    c, d, e_, f = p
    return c * d * e_ + f * b


def halves(a, b):
    c = a * b + a
    d = np.sin(c) * b
    return c * d, d + a


def through_a_helper(p):
    u, w = halves(p[0], p[1])
    for _ in range(2):
        u, w = halves(u, w)
    return u * w


def of_a_call(p):
    a, b = np.exp(p)
    return a * b + a


def rows(m):
    u, v = m
    return np.sum(u * np.cos(v))


def of_a_branch(p, k):
    a, b = p
    if k:
        y = a * b
    else:
        y = 3.0 * b
    return y


def a_tuple(pair):
    name, a, v = pair
    return a * np.sum(v * v) if name == "x" else a


def a_dict(w):
    h = np.tanh(w["A"] @ w["x"] + w["b"])
    return np.sum(h * w["x"]) * w["s"]


def one_array_twice(w):
    return np.sum(w["x"] * w["b"]) + np.sum(w["x"])


def broadcast(w):
    return np.mean(w["x"]) * w["s"] + np.sum(w["A"].sum(axis=0))


W = {"A": np.arange(9.0).reshape(3, 3) / 7.0, "x": np.array([0.3, -0.2, 0.9]), "b": np.array([1.0, 0.1, 0.2]), "s": 0.7}


def a_list_that_shrinks(x):
    xs = [x, x * x, np.sin(x)]
    v = xs.pop(0)
    w = xs.pop(-2)
    return v * xs[0] + w * w


def a_list_that_grows(x):
    xs = [x, x * x]
    v = xs[0] * xs[1]
    xs.append(v)
    a, b, c = xs
    return a * b * np.cos(c)


def a_list_of_two_kinds(x):
    xs = [x, np.array([x, 2.0 * x])]
    xs.pop(0)
    return np.sum(xs[0] * xs[0])


def a_dict_that_grows(x):
    d = {"a": x, "b": x * x}
    v = d["a"] * d["b"]
    d["c"] = v * x
    d["a"] = d["c"] * 2.0
    return d["a"] * d["b"] + d["c"]


def a_written_dict(w, y):
    u, b = w["u"], w["b"]
    w["extra"] = u * y
    return np.sum(u * b * w["extra"])


def a_popped_dict(w, y):
    b = w.pop("b")
    return np.sum(w["u"] * y * b)


def a_dict_of_one_array(w, y):
    for _ in range(3):
        y = np.tanh(w["u"] * y + w["b"])
    return np.sum(y)


def a_dict_in_a_branch(w, y):
    u, b = w["u"], w["b"]
    if y > 0.0:
        u = u * y
    return np.sum(u * b)


def restoring(x, row):
    K = np.ones(len(x))
    for k in range(2):
        K *= row[k] * x
    return np.sum(K) * row[0]


def of_parts(x, rows):
    return restoring(x, rows[0]) * restoring(x, rows[1]) + restoring(x * x, rows[0])


def of_a_written_list(x, vs):
    a, b = vs
    y = np.sum(a * x) * np.sum(b)
    vs = [b, a]
    return y * np.sum(vs[0] * vs[1])


def of_one_array_twice(x, vs):
    y = x * 2.0
    return np.sum(y * vs[0]) + np.sum(y * vs[1]) + np.sum(vs[0] @ vs[1])


def of_a_number_for_an_array(x, vs):
    return np.sum(x) * np.sum(vs[0]) + np.mean(vs[1]) + np.sum(vs[0] + 1.0)


def summed_axes(x, ms):
    return np.sum(np.sum(ms[0], axis=0, keepdims=True) * x) + np.sum(ms[1][0] * x)


VS = [np.array([0.3, -0.2, 0.7]), np.array([1.5, 0.4, 0.1])]
XV = np.array([0.9, -0.3, 1.2])
U = {"u": np.array([0.3, -0.2]), "b": np.array([1.5, 0.4])}


@pytest.mark.parametrize(("function", "args"), [
    (of_parts, (XV, [(0.4, 0.9), (0.7, 1.1)])), (of_parts, (XV, ([0.4, 0.9], [0.7, 1.1]))),
    (of_a_written_list, (XV, VS)), (of_one_array_twice, (XV, VS)), (of_one_array_twice, (XV, tuple(VS))),
    (of_a_number_for_an_array, (XV, VS)), (of_a_number_for_an_array, (XV, tuple(VS))),
    (summed_axes, (XV, [np.ones((2, 3)), np.ones((1, 3))])), (summed_axes, (XV, (np.ones((1, 3)), np.ones((1, 3))))),
    (a_written_dict, (U, 0.7)), (a_popped_dict, (U, 0.7)), (a_dict_of_one_array, (U, 0.7)),
    (a_dict_in_a_branch, (U, 0.7)), (a_dict_in_a_branch, (U, -0.7)),
    (a_list_that_shrinks, (0.7,)), (a_list_that_grows, (0.7,)), (a_list_of_two_kinds, (0.7,)),
    (a_dict_that_grows, (0.7,)),
    (parameters, (np.array([0.4, 1.2, 3.0]),)), (in_a_loop, (np.array([0.4, 1.2]), np.array([0.5, 1.5]))),
    (in_a_loop, (np.array([0.4, 1.2]), np.array([]))), (read_elsewhere, (np.array([0.4, 1.2]),)),
    (through_a_helper, (np.array([0.4, 0.7, 3.0]),)), (of_a_call, (np.array([0.4, 0.7]),)),
    (rebound, (np.array([0.4, 1.2]),)), (rows, (np.array([[0.4, 1.2], [0.1, 0.7]]),)),
    (of_a_branch, (np.array([0.4, 1.2]), True)), (of_a_branch, (np.array([0.4, 1.2]), False)),
    (a_tuple, (("x", 0.4, np.array([1.0, 2.0])),)), (a_dict, (W,)), (one_array_twice, (W,)), (broadcast, (W,)),
])
def test_the_gradient_is_right(function, args):
    check_grads(function, args)


def test_the_gradient_keeps_the_dtype_of_its_argument():
    for dtype in (np.float32, np.float64):
        p = np.array([0.4, 1.2, 3.0], dtype)
        assert grad(parameters)(p).dtype == dtype


def test_the_gradients_of_a_dict_share_no_memory():
    _, found = value_and_grad(one_array_twice)(W)
    arrays = [g for g in found.values() if isinstance(g, np.ndarray)]
    assert not any(np.shares_memory(a, b) for k, a in enumerate(arrays) for b in (*arrays[k + 1:], *(
        x for x in W.values() if isinstance(x, np.ndarray))))


def test_a_dict_of_which_every_entry_is_read_is_one_display():
    assert "return {'u': u_bar, 'b': b_bar}" in grad(a_dict_in_a_branch).source_for(U, 0.7)
    assert "cast_like" not in grad(a_dict_in_a_branch).source_for(U, 0.7)


def test_a_dict_that_is_written_may_have_other_keys():
    assert list(grad(a_written_dict)({k: v.copy() for k, v in U.items()}, 0.7)) == ["u", "b"]
