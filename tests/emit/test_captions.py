"""Each reversed statement of the user stands once above what reverses it."""

from emit.core_text import at, const, function, program

from s2sgrad.core.nodes import Assign, Comment, For, If
from s2sgrad.emit.captions import LONGEST, add_captions, caption


def step(line, text, reverses=1):
    return Assign((f"v{line}",), const(line), origin=at(line, text), reverses=reverses)


def outline(block):
    found = []
    for s in block:
        match s:
            case Comment(text):
                found.append(f"# {text}")
            case If(_, then, orelse):
                found.append([*outline(then), *outline(orelse)])
            case For(body=body):
                found.append(outline(body))
            case Assign((name,)):
                found.append(name)
    return found


def captioned(*body):
    return outline(add_captions(program(function((), *body))).entry.body)


def test_one_caption_for_a_run():
    assert captioned(step(2, "b = a"), step(2, "b = a", reverses=2), step(1, "a = x")) == [
        "# b = a", "v2", "v2", "# a = x", "v1"]


def test_the_forward_sweep_has_none():
    assert captioned(step(2, "b = a", reverses=0)) == ["v2"]


def test_bookkeeping_between_does_not_repeat_the_caption():
    assert captioned(step(2, "b = a"), step(9, "", reverses=0), step(2, "b = a")) == ["# b = a", "v2", "v9", "v2"]


def test_loops_and_branches_are_no_captions():
    loop = For("i", const(()), (step(3, "for i in xs:"), step(4, "b = a")), origin=at(3, "for i in xs:"), reverses=3)
    assert captioned(step(5, "c = b"), loop, step(5, "c = b")) == [
        "# c = b", "v5", ["v3", "# b = a", "v4"], "# c = b", "v5"]


def test_a_branch_inside_a_reversed_statement_continues_its_caption():
    guard = If(const(True), (step(2, "b = a"),), (step(2, "b = a"),), origin=at(2, "b = a"), reverses=2)
    assert captioned(guard, step(2, "b = a")) == ["# b = a", ["v2", "v2"], "v2"]


def test_long_statements_are_cut():
    assert caption("x = (1 +\n     2)") == "x = (1 +"
    assert len(caption("x = " + "1 + " * 99)) <= LONGEST
