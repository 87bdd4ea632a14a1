"""How long to wait so that a recording passes at its own pace, or a multiple of it. Reads no clock."""


class Pace:
    """speed: how many recorded seconds pass in one; 0 for as fast as can be."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._begun: tuple[int, float] | None = None

    def wait_s(self, at_ns: int, now_s: float) -> float:
        """How long until a moment of the recording is due; 0 if it is. now_s: of a monotonic clock."""
        if not self._speed:
            return 0.0
        if self._begun is None:
            self._begun = at_ns, now_s
        first_ns, first_s = self._begun
        return max(0.0, first_s + (at_ns - first_ns) / 1e9 / self._speed - now_s)
