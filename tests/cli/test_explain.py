"""`s2sgrad explain`: every stage as text, a reason for what is recorded, guarded or left to a helper, and refusals."""

import numpy as np
import pytest

from s2sgrad import cli, grad
from s2sgrad.explain import reasons

MODEL = '''
import numpy as np


def rnn(h, W, steps):
    for _ in range(steps):
        h = np.tanh(W @ h)
    return np.sum(h)


def newton(a, x):
    while abs(x * x - a) > 1e-10:
        x = x - (x * x - a) / (2.0 * x)
    return x


def branch(x, n):
    for i in range(n):
        if x > 1.0:
            x = np.sin(x) * x
        else:
            x = x * x
    return x


def weighted(x, w):
    return np.sum(x * w)


def power(x, k):
    y = x * x + 1.0
    z = y * y
    return np.sum(z * x)


def helped(x):
    total = 0.0
    for k in range(3):
        total += power(x, k) * power(x, 1)
    return total


def swapped(x):
    row = x[0]
    row *= 2.0
    return np.sum(x)


def halved(x, small):
    while abs(x) > small:
        x = 0.5 * x
    return x


def refused(x):
    y = np.sin(x)
    return np.sum(np.apply_along_axis(np.sum, 0, y))
'''


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("explain") / "explained_model.py"
    path.write_text(MODEL)
    return path


def explain(model, capsys, name, *words, code=0):
    assert cli.main(["explain", f"{model}:{name}", *words]) == code
    return capsys.readouterr().out


def why(text):
    return text.partition("# ---- why\n")[2].splitlines()


def test_all_stages_are_shown_and_the_last_one_is_what_runs(model, capsys):
    out = explain(model, capsys, "rnn", "--args", "np.ones(2), np.eye(2), 3")
    stages = [line.removeprefix("# ---- ") for line in out.splitlines() if line.startswith("# ----")]
    assert stages == ["read", "normalised", "split", "differentiated", "simplified", "lowered", "emitted", "why"]
    assert cli.main(["show", f"{model}:rnn", "--args", "np.ones(2), np.eye(2), 3"]) == 0
    assert capsys.readouterr().out in out


def test_a_record_says_why_it_would_be_lost_and_who_reads_it(model, capsys):
    out = explain(model, capsys, "rnn", "--argnames", "W", "--args", "np.ones(2), np.eye(2), 3")
    assert why(out) == ["rnn_grad:",
                        "    recorded: `h`, overwritten at line 7, read by the adjoint of `@` (line 7)"]


def test_a_loop_that_data_end_is_counted(model, capsys):
    assert "    guard: `trips` counts the trips of the loop at line 50, which ends when its data say so" in why(
        explain(model, capsys, "halved", "--args", "2.0, 1.0"))


def test_a_loop_that_runs_through_its_records(model, capsys):
    assert why(explain(model, capsys, "newton", "--args", "2.0, 1.0")) == [
        "newton_grad:", "    recorded: `x`, overwritten at line 13, read by the adjoint of `/` (line 13) and the "
        "adjoint of `*` (line 13)"]


def test_a_branch_is_guarded_by_its_flag(model, capsys):
    lines = why(explain(model, capsys, "branch", "--args", "1.5, 4"))
    assert "    recorded: `taken`, which is another value in each trip, read by the reversed `if` (line 19)" in lines
    assert "    guard: `if taken` reverses the branch that was taken at line 19" in lines


def test_a_helper_call_says_what_is_not_known(model, capsys):
    general = why(explain(model, capsys, "weighted"))
    assert any(line.startswith("    helper: `unbroadcast(") and "`x` may have been broadcast" in line
               for line in general)
    assert any("`require_kind(" in line for line in general)
    assert why(explain(model, capsys, "weighted", "--args", "np.ones(2), np.ones(2)")) == [
        "weighted_grad:", "    nothing is recorded, guarded or left to a helper"]


def test_helpers_of_the_user_are_explained_too(model, capsys):
    lines = why(explain(model, capsys, "helped", "--args", "np.ones(2)"))
    assert lines[0] == "power_fwd, power_bwd:"
    assert any(line.startswith("    handed over: `y`, read by the reverse of line 32") for line in lines)
    assert any("read by the adjoint of `power` (line 39)" in line for line in lines)


def test_a_refusal_stands_under_its_line(model, capsys):
    lines = explain(model, capsys, "refused", code=2).splitlines()
    at = lines.index("    return np.sum(np.apply_along_axis(np.sum, 0, y))")
    assert lines[0].startswith("# ---- refused: ") and lines[1:at] == ["def refused(x):", "    y = np.sin(x)"]
    assert cli.main(["show", f"{model}:refused"]) == 2
    place, source, caret, cause, remedy = capsys.readouterr().err.splitlines()
    assert place.startswith(str(model)) and source == "    " + lines[at] and caret == "    " + lines[at + 1]
    assert [line.strip() for line in lines[at + 2:]] == [cause, remedy]


def test_what_needs_arguments_is_refused_in_place(model, capsys):
    out = explain(model, capsys, "swapped", code=2)
    assert out.splitlines()[1] == "def swapped(x):" and "Remedy: " in out


def square(x):
    return np.sum(x * x)


def test_from_python():
    x = np.ones(3)
    assert grad(square).explain(x).count("# ----") == 8
    assert grad(square).source_for(x) in grad(square).explain(x)
    assert grad(square).source in grad(square).explain()
    assert reasons(grad(square)._general())[0] == "square_grad:"


def test_the_jax_program_is_explained(model, capsys):
    out = explain(model, capsys, "rnn", "--backend", "jax", "--args", "np.ones(2), np.eye(2), 3")
    assert "lax.scan" in out and why(out)[0] == "rnn_grad:"
