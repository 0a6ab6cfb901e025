"""Loops of the reverse sweep that run as long as there are records: their headers, and what must not move there."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from s2sgrad import check_grads, value_and_grad

X = np.array([0.4, -0.7, 1.3])


def reverse(function, *args):
    """The reverse sweep of the gradient, which is right, without comments."""
    check_grads(function, args)
    text = value_and_grad(function).source_for(*args).split("# reverse sweep")[1]
    return [line.strip() for line in text.splitlines() if line.strip() and "#" not in line]


def forward(function, *args):
    """The forward sweep of the gradient."""
    return value_and_grad(function).source_for(*args).split("# reverse sweep")[0]


def test_a_record_of_numbers():
    def f(x):
        while x < 50.0:
            x = x * x + 0.1
        return x

    assert "for x in reversed(x_record):" in reverse(f, 1.3)
    assert "trips" not in forward(f, 1.3)


def test_two_records_of_numbers():
    def f(x, n):
        y = 0.3
        for _ in range(n):
            x = x * y
            y = y * y + x
        return x + y

    assert any(re.fullmatch(r"for [xy], [xy] in zip\(reversed\([xy]_record\), reversed\([xy]_record\)\):", line)
               for line in reverse(f, 0.4, 4))


def test_an_index_that_is_read():
    def f(x, n):
        for k in range(1, n):
            x = math.sin(x) * k
        return x

    assert "for k, x in zip(reversed(range(1, n)), reversed(x_record)):" in reverse(f, 0.4, 4)


def test_elements_that_are_read():
    def f(x, weights):
        for w in weights:
            x = math.sin(x) * w
        return x

    assert "for w, x in zip(reversed(weights), reversed(x_record)):" in reverse(f, 0.4, [0.5, 2.0])


def test_a_trip_that_differs_from_the_others():
    def f(x):
        k = 0
        while True:
            x = x * x + 0.5
            k += 1
            if k > 3:
                return 2.0 * x

    headers = {"for trip, x in enumerate(reversed(x_record)):", "for x in reversed(x_record):"}
    assert headers & set(reverse(f, 0.4))


def test_arrays_are_taken_off():
    def f(x, n):
        for _ in range(n):
            x = np.sin(x) * x
        return np.sum(x)

    found = reverse(f, X, 3)
    assert any(re.fullmatch(r"while \w+:", line) for line in found)
    assert any(".pop()" in line for line in found)


def test_what_is_read_before_it_is_restored_is_taken_off_there():
    def f(x, n):
        y = x
        for _ in range(n):
            y = math.sin(y) + y * x
            x = x * y
        return x

    reverse(f, 0.4, 3)


def test_what_only_some_trips_record_is_taken_off():
    def f(x, n):
        for k in range(n):
            if k % 2:
                x = math.sin(x)
        return x

    found = reverse(f, 0.4, 5)
    assert not any("zip" in line or "reversed(x_record)" in line for line in found)
    assert any("x_record.pop()" in line for line in found)


def test_a_list_for_each_trip_of_the_outer_loop():
    def f(x, n):
        total = 0.0
        for k in range(n):
            y = x + k
            while y < 30.0:
                y = y * y + 0.1
            total = total + y
        return total

    found = reverse(f, 1.3, 3)
    assert any(re.fullmatch(r"for y in reversed\(y_record(_1)?\):", line) for line in found)
    assert "trips" not in forward(f, 1.3, 3)


def test_a_list_of_arrays_for_each_trip():
    def f(x, n):
        total = 0.0
        for k in range(n):
            y = x + k
            while np.sum(y) < 30.0:
                y = y * y + 0.5
            total = total + np.sum(y)
        return total

    found = reverse(f, np.abs(X), 3)
    assert any(re.fullmatch(r"while y_record(_1)?:", line) for line in found)


def test_loops_in_loops_of_known_length_share_one_list():
    def f(x, n):
        for i in range(n):
            for _ in range(i):
                x = math.sin(x) * 1.1
        return x

    assert any("x_record.pop()" in line for line in reverse(f, 0.4, 4))


def test_inner_headers_do_not_bind_what_outer_ones_bind():
    def f(x, n):
        total = 0.0
        for k in range(n):
            y = x + k
            while y < 30.0:
                y = y * y + 0.1
            total = total + math.sin(y) * y
        return total

    headers = [line for line in reverse(f, 1.3, 3) if line.startswith("for ")]
    names = [set(re.findall(r"\w+", line.split(" in ")[0])) - {"for"} for line in headers]
    assert len(names) == 2 and not names[0] & names[1]


def test_headers_that_do_not_fit_on_a_line():
    def f(x, n):
        first_value, second_value, third_value, fourth_value, fifth_value = x, x * 2.0, x * 3.0, x * 4.0, x * 5.0
        for _ in range(n):
            first_value = math.sin(first_value) * second_value
            second_value = math.cos(second_value) * third_value
            third_value = math.sin(third_value) * fourth_value
            fourth_value = math.cos(fourth_value) * fifth_value
            fifth_value = math.sin(fifth_value) * first_value
        return first_value

    reverse(f, 0.3, 4)
    assert max(map(len, value_and_grad(f).source_for(0.3, 4).splitlines())) <= 110


@pytest.mark.parametrize("n", [0, 1, 2])
def test_loops_that_do_not_run(n):
    def f(x, n):
        for _ in range(n):
            x = x * x
        return x

    reverse(f, 0.4, n)


def test_recursion_runs_through_its_own_records():
    def tree(x, depth):
        if depth == 0:
            return math.sin(x)
        total = 0.0
        for k in range(2):
            x = x * x + k
            total = total + tree(x, depth - 1)
        return total

    def f(x):
        return tree(x, 3)

    reverse(f, 0.4)


def test_containers_of_different_lengths():
    def f(x, w):
        for a, b in zip(w, w[1:], strict=False):
            x = np.sin(x * a) * b
        return x

    reverse(f, 0.7, [0.3, 1.4, 1.9])


def test_elements_of_an_inner_loop_that_is_left():
    def f(x, w, n):
        for _ in range(n):
            for a in w:
                x = math.sin(x * a)
                if x > 0.6:
                    break
            x = x * 1.3
        return x

    reverse(f, 0.7, [0.3, 1.4, 1.9], 2)


def test_counters_of_one_name():
    def f(x, n):
        b = x
        c = x
        for i in range(n):
            for i in range(3):  # noqa: B020, PLW2901
                x = math.sin(x) * i + b
            b, c = b * c, c * math.sin(b)
        return x * b * c

    reverse(f, 0.7, 3)
