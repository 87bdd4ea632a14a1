"""Noticing what a venue sends beyond its documents."""

from typing import Any

from actors.adapter import Output
from actors.drift import DriftCounter

MOST_KEY_SETS = 100


class ShapeWatch:
    """Counts unknown types, fields, codes and values, and says so when one is new.

    known: documented fields by kind of record, each as one text with spaces. Keys that were all known
    once are recognised in one look, so that a check on every frame costs a fraction of a microsecond.
    """

    def __init__(self, venue: str, known: dict[str, str]) -> None:
        self._known = {kind: frozenset(fields.split()) for kind, fields in known.items()}
        self._counter = DriftCounter(venue)
        self._familiar: dict[str, set[tuple[str, ...]]] = {kind: set() for kind in known}

    def total(self) -> int:
        """All sightings so far."""
        return self._counter.total

    def drift(self, what: str, name: str, at_ns: int, out: list[Output]) -> None:
        """Count one sighting by name."""
        out += self._counter.seen(what, name, at_ns)

    def fields(self, kind: str, record: dict[str, Any], at_ns: int, out: list[Output]) -> None:
        """Count the fields that this kind of record is not documented to have."""
        keys = tuple(record)
        familiar = self._familiar[kind]
        if keys in familiar:
            return
        known = self._known[kind]
        unknown = [key for key in keys if key not in known]
        for key in unknown:
            self.drift("field", f"{kind}.{key}", at_ns, out)
        if not unknown and len(familiar) < MOST_KEY_SETS:
            familiar.add(keys)
