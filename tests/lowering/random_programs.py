"""Random small programs of loops, branches and writes, for comparing the two back ends.

`program(seed)` gives the text of `f(x, y, a, n)`: x and y are vectors of four entries, a is a float, n a small integer.
Every program runs and gives a float; which names hold what is tracked, so that nothing is read before it is set.
"""

from __future__ import annotations

import random

SIZE = 4
UNARY = ("np.sin({})", "np.tanh({})", "0.5 * {}", "-{}", "np.exp(-{} * {})", "np.maximum({}, 0.1)", "{}**2")


class Writer:
    """Writes one program."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.lines: list[str] = []
        self.numbers = ["a"]
        self.vectors = ["x", "y"]
        self.indices: list[str] = []
        self.fresh = 0

    def pick(self, options: list[str]) -> str:
        return self.random.choice(options)

    def number(self, depth: int = 2) -> str:
        """An expression that is a float."""
        kind = self.random.randrange(7 if depth else 3)
        if kind == 0:
            return self.pick(["0.3", "1.7", "-0.6"])
        if kind < 3:
            return self.pick(self.numbers)
        if kind == 3:
            return f"{self.pick(self.vectors)}[{self.index()}]"
        if kind == 4:
            return f"np.{self.pick(['sum', 'mean'])}({self.vector(depth - 1)})"
        one = self.number(depth - 1)
        if kind == 5:
            return self.pick(list(UNARY)).replace("{}", f"({one})")
        return f"({one} {self.pick(['+', '-', '*'])} {self.number(depth - 1)})"

    def vector(self, depth: int = 2) -> str:
        """An expression that is a vector of four entries, a new one."""
        kind = self.random.randrange(4 if depth else 1)
        name = self.pick(self.vectors)
        if kind < 2:
            return self.pick(list(UNARY)).replace("{}", name)
        if kind == 2:
            return f"({self.vector(depth - 1)} {self.pick(['+', '-', '*'])} {self.number(depth - 1)})"
        return f"({self.vector(depth - 1)} {self.pick(['+', '-', '*'])} {name})"

    def index(self) -> str:
        """A valid index."""
        fixed = self.pick(["0", "1", "-1", "2"])
        return self.pick([*self.indices, fixed]) if self.indices else fixed

    def test(self) -> str:
        """A condition, static or not."""
        tests = [f"{self.number(1)} > {self.pick(['0.2', '0.9', '-0.3'])}", "n > 2"]
        tests += [f"{i} % 2 == 0" for i in self.indices]
        return self.pick(tests)

    def block(self, depth: int, indent: int, count: int) -> None:
        """Some statements; what they bind is forgotten behind them unless it was there before."""
        known = list(self.numbers), list(self.vectors)
        for _ in range(count):
            self.statement(depth, indent)
        if indent > 1:
            self.numbers, self.vectors = known

    def statement(self, depth: int, indent: int) -> None:
        """One statement."""
        kind = self.random.randrange(10 if depth else 6)
        space = "    " * indent
        local = [v for v in self.vectors if v not in "xy"]
        if kind == 0 or (kind in (2, 3, 4) and not local):
            name = self.pick([*self.vectors[2:], f"v{self.fresh}"])
            self.fresh += 1
            self.lines.append(f"{space}{name} = {self.vector()}")
            self.vectors = list(dict.fromkeys([*self.vectors, name]))
        elif kind == 5 and local and self.random.random() < 0.6:
            self.share(local, space)
        elif kind in (1, 5):
            name = self.pick([*self.numbers[1:], f"s{self.fresh}"])
            self.fresh += 1
            augmented = name in self.numbers and self.random.random() < 0.5
            self.lines.append(f"{space}{name} {'+=' if augmented else '='} {self.number()}")
            self.numbers = list(dict.fromkeys([*self.numbers, name]))
        elif kind == 2:
            store = f"{self.pick(local)}[{self.index()}] {self.pick(['=', '+=', '*='])} {self.number()}"
            self.lines.append(f"{space}{store}")
        elif kind == 3:
            where = self.pick(["1:", ":-1", "::2", "1:3"])
            self.lines.append(f"{space}{self.pick(local)}[{where}] {self.pick(['=', '+=', '*='])} {self.number()}")
        elif kind == 4:
            self.lines.append(f"{space}{self.pick(local)} {self.pick(['+=', '*='])} {self.number()}")
        elif kind in (6, 7):
            self.lines.append(f"{space}if {self.test()}:")
            self.block(depth - 1, indent + 1, self.random.randint(1, 3))
            if self.random.random() < 0.6:
                self.lines.append(f"{space}else:")
                self.block(depth - 1, indent + 1, self.random.randint(1, 2))
        else:
            self.loop(depth, indent, space)

    def share(self, local: list[str], space: str) -> None:
        """A second name for a vector, a copy, or two vectors that change places."""
        one, other = self.pick(local), self.pick(local)
        form = self.random.randrange(3)
        if form == 0:
            self.lines.append(f"{space}{one}, {other} = {other}, {one}")
            return
        name = self.pick([*local, f"v{self.fresh}"])
        self.fresh += 1
        self.lines.append(f"{space}{name} = {one}{'.copy()' if form == 1 else ''}")
        self.vectors = list(dict.fromkeys([*self.vectors, name]))

    def loop(self, depth: int, indent: int, space: str) -> None:
        """A loop of one of several forms."""
        name = f"i{self.fresh}"
        self.fresh += 1
        ranges = ["range(n)", f"range({SIZE})", "range(n - 1, -1, -1)", "range(1, len(x))"]
        ranges += [f"range({i})" for i in self.indices] + [f"range({i}, {SIZE})" for i in self.indices]
        if self.random.random() < 0.3:
            self.lines.append(f"{space}for e{name} in {self.pick(self.vectors[:2])}:")
            self.numbers.append(f"e{name}")
            self.block(depth - 1, indent + 1, self.random.randint(1, 3))
            self.numbers.remove(f"e{name}")
            return
        self.lines.append(f"{space}for {name} in {self.pick(ranges)}:")
        self.indices.append(name)
        self.block(depth - 1, indent + 1, self.random.randint(1, 3))
        self.indices.remove(name)


def program(seed: int) -> str:
    """The source of a module that defines `f(x, y, a, n)`."""
    writer = Writer(seed)
    writer.lines = ["import numpy as np", "", "", "def f(x, y, a, n):"]
    writer.block(2, 1, writer.random.randint(3, 6))
    ends = [*writer.numbers, *(f"np.sum({v})" for v in writer.vectors)]
    writer.lines.append(f"    return {' + '.join(writer.random.sample(ends, min(4, len(ends))))}")
    return "\n".join(writer.lines) + "\n"
