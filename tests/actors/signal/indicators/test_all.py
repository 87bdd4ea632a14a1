import math
from collections.abc import Iterator

import msgspec
import pytest

from actors.fees import Rounding
from actors.market_seconds import MarketSeconds
from actors.signal.indicators.all import IndicatorSet
from actors.signal.indicators.settings import IndicatorSettings
from messages import (
    INDICATORS,
    ActorStarted,
    BookWithdrawn,
    FairValue,
    FeedClosed,
    FeedGap,
    FeedHealth,
    IndexCompared,
    IndexValue,
    LeftOut,
    MarketBookChanged,
    MarketBookSnapshot,
    MarketBookWithdrawn,
    MarketDefined,
    MarketQuoteChanged,
    MarketTraded,
    Message,
    MethodError,
    OfficialIndexPublished,
    PolymarketQuote,
    PolymarketWithdrawn,
    QuoteChanged,
)

SECOND = 1_000_000_000
OPEN = 1_800_000_000 * SECOND
CLOSE = OPEN + 900 * SECOND
NOW = OPEN + 120 * SECOND
TICKER = "KXBTC15M-A"
OF_THE_INDEX = {"momentum-5", "momentum-15", "momentum-60", "venue-lead", "proxy-gap"}


def defined(ticker: str, strike_usd: int, close_ns: int = CLOSE, strike_type: str = "") -> MarketDefined:
    series, open_ns = ticker.partition("-")[0], close_ns - 900 * SECOND
    return MarketDefined(
        ticker, "E", series, open_ns, open_ns, close_ns, "active", strike_type,
        strike_usd * 1_000_000, "rest", "", -1, [], "quadratic", "1",
    )  # fmt: skip


def index(at_ns: int, usd: float, out: tuple[str, ...] = (), **changes: object) -> IndexValue:
    left_out = [LeftOut(venue, "stale", 5) for venue in out]
    made = IndexValue("BRTI", "cme-cf", at_ns, at_ns, usd, [], left_out, on_grid=False, withheld="")
    return msgspec.structs.replace(made, **changes)


def polymarket(end_ns: int, recv_ns: int, bid_e6: int, ask_e6: int, start_e8: int = -1) -> PolymarketQuote:
    return PolymarketQuote("s", 0, recv_ns, 0, end_ns, bid_e6, 10**6, ask_e6, 10**6, start_e8)


def book(ticker: str = TICKER, at_ns: int = OPEN - 60 * SECOND) -> MarketBookSnapshot:
    bids, asks = [(500_000, 1000), (490_000, 500)], [(520_000, 3000)]
    return MarketBookSnapshot(ticker, 0, at_ns, 0, 1, 1, bids, asks, checkpoint=False)


def venue(at_ns: int, usd: float) -> QuoteChanged:
    return QuoteChanged("binance", "B", 0, at_ns, 0, round((usd - 1) * 1e8), 1, round((usd + 1) * 1e8), 1)


def health(at_ns: int, *, fresh: bool) -> FeedHealth:
    return FeedHealth("any", 1, at_ns, fresh, 0, 0, 0, 0, 0, 0, 0, "" if fresh else "deaf")


def fair(at_ns: int = NOW, probability: float = 0.55, **changes: object) -> FairValue:
    made = FairValue(
        TICKER, at_ns, at_ns, probability, 84_000.0, 84_000_000_000, (CLOSE - at_ns) / 1e9, 0, 0.0, 5e-5,
        500_000, 1000, 520_000, 3000, 0.0, 0.0, [], [], "", sd_usd=60.0,
    )  # fmt: skip
    return msgspec.structs.replace(made, **changes)


