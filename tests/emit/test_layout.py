"""Long lines are broken without a change of meaning."""

import ast

from hypothesis import given, settings, strategies as st

from s2sgrad.emit.layout import WIDTH, lay_out, text

names = st.sampled_from(["x", "alpha", "coefficient_of_restitution", "A[i, 1:3]", "np.pi", "2.0", "-1"])


def _wrap(inner):
    operators = st.sampled_from([" + ", " - ", " * ", " / ", " @ ", "**", " // ", " % ", " and ", " or ", " < ", " & "])
    return st.one_of(
        st.tuples(inner, operators, inner).map(lambda t: f"({t[0]}){t[1]}({t[2]})"),
        st.tuples(inner, inner).map(lambda t: f"np.where({t[0]}, axis={t[1]})"),
        st.lists(inner, min_size=1, max_size=4).map(lambda t: f"[{', '.join(t)}]"),
        st.lists(inner, min_size=2, max_size=4).map(lambda t: f"({', '.join(t)})"),
        st.lists(inner, max_size=4).map(lambda t: f"f({', '.join(t)})"),
        inner.map(lambda t: f"(-({t}))"), inner.map(lambda t: f"(not ({t}))"),
        inner.map(lambda t: f"g({t})[:, None]"), inner.map(lambda t: f"h(*{t}).T"),
        st.tuples(inner, inner, inner).map(lambda t: f"(({t[0]}) if ({t[1]}) else ({t[2]}))"))


@settings(max_examples=400, deadline=None)
@given(st.recursive(names, _wrap, max_leaves=40))
def test_meaning_is_equal(source):
    tree = ast.parse(f"y = {source}").body[0]
    broken = "\n".join(lay_out(tree.value, "", "y = "))
    assert ast.dump(ast.parse(broken)) == ast.dump(ast.parse(f"y = {source}"))
    assert ast.dump(ast.parse(text(tree.value), mode="eval").body) == ast.dump(tree.value)


def broken(source, indent=""):
    tree = ast.parse(source).body[0].value
    return lay_out(tree, indent, "y = ")


def test_short_lines_stay():
    assert broken("a + b") == ["y = a + b"]


def test_operators_begin_the_lines():
    lines = broken(" + ".join(f"first_factor_{k} * second_factor_{k}" for k in range(4)))
    assert lines[0] == "y = (" and lines[-1] == ")"
    assert lines[1:3] == ["    first_factor_0 * second_factor_0", "    + first_factor_1 * second_factor_1"]


def test_arguments_go_on_one_line_if_that_is_enough():
    lines = broken(f"np.some_function({', '.join(f'argument_{k}' for k in range(9))})")
    assert len(lines) == 3 and lines[0] == "y = np.some_function(" and lines[2] == ")"
    assert all(len(line) <= WIDTH for line in lines)


def test_many_arguments_go_on_lines_of_their_own():
    lines = broken(f"np.some_function({', '.join(f'quite_a_long_argument_{k}' for k in range(9))}, axis=0)")
    assert lines[1:3] == ["    quite_a_long_argument_0,", "    quite_a_long_argument_1,"] and lines[-2] == "    axis=0,"


def test_a_product_in_a_broken_sum_breaks_at_its_operators():
    factor = f"np.expand_dims({' * '.join(f'long_name_{k}' for k in range(5))}, (-2, -1))"
    assert broken(f"{factor} * np.swapaxes(np.linalg.inv(matrix), -1, -2) + rest") == [
        "y = (", f"    {factor}", "    * np.swapaxes(np.linalg.inv(matrix), -1, -2)", "    + rest", ")"]


def test_a_choice_in_the_test_of_a_choice_keeps_its_brackets():
    name = "coefficient_of_restitution"
    source = f"f({name}) if (a if b else {name}) else np.where({name}, {name}, {name} + 1.0)"
    lines = broken(source)
    assert lines[2] == f"    if (a if b else {name})"
    assert ast.dump(ast.parse("\n".join(lines))) == ast.dump(ast.parse(f"y = {source}"))
