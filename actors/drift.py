"""Counting what a venue says beyond its documents."""

from messages import DriftSeen


class DriftCounter:
    """Counts unknown types, fields, codes and values by name; says so when a name is new.

    Said again at every power of ten, so that a flood of one unknown type is a handful of messages.
    At most `most_names` names are kept apart; further ones are counted under `…`, so that a venue which
    sends random keys cannot fill the memory.
    """

    def __init__(self, venue: str, most_names: int = 500) -> None:
        self._venue = venue
        self._most_names = most_names
        self._counts: dict[tuple[str, str], int] = {}
        self.total = 0

    def seen(self, what: str, name: str, at_ns: int) -> list[DriftSeen]:
        """Count one sighting; [one message] if it is worth saying, else []."""
        key = (what, name[:80])
        if key not in self._counts and len(self._counts) >= self._most_names:
            key = (what, "…")
        count = self._counts.get(key, 0) + 1
        self._counts[key] = count
        self.total += 1
        if str(count).strip("0") != "1":
            return []
        return [DriftSeen(self._venue, at_ns, what, key[1], count)]
