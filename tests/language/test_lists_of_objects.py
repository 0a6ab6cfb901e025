"""Lists of objects that grow and shrink: through a field, a second name, or a method."""

import numpy as np
import pytest
from language.check import V, W, check, name


class Cell:
    def __init__(self, d):
        self.d = d

    def __getitem__(self, i):
        return self.d[i]

    def __setitem__(self, i, value):
        self.d[i] = 2.0 * value


class Mesh:
    def __init__(self, cells, spare):
        self.cells = cells
        self.spare = spare


class State:
    def __init__(self, d):
        self.d = d

    def step(self, cells, k):
        cells.append(Cell(V * k))
        return State(self.d * k)


def field_grows(mesh, x):
    mesh.cells.append(mesh.spare)
    for c in mesh.cells:
        c.d = c.d + x
    return sum(np.sum(c.d**2) for c in mesh.cells)


def second_name_grows(mesh, x):
    cells = mesh.cells
    cells.append(mesh.spare)
    if len(mesh.cells) == 3:
        x = x * 2.0
    return sum(np.sum(c.d**2) for c in mesh.cells) * x


def one_of_two_lists_grows(mesh, x):
    cells = mesh.cells if x > 0 else [mesh.spare]
    cells.append(mesh.spare)
    total = 0.0
    for c in mesh.cells:
        total += c.d[0]
    return total * x


def list_of_two_owners(mesh, x):
    cells = [mesh.spare]
    other = Mesh(cells, mesh.spare)
    other.cells.append(Cell(V * x))
    total = 0.0
    for c in cells:
        total += c.d[0]
    for c in other.cells[:]:
        total += c.d[1]
    return total * x + sum([c.d[2] for c in list(cells)])


def list_becomes_a_field(mesh, x):
    cells = [mesh.spare]
    mesh.cells = cells
    mesh.cells.append(Cell(V * x))
    mesh.cells.pop(0)
    total = 0.0
    for c in cells:
        total += c.d[0]
    return total * x + len(cells)


def method_in_a_loop_grows(x):
    cells, state, total = [Cell(V * x)], State(x), 0.0
    for _ in range(3):
        for c in cells:
            total += c.d[0] * state.d
        state = state.step(cells, x)
    for c in cells:
        total += c.d[1]
    return total * state.d + len(cells)


def entries_by_methods(cell):
    cell[1] = cell[0] ** 2
    cell[2] = cell[1]
    cell[3] += cell[2]
    for k in range(2):
        cell[k] = cell[k] * cell[0]
    return np.sum(cell.d**2)


class Point:
    def __init__(self, place, mass):
        self.place = place
        self.mass = mass


def place_of(point):
    return point.place


def least_of_objects(x):
    points = [Point(x[k], k + 1.0) for k in range(len(x))]
    nearest = min(points, key=lambda p: p.place)
    nearest.mass = nearest.place**2
    return sum(p.place * p.mass for p in points) + max(points, key=place_of).mass


def greatest_of_two(x):
    points = [Point(x[0], 2.0), Point(x[1] * x[2], 3.0)]
    heaviest = max(points, key=lambda p: p.place * p.mass)
    heaviest.place *= x[0]
    return points[0].place * points[1].place + heaviest.place**2


def extremes_in_a_loop(x):
    points = [Point(v, 1.0) for v in x]
    for _ in range(3):
        far = max(points, key=place_of)
        near = min(points, key=lambda p: abs(p.place - 1.0))
        far.place = 0.5 * far.place + 0.1 * near.place**2
        near.mass += far.place
    return sum(p.place * p.mass for p in points)


def from_the_last_to_the_first(x):
    s = 1.0
    for p in reversed([Point(v, 1.0) for v in x]):
        s = 0.5 * s + p.place**2
    return s


def mesh():
    return Mesh([Cell(V.copy()), Cell(W.copy())], Cell(V + 1.0))


PLACES = np.array([0.72, 1.33, 0.4, 1.9])
PROGRAMS = [
    (field_grows, (mesh(), 0.3)), (second_name_grows, (mesh(), 0.3)), (one_of_two_lists_grows, (mesh(), 0.3)),
    (list_of_two_owners, (mesh(), 0.3)), (list_becomes_a_field, (mesh(), 0.3)), (method_in_a_loop_grows, (0.3,)),
    (entries_by_methods, (Cell(V.copy()),)), (least_of_objects, (PLACES,)), (greatest_of_two, (PLACES,)),
    (extremes_in_a_loop, (PLACES,)), (from_the_last_to_the_first, (PLACES,)),
]


@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_lists_of_objects(f, args):
    check(f, args, "call")
