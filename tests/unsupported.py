"""What is refused today, in one place: programs by name, each with a part of the message that refuses it.

A program that is listed must be refused with that message, and one that is not listed must work, so the lists cannot
go stale: who adds support for a construct deletes its lines here.
"""

# tests/corpus: no gradient under call facts
CORPUS: dict[str, str] = {}

# tests/corpus: works under call facts, but its arguments are no containers and there is still no general program
DECLARED: dict[str, str] = {}

# tests/hazards: ordinary code ("must pass") that is refused
HAZARDS: dict[str, str] = {}

# tests/hazards/store_law.py: how many of the 150 random programs of seed 0 may be refused
STORE_LAW_REFUSED = 0
