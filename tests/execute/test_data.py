"""Live data and changed names."""

import timeit
import types

import pytest

from s2sgrad.core.nodes import Datum
from s2sgrad.execute.data import MISSING, Dependencies, Dependency, LiveData


def cell(*contents):
    return types.CellType(*contents)


def square(x):
    return x * x


def cube(x):
    return x * x * x


def test_data_is_read_at_each_call():
    module, closure, namespace = {"scale": 1.0}, cell(2.0), {}
    data = LiveData((Datum("scale_1", module, "scale"), Datum("n", closure)))
    data.refresh(namespace)
    assert namespace == {"scale_1": 1.0, "n": 2.0}
    module["scale"], closure.cell_contents = 3.0, 4.0
    data.refresh(namespace)
    assert namespace == {"scale_1": 3.0, "n": 4.0}


def test_a_name_that_is_gone():
    with pytest.raises(NameError, match="^name 'scale' is not defined$") as caught:
        LiveData([Datum("scale_1", {}, "scale")]).refresh({})
    assert caught.value.name == "scale" and caught.value.__suppress_context__
    with pytest.raises(NameError, match="^cannot access free variable 'n' where"):
        LiveData([Datum("n", cell())]).refresh({})


def both(dependency):
    """What the dependency says alone and in a group, which must agree."""
    alone, group = dependency.changed(), Dependencies([dependency]).changed()
    assert alone == group
    return alone


def test_a_function_that_is_replaced():
    module = {"f": square}
    dependency = Dependency(module, "f", square, square.__code__)
    assert not both(dependency)
    module["f"] = cube
    assert both(dependency)
    del module["f"]
    assert both(dependency)


def test_a_function_whose_code_is_replaced():
    f = types.FunctionType(square.__code__, globals(), "f")
    dependency = Dependency({"f": f}, "f", f, f.__code__)
    assert not both(dependency)
    f.__code__ = cube.__code__
    assert both(dependency)


def test_a_function_in_a_closure():
    closure = cell(square)
    dependency = Dependency(closure, "", square, square.__code__)
    assert not both(dependency)
    closure.cell_contents = cube
    assert both(dependency)
    del closure.cell_contents
    assert both(dependency)


def test_a_method_of_a_class():
    owner = type("Owner", (), {"f": square})
    dependency = Dependency(vars(owner), "f", square, square.__code__)
    assert not both(dependency)
    owner.f = cube
    assert both(dependency)


def test_a_builtin_that_becomes_hidden():
    module = {}
    dependency = Dependency(module, "sum", MISSING, None)
    assert not both(dependency)
    module["sum"] = square
    assert both(dependency)


def test_one_change_among_many_is_seen():
    module = {"a": square, "b": dict, "c": cube}
    dependencies = Dependencies([Dependency(module, "a", square, square.__code__), Dependency(module, "b", dict, None),
                                 Dependency(module, "c", cube, cube.__code__)])
    assert not dependencies.changed()
    module["b"] = list
    assert dependencies.changed()


@pytest.mark.slow
def test_looking_costs_less_than_100_nanoseconds_each():
    module = {"f": square}
    dependencies = Dependencies([Dependency(module, "f", square, square.__code__)] * 100)
    assert min(timeit.repeat(dependencies.changed, number=1000, repeat=5)) / 1000 / 100 < 100e-9