def session() -> Iterator[tuple[str, Message]]:
    """Two minutes of everything, an index of 84,000 and a book at 50/52."""
    yield "brti", index(OPEN - SECOND, 84_000.0)
    yield "kalshi", defined(TICKER, 84_000)
    yield "kalshi", book()
    for strike, mid in ((83_750, 700_000), (84_000, 530_000), (84_250, 300_000)):
        yield "kalshi", defined(f"KXBTCD-{strike}", strike, strike_type="greater")
        yield "kalshi", MarketQuoteChanged(f"KXBTCD-{strike}", 0, OPEN, 0, mid - 10_000, 5, mid + 10_000, 5)
    for second in range(60):
        stamp_ns = OPEN + second * SECOND
        errors = [MethodError("cme-cf", 84_000.0, 0.5), MethodError("nowcast", 84_000.0, 9.0)]
        yield "brti", IndexCompared("BRTI", stamp_ns, stamp_ns, stamp_ns, 0, errors, 0.3, [])
    for tenth in range(1201):
        at_ns = OPEN + tenth * SECOND // 10
        yield "brti", index(at_ns, 84_000.0)
        if tenth % 10 == 0:
            yield "binance", venue(at_ns, 84_020.0)
        if tenth % 50 == 0:
            yield "kalshi", MarketTraded(TICKER, 0, at_ns, 0, "", 510_000, 100, tenth % 100 == 0, False)
    yield "kalshi", OfficialIndexPublished("BRTI", 0, NOW, NOW, 1, 84_000_000_000, -1, -1, 0)


def fed(rows: Iterator[tuple[str, Message]] | None = None) -> IndicatorSet:
    made = IndicatorSet(IndicatorSettings(), MarketSeconds(1.0), Rounding.DIRECT)
    for log, message in rows or session():
        made.take(log, message)
        if isinstance(message, IndexValue) and message.at_ns >= OPEN:
            made.values(message.at_ns, fair(message.at_ns))
    made.take("polymarket", polymarket(CLOSE, NOW, 540_000, 560_000))
    return made


def read(made: IndicatorSet, now: FairValue | None = None) -> dict[str, float]:
    now = now or fair()
    return dict(zip(INDICATORS, made.values(now.at_ns, now)[0], strict=True))


def has(values: dict[str, float]) -> set[str]:
    return {name for name, value in values.items() if not math.isnan(value)}


def test_every_indicator_has_its_value_in_its_place() -> None:
    values = read(fed())
    assert has(values) == set(INDICATORS) - {"delay-absorbed"}
    assert values["edge-yes"] == pytest.approx(0.55 - 0.52 - 0.0175)
    assert values["edge-no"] == pytest.approx(-(0.50 - 0.55 - 0.0175))
    assert values["maker-edge-yes"] == pytest.approx(0.55 - 0.50)
    assert values["maker-edge-no"] == pytest.approx(-(0.52 - 0.55))
    assert (values["delay"], values["delay-age"]) == (0.0, 0.0)
    assert values["momentum-5"] == values["momentum-60"] == 0.0
    assert values["micro-price"] == pytest.approx(-0.005)
    assert values["book-imbalance"] == pytest.approx(-0.394, abs=0.001)
    assert values["order-flow"] == 0.0
    assert values["trade-flow"] == pytest.approx(1 / 13)
    assert values["venue-lead"] == pytest.approx(0.0, abs=1e-9)
    assert values["proxy-gap"] == pytest.approx(-0.5)
    assert values["value-area"] == values["vwap-distance"] == pytest.approx(0.0, abs=1e-9)
    assert values["cross-market"] == pytest.approx(0.53 - 0.51, abs=1e-4)
    assert values["polymarket-gap"] > 0.0


def test_everything_that_rises_speaks_for_yes() -> None:
    made = fed()
    before = read(made)
    up = 84_000.0 * 1.0005
    made.take("brti", index(NOW + 1, up))
    made.take("binance", venue(NOW + 1, 84_020.0 * 1.001))
    made.take("kalshi", MarketBookChanged(TICKER, 0, NOW + 1, 0, 1, 2, True, 500_000, 9000, 8000))
    made.take("kalshi", MarketTraded(TICKER, 0, NOW + 1, 0, "", 510_000, 500, True, False))
    made.take("kalshi", MarketQuoteChanged("KXBTCD-84000", 0, NOW + 1, 0, 590_000, 5, 610_000, 5))
    after = read(made, fair(NOW + 1, 0.65, index_usd=up))
    rises = set(INDICATORS) - {"value-area", "vwap-distance", "polymarket-gap", "delay-age", "delay-absorbed"}
    for name in rises:
        assert after[name] > before[name], name
    made.take("polymarket", polymarket(CLOSE, NOW + 1, 640_000, 660_000))
    assert read(made, fair(NOW + 1, 0.65, index_usd=up))["polymarket-gap"] > after["polymarket-gap"]


