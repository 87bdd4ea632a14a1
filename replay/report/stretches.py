"""Stretches of time in which something was the case, in bounded memory."""

from typing import NamedTuple

LEAST_APART_NS = 1_000_000


class Stretch(NamedTuple):
    """From when to when, why, and how many lie in it: more than one only where there were too many."""

    from_ns: int
    to_ns: int
    why: str
    many: int


class Stretches:
    """Takes stretches of one row, oldest first, and keeps at most `most`.

    Where there are more, those nearest to each other are drawn as one. count, total_s: of all, exactly.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: list[Stretch] = []
        self._apart_ns = LEAST_APART_NS
        self._since: tuple[int, str] | None = None
        self.count = 0
        self.total_s = 0.0
        self.longest_s = 0.0

    def add(self, from_ns: int, to_ns: int, why: str) -> None:
        """Take one stretch that is over."""
        to_ns = max(from_ns, to_ns)
        self.count += 1
        length_s = (to_ns - from_ns) / 1e9
        self.total_s += length_s
        self.longest_s = max(self.longest_s, length_s)
        self._kept.append(Stretch(from_ns, to_ns, why, 1))
        if len(self._kept) >= 2 * self._most:
            self._join()

    def begin(self, at_ns: int, why: str) -> None:
        """It begins; where it has begun already, that holds."""
        if self._since is None:
            self._since = (at_ns, why)

    def end(self, at_ns: int) -> None:
        """It is over, if it had begun."""
        if self._since is not None:
            since, self._since = self._since, None
            self.add(since[0], at_ns, since[1])

    def forget(self) -> bool:
        """What had begun was none after all. Says whether anything had."""
        begun, self._since = self._since is not None, None
        return begun

    def kept(self) -> list[Stretch]:
        """What is drawn, oldest first."""
        if len(self._kept) > self._most:
            self._join()
        return list(self._kept)

    def _join(self) -> None:
        self._kept.sort()
        while len(self._kept) > self._most:
            joined: list[Stretch] = []
            for one in self._kept:
                before = joined[-1] if joined else None
                if before is not None and one.from_ns - before.to_ns < self._apart_ns:
                    joined[-1] = Stretch(
                        before.from_ns, max(before.to_ns, one.to_ns), before.why, before.many + one.many
                    )
                else:
                    joined.append(one)
            self._kept = joined
            self._apart_ns *= 2
