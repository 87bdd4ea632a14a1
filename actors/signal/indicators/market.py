"""What one market's own book and trades say, kept up to date record by record."""

import math

import msgspec

from actors.fees import Rounding, multiplier_e6
from actors.signal.indicators.delay import NOTHING, Delay, Lateness
from actors.signal.indicators.edge import NO_COSTS, Costs, costs
from actors.signal.indicators.flow import OrderFlow, TradeFlow
from actors.signal.indicators.imbalance import decaying, imbalance, micro_price_usd
from actors.signal.indicators.level import IndexLevel
from actors.signal.indicators.profile import VolumeProfile
from actors.signal.indicators.settings import IndicatorSettings
from actors.signal.ladder import Ladder, Touch
from messages import DOLLAR_E6, Level, MarketDefined

_UNKNOWN_NS = -1


class BookView(msgspec.Struct, frozen=True, gc=False):
    """What follows from the levels alone. mid_usd: NaN when a side is empty or the two are crossed."""

    mid_usd: float
    imbalance: float
    micro_price_usd: float
    costs: Costs


NO_VIEW = BookView(math.nan, math.nan, math.nan, NO_COSTS)


class MarketIndicators:
    """Everything of one market that needs a memory. Windows are real time: market seconds over speed."""

    def __init__(self, settings: IndicatorSettings, speed: float, rounding: Rounding) -> None:
        self._rounding = rounding
        self._count_e2 = round(settings.contracts * 100)
        self._levels = settings.imbalance_levels
        self._weights = decaying(settings.imbalance_levels, settings.imbalance_decay)
        self._order_flow_ns = round(settings.order_flow_s * 1e9 / speed)
        self._trade_flow_ns = round(settings.trade_flow_s * 1e9 / speed)
        self._order_flow = OrderFlow(self._order_flow_ns)
        self._trade_flow = TradeFlow(self._trade_flow_ns)
        self._profile = VolumeProfile(settings.profile_share, settings.profile_least)
        self._delay = Delay(settings.delay_s, settings.delay_least_usd, speed)
        self._measure = 0
        self._fee_type = ""
        self._multiplier_e6: int | None = None
        self._view: BookView | None = None
        self._book_since_ns = _UNKNOWN_NS
        self._trades_since_ns = _UNKNOWN_NS
        self.ladder = Ladder()
        self.traded_ns = 0
        self.open_ns = 0
        self.close_ns = 0
        self.threshold_usd = 0.0
        self.start_usd = 0.0
        """The index when the market opened; 0.0 where that was not seen."""

    # -- in

    def define(self, defined: MarketDefined) -> None:
        """Take the definition: times, strike and fee in force."""
        self.open_ns = defined.open_ns
        self.close_ns = defined.close_ns
        self.threshold_usd = defined.strike_e6 / 1e6 - 0.005 if defined.strike_e6 > 0 else 0.0
        self._fee_type = defined.fee_type
        self._multiplier_e6 = multiplier_e6(defined.fee_type, defined.fee_multiplier)
        self._view = None

    def book(self, recv_ns: int, bids: list[Level], asks: list[Level]) -> None:
        """Take a whole book. After a loss the windows begin with it; else it is one more change."""
        ladder = self.ladder
        if ladder.stands:
            before = ladder.touch
            ladder.replace(recv_ns, bids, asks)
            self._moved(recv_ns, before)
        else:
            ladder.replace(recv_ns, bids, asks)
            self._book_since_ns = recv_ns
            if self._trades_since_ns == _UNKNOWN_NS:
                self._trades_since_ns = recv_ns
        self._view = None

    def change(self, recv_ns: int, is_bid: bool, price_e6: int, count_e2: int) -> None:
        """Take one level's new count."""
        ladder = self.ladder
        if ladder.stands:
            before = ladder.touch
            ladder.change(recv_ns, is_bid, price_e6, count_e2)
            self._moved(recv_ns, before)
            self._view = None

    def trade(self, recv_ns: int, price_e6: int, count_e2: int, *, buys_yes: bool) -> None:
        """Take a trade of the open book."""
        self.traded_ns = recv_ns
        self._trade_flow.take(recv_ns, count_e2, buys_yes=buys_yes)
        self._profile.take(price_e6, count_e2)

    def withdraw(self, *, trades: bool) -> None:
        """Trust no book until the next snapshot. trades: those may have been missed as well."""
        self.ladder.withdraw()
        self._order_flow.clear()
        self._delay.clear()
        self._view = None
        if trades:
            self._trade_flow.clear()
            self._trades_since_ns = _UNKNOWN_NS

    def over(self, before_ns: int) -> bool:
        """Whether it closed, and nothing was heard of it since, before a time."""
        return max(self.close_ns, self.ladder.recv_ns, self.traded_ns) < before_ns

    def _moved(self, at_ns: int, before: Touch) -> None:
        after = self.ladder.touch
        if after != before:
            self._order_flow.take(at_ns, before, after)

    # -- out

    def view(self) -> BookView:
        """What follows from the levels, worked out once per change of them."""
        view = self._view
        if view is None:
            ladder = self.ladder
            bid, bid_count, ask, ask_count = touch = ladder.touch
            both = bid_count > 0 and ask_count > 0
            if not ladder.stands or (both and bid >= ask):
                view = NO_VIEW
            else:
                bids, asks = ladder.bids.best_counts(self._levels), ladder.asks.best_counts(self._levels)
                view = BookView(
                    (bid + ask) / (2 * DOLLAR_E6) if both else math.nan,
                    imbalance(bids, asks, self._weights),
                    micro_price_usd(touch),
                    costs(ladder, self._count_e2, self._fee_type, self._multiplier_e6, self._rounding),
                )
            self._view = view
        return view

    def flows(self, now_ns: int) -> tuple[float, float]:
        """Order flow and trade flow; NaN until seen for a whole window, or since the market opened."""
        order = trade = math.nan
        self._book_since_ns = min(self._book_since_ns, now_ns)  # a clock may have been set back
        self._trades_since_ns = min(self._trades_since_ns, now_ns)
        if self._covered(self._book_since_ns, now_ns - self._order_flow_ns):
            order = self._order_flow.value(now_ns)
        if self._covered(self._trades_since_ns, now_ns - self._trade_flow_ns):
            trade = self._trade_flow.value(now_ns)
        return order, trade

    def profile(self, mid_usd: float) -> tuple[float, float]:
        """value-area and vwap-distance."""
        return self._profile.values(mid_usd)

    def lateness(self, now_ns: int, fair: float, mid_usd: float, index: IndexLevel) -> Lateness:
        """How late the quote is. fair, mid_usd: NaN for none. A change of what the index is made of moves
        the fair value and is no move: it begins anew."""
        unknown = math.isnan(fair) or math.isnan(mid_usd)
        if unknown or index.joined != self._measure:
            self._measure = index.joined
            self._delay.clear()
        if unknown:
            return NOTHING
        return self._delay.take(now_ns, fair, mid_usd)

    def _covered(self, since_ns: int, from_ns: int) -> bool:
        return since_ns != _UNKNOWN_NS and since_ns <= max(from_ns, self.open_ns)