def test_the_ages_are_of_each_values_oldest_input() -> None:
    made = fed()
    late_ns = NOW + SECOND
    made.take("brti", index(late_ns - 250_000_000, 84_000.0))
    values, ages = made.values(late_ns, fair(late_ns))
    by_name = dict(zip(INDICATORS, ages, strict=True))
    assert by_name["momentum-5"] == 250
    assert by_name["venue-lead"] == 1000
    assert by_name["proxy-gap"] == 1000
    assert by_name["trade-flow"] == 1000
    assert by_name["polymarket-gap"] == by_name["edge-yes"] == by_name["book-imbalance"] == 181_000
    assert [age == -1 for age in ages] == [math.isnan(value) for value in values]


def test_an_index_that_must_not_be_used_leaves_the_book() -> None:
    values = read(fed(), fair(probability=-1.0, index_usd=0.0, withheld="the index is older than 1 s"))
    assert has(values) == {
        "book-imbalance", "micro-price", "order-flow", "trade-flow", "value-area", "vwap-distance",
        "cross-market",
    }  # fmt: skip


def test_a_book_that_must_not_be_used_leaves_the_index() -> None:
    assert has(read(fed(), fair(bid_e6=-1, ask_e6=-1))) == OF_THE_INDEX


def test_a_market_that_nobody_described_leaves_the_index() -> None:
    assert has(read(fed(), fair(ticker="KXBTC15M-B", bid_e6=-1, ask_e6=-1))) == OF_THE_INDEX


@pytest.mark.parametrize(
    "lost",
    [
        MarketBookWithdrawn(TICKER, 0, NOW, "crossed"),
        FeedGap("kalshi", 2, NOW - 1, NOW, "closed"),
        FeedClosed("kalshi", 1, NOW, "closed", "network"),
        ActorStarted("kalshi", "s", 1, NOW, "1", "{}"),
    ],
    ids=lambda one: type(one).__name__,
)
def test_a_lost_book_is_not_used_until_it_is_there_again(lost: Message) -> None:
    made = fed()
    made.take("kalshi", lost)
    assert has(read(made)) == OF_THE_INDEX
    assert made.levels(TICKER, 5) == ([], [])
    made.take("kalshi", book(at_ns=NOW))
    values = read(made)
    assert {"edge-yes", "book-imbalance", "value-area"} <= has(values)
    assert {"order-flow", "delay"}.isdisjoint(has(values))
    assert ("trade-flow" in has(values)) == isinstance(lost, MarketBookWithdrawn)


def test_a_gap_that_ended_before_the_newest_book_takes_nothing_back() -> None:
    made = fed()
    made.take("kalshi", FeedGap("kalshi", 2, 0, OPEN - 90 * SECOND, "start"))
    assert "edge-yes" in has(read(made))


@pytest.mark.parametrize(
    "lost",
    [
        BookWithdrawn("binance", "B", 0, NOW, "gap"),
        FeedGap("binance", 2, NOW, NOW + 1, "closed"),
        FeedClosed("binance", 1, NOW, "closed", "network"),
        health(NOW, fresh=False),
    ],
    ids=lambda one: type(one).__name__,
)
def test_a_venue_that_is_lost_leads_nothing(lost: Message) -> None:
    made = fed()
    made.take("binance", lost)
    assert has(read(made)) == set(INDICATORS) - {"delay-absorbed", "venue-lead"}
    made.take("binance", venue(NOW + 1, 84_020.0))
    assert "venue-lead" in has(read(made))


@pytest.mark.parametrize(
    "lost",
    [PolymarketWithdrawn("s", 0, NOW, "in doubt"),
     FeedGap("polymarket", 2, NOW, NOW + 1, ""), FeedClosed("polymarket", 1, NOW, "", "network"),
     health(NOW, fresh=False)],
    ids=lambda one: type(one).__name__,
)  # fmt: skip
def test_polymarket_may_be_lost_and_come_back(lost: Message) -> None:
    made = fed()
    made.take("polymarket", lost)
    assert "polymarket-gap" not in has(read(made))
    made.take("polymarket", polymarket(CLOSE, NOW, 540_000, 560_000))
    assert "polymarket-gap" in has(read(made))


