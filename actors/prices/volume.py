"""The volume of the last 24 hours, said no more often than anybody needs it."""

from actors.adapter import Output
from messages import DayVolume

PAUSE_NS = 1_000_000_000


class VolumeTeller:
    """Keeps the newest figure; tells a new one at most once a second, and the last one on request."""

    def __init__(self, venue: str, symbol: str) -> None:
        self._venue = venue
        self._symbol = symbol
        self._newest: DayVolume | None = None
        self._told_ns = 0

    def take(self, out: list[Output], volume_e8: int, frame: int, recv_ns: int) -> None:
        """Take what the venue says now."""
        changed = self._newest is None or volume_e8 != self._newest.volume_e8
        self._newest = DayVolume(self._venue, self._symbol, frame, recv_ns, volume_e8)
        if changed and recv_ns - self._told_ns >= PAUSE_NS:
            self.tell(out, recv_ns)

    def tell(self, out: list[Output], now_ns: int) -> None:
        """Say the newest figure, if there is one."""
        if self._newest is not None:
            self._told_ns = now_ns
            out.append(self._newest)
