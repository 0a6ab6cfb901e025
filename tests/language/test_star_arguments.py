"""Starred arguments, `**` of dicts, keyword-only and positional-only parameters."""

import pytest
from language.check import check, name


def options(a, b=2.0, *, c=1.0, **rest):
    return a * b + c * rest.get("d", 3.0)


def first_only(a, b, /, c=2.0):
    return a * b**c


def passed_on(*args, **kwargs):
    return options(*args, **kwargs)


def keywords(x, y):
    return options(x, c=y, d=x * y) + options(x, y) + options(b=x, a=y)


def dict_made_here(x, y):
    o = {"c": y, "d": x}
    return options(x, **o) + passed_on(x, y, d=2 * x) + passed_on(*(x, y), **o)


def dict_of_the_caller(x, o):
    return options(x, **o) + options(x, **{**o, "c": x})


def starred_tuple_and_list(x, y):
    return first_only(x, y) + first_only(x, y, c=3.0) + first_only(*[x, y], y)


PROGRAMS = [
    (keywords, (1.3, 0.4)), (dict_made_here, (1.3, 0.4)), (dict_of_the_caller, (1.3, {"c": 0.4, "d": 0.7})),
    (starred_tuple_and_list, (1.3, 0.4)),
]


@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_star_arguments(f, args):
    check(f, args, "call")