def test_other_methods_other_indices_and_block_trades_are_passed_over() -> None:
    made = fed()
    before = read(made)
    made.take("brti", index(NOW + 1, 90_000.0, chosen=False))
    made.take("brti", index(NOW + 1, 90_000.0, index_id="ETHUSD_RTI"))
    made.take("kalshi", OfficialIndexPublished("ETHUSD_RTI", 0, NOW + 1, NOW + 1, 1, 1, -1, -1, 0))
    made.take("kalshi", MarketTraded(TICKER, 0, NOW + 1, 0, "", 990_000, 10**6, True, True))
    made.take("kalshi", MarketQuoteChanged(TICKER, 0, NOW + 1, 0, 10_000, 1, 990_000, 1))
    assert read(made) == pytest.approx(before, nan_ok=True)


def test_a_venue_that_leaves_the_index_moves_no_indicator_of_it() -> None:
    made = fed()
    made.take("brti", index(NOW + 1, 84_042.0, ("lmax",)))
    values = read(made, fair(NOW + 1, index_usd=84_042.0))
    assert values["momentum-5"] == values["momentum-60"] == 0.0
    assert values["venue-lead"] == pytest.approx(0.0, abs=1e-9)
    assert math.isnan(values["delay"])


def test_another_method_begins_the_index_anew() -> None:
    made = fed()
    made.take("brti", index(NOW + 1, 84_000.0, method="nowcast"))
    assert has(read(made)).isdisjoint(OF_THE_INDEX | {"delay"})


def test_at_the_roll_the_next_market_stands_on_its_own_book_and_past() -> None:
    """Its book was seen before it opened: flows speak at once; prices that moved were not its own."""
    made = fed()
    following = "KXBTC15M-B"
    made.take("kalshi", defined(following, 84_000, CLOSE + 900 * SECOND))
    made.take("kalshi", book(following, CLOSE - 30 * SECOND))
    for tenth in range(50):
        made.take("brti", index(CLOSE + (tenth - 25) * SECOND // 10, 84_100.0))
    made.forget(TICKER)
    now = fair(CLOSE + SECOND, ticker=following)
    values = read(made, now)
    assert {"edge-yes", "book-imbalance", "order-flow"} <= has(values)
    assert {"delay", "trade-flow", "value-area", "vwap-distance", "cross-market"}.isdisjoint(has(values))
    made.take("polymarket", polymarket(CLOSE + 900 * SECOND, CLOSE + SECOND, 490_000, 510_000))
    assert "polymarket-gap" in has(read(made, now))  # the index at its start was seen
    assert math.isnan(read(made)["edge-yes"])


def test_markets_that_settle_after_they_were_dropped_do_not_pile_up() -> None:
    made = fed()
    for quarter in range(1, 50):
        close_ns = CLOSE + quarter * 900 * SECOND
        made.take("kalshi", defined(f"KXBTC15M-{quarter}", 84_000, close_ns))
        made.take("kalshi", defined(f"KXBTCD-{quarter}", 84_000, close_ns, "greater"))
        made.take("kalshi", book(f"KXBTC15M-{quarter}", close_ns - 900 * SECOND))
        made.forget(f"KXBTC15M-{quarter - 1}")
        made.take("kalshi", defined(f"KXBTC15M-{quarter - 1}", 84_000, close_ns - 900 * SECOND))
    assert len(made._markets) < 5
    assert len(made._cross._strikes) < 5


def test_the_same_records_give_the_same_values_bit_for_bit() -> None:
    one, other = fed(), fed()
    for turn in range(50):
        now = fair(NOW + turn, 0.5 + turn / 1000)
        assert repr(one.values(now.at_ns, now)) == repr(other.values(now.at_ns, now))


def test_records_that_are_of_no_use_are_passed_over() -> None:
    made = fed()
    before = read(made)
    made.take("kalshi", health(NOW, fresh=True))
    made.take("brti", ActorStarted("brti", "s", 1, NOW, "1", "{}"))
    assert read(made) == pytest.approx(before, nan_ok=True)


def test_the_levels_are_those_of_the_book() -> None:
    made = fed()
    assert made.levels(TICKER, 1) == ([(500_000, 1000)], [(520_000, 3000)])
    assert made.levels("KXBTC15M-B", 1) == ([], [])
