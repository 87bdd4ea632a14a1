"""The world of a recording: no path of its own, no dice; time moves and every venue is asked."""

from collections.abc import Mapping

from simulator.world import START_USD, World


class RecordedWorld(World):
    """What a venue asks of its world while a recording is played.

    speed: of the market's clock as it is served. mids_usd: where each venue's price first stands.
    """

    def __init__(self, speed: float, mids_usd: Mapping[str, float]) -> None:
        super().__init__(seed=0, speed=speed)
        self.index_usd = 0.0
        """The newest official value played; 0.0 before the first."""
        self._mids_usd = mids_usd

    def advance(self) -> None:
        """Move on by one step."""
        self.step_no += 1

    def price(self, venue: str) -> float:
        """Where this venue's mid stood first, USD."""
        return self._mids_usd.get(venue) or START_USD

    def spot(self) -> float:
        """The newest official value: there is no path under a recording."""
        return self.index_usd

    def due(self, venue: str, steps: int = 1) -> int:
        """Nothing but what was recorded."""
        return 0

    def publish(self, now_ns: int, flushed_ns: int) -> None:
        """Do nothing: the official values are the recorded ones."""

    def index(self, now_ns: int) -> float:
        """The newest official value played."""
        return self.index_usd
