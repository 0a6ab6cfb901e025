"""Classes of names that may stand for one object, and of what these objects hold: union-find with linked classes.

Filled by the analyses that follow objects through a function: `alias` (memory that is written and put back) and
`volatile` (objects that nothing puts back). Union by Galler and Fischer (1964), with path halving.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from s2sgrad.analyse.kinds import Kinds


@dataclass
class ObjectClasses:
    """parent: of each node, up to the representative of its class. holds: the class of what a class of containers
    holds."""

    kinds: Kinds
    parent: dict[str, str] = field(default_factory=dict)
    holds: dict[str, str] = field(default_factory=dict)

    def find(self, node: str) -> str:
        """The representative of a node."""
        self.parent.setdefault(node, node)
        while self.parent[node] != node:
            self.parent[node] = self.parent[self.parent[node]]
            node = self.parent[node]
        return node

    def union(self, a: str, b: str) -> None:
        """a and b may be one object; so may be what they hold."""
        a, b = self.find(a), self.find(b)
        if a == b:
            return
        self.parent[b] = a
        if b in self.holds:
            held = self.holds.pop(b)
            if a in self.holds:
                self.union(self.holds[a], held)
            else:
                self.holds[a] = held

    def entries(self, node: str) -> str:
        """The class of what a container holds."""
        root = self.find(node)
        if root not in self.holds:
            self.holds[root] = root + "[]"
        return self.find(self.holds[root])
