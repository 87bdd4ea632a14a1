"""The fair value of a market now, or why there is none."""

import msgspec

from actors.market_seconds import MarketSeconds
from actors.settlement import WINDOW
from actors.signal.estimate import Estimate, Spot, estimate
from actors.signal.index import IndexFollower
from actors.signal.market.record import MarketRecord
from actors.signal.model import model_named
from actors.signal.settings import Settings
from messages import MarketDefined

NO_ESTIMATE = Estimate(-1.0, 0, 0.0, [])


class Price(msgspec.Struct, frozen=True, gc=False):
    """made: of the newest inputs. reason: why it must not be used, empty if it may; and then made is still
    what would have been said, or NO_ESTIMATE where even that is not known. incomplete: the reason, where it
    is that settlement values are missing. sigma: that it rests on."""

    reason: str
    made: Estimate
    incomplete: str
    sigma: float


class Pricing:
    """Index and market in, estimate out."""

    def __init__(self, settings: Settings, seconds: MarketSeconds) -> None:
        self._seconds = seconds
        self._book_stale_ns = round(settings.book_stale_s * 1e9)
        self._missing_limit = settings.missing_limit
        self._index_error = settings.index_error_bps / 1e4
        self._errs_on_known = settings.settle_on == "proxy"
        self.model = model_named(settings.model, settings.tail_degrees)

    def price(self, ticker: str, market: MarketRecord | None, index: IndexFollower, now_ns: int) -> Price:
        """What the market is worth, and whether that may be used."""
        if market is None or market.defined is None:
            reason = "the market is not defined yet" if ticker else "no market runs"
            return Price(reason, NO_ESTIMATE, "", index.volatility.sigma)
        defined = market.defined
        left_s = self._seconds.market_s(defined.close_ns - now_ns)
        sigma = index.sigma(now_ns, left_s)
        reason = market.not_priced(now_ns)
        if reason or index.known_usd <= 0.0:
            return Price(reason or index.trouble(now_ns), NO_ESTIMATE, "", sigma)
        reason = (
            index.trouble(now_ns) or market.book_trouble(now_ns, self._book_stale_ns) or index.warming_up()
        )
        made, missing = self._estimate(defined, index, sigma, left_s)
        incomplete = ""
        if missing > self._missing_limit:
            incomplete = f"{missing} of {WINDOW} settlement values are missing"
        return Price(reason or incomplete, made, incomplete, sigma)

    def _estimate(
        self, defined: MarketDefined, index: IndexFollower, sigma: float, left_s: float
    ) -> tuple[Estimate, int]:
        window = index.closing_minute(defined.close_ns)
        spot = Spot(index.known_usd, sigma, self._index_error, self._errs_on_known)
        made = estimate(window, index.settles, left_s, spot, defined.strike_e6 / 1e6, self.model)
        return made, len(window.missing)
