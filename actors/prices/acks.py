"""Acknowledgements that a venue owes us."""

LIMIT_NS = 5_000_000_000


class Acknowledgements:
    """Names what was asked for, crosses out what was acknowledged, and tells what is late, once."""

    def __init__(self, opened_ns: int) -> None:
        self._due_ns = opened_ns + LIMIT_NS
        self._expected: set[str] = set()

    def expect(self, name: str) -> None:
        """Name an acknowledgement that must come."""
        self._expected.add(name)

    def came(self, name: str) -> None:
        """Cross one out; one that nobody expected is no matter."""
        self._expected.discard(name)

    def late(self, now_ns: int) -> list[str]:
        """What has not come in time; said once."""
        if not self._expected or now_ns <= self._due_ns:
            return []
        late = sorted(self._expected)
        self._expected.clear()
        return late
