"""Markets found, followed and left, on scripted clocks: daylight saving, pauses, caches, other speeds."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from actors.adapter import Get
from actors.kalshi.settings import Subscribe
from messages import DriftSeen, MarketChecked, MarketDefined, MarketRoleChanged
from tests.actors.kalshi.rig import (
    CLOSE_NS,
    NEXT,
    OPEN_NS,
    TICKER,
    Rig,
    S,
    Venue,
    iso,
    market,
    of,
    poller,
    stream,
    usual_venue,
)

EASTERN = ZoneInfo("America/New_York")


def ticker_at(close_ns: int) -> str:
    """A ticker as Kalshi writes it: the closing time in Eastern local time."""
    local = datetime.fromtimestamp(close_ns // S, UTC).astimezone(EASTERN)
    return f"KXBTC15M-{local:%y%b%d%H%M}-{local:%M}".upper()


def roles(rig: Rig) -> list[tuple[str, str]]:
    return [(message.running, message.upcoming) for message in of(rig.said, MarketRoleChanged)]


def newest(rig: Rig, ticker: str) -> MarketDefined:
    return [message for message in of(rig.said, MarketDefined) if message.ticker == ticker][-1]


class Windows(Venue):
    """A venue that has a market for every window: opens it, strikes it, settles it, all by the clock."""

    def __init__(self, first_ns: int, count: int, length_ns: int = 900 * S, name: Any = ticker_at) -> None:
        super().__init__()
        self.length_ns = length_ns
        self.opens = {name(first_ns + (n + 1) * length_ns): first_ns + n * length_ns for n in range(count)}

    def answer(self, get: Get) -> tuple[int, dict[str, Any]]:
        self.markets = {ticker: self._market(ticker, open_ns) for ticker, open_ns in self.opens.items()}
        return super().answer(get)

    def _market(self, ticker: str, open_ns: int) -> dict[str, Any]:
        now_ns, length_ns = self.now_ns, self.length_ns
        more: dict[str, Any] = {"status": "initialized"}
        if now_ns >= open_ns:
            more = {"status": "active"}
        if now_ns >= open_ns + length_ns * 7 // 9000:
            more |= {"floor_strike": 60_000 + open_ns // S % 1000, "strike_type": "greater_or_equal"}
        if now_ns >= open_ns + length_ns:
            more |= {"status": "closed"}
        if now_ns >= open_ns + length_ns + length_ns * 8 // 900:
            value = f"{60_000 + (open_ns + length_ns) // S % 1000:,}.00"
            more |= {"status": "finalized", "result": "yes", "expiration_value": value}
        return market(ticker, open_ns, length_ns=length_ns, updated_time=iso(now_ns), **more)


def test_the_running_market_and_the_next_one_are_found_by_rest() -> None:
    rig = poller()
    rig.run(1)
    assert roles(rig)[-1] == (TICKER, NEXT)
    defined = newest(rig, TICKER)
    assert (defined.strike_e6, defined.strike_source, defined.strike_type) == (
        63_441_030_000, "rest", "greater_or_equal"
    )  # fmt: skip
    assert (defined.open_ns, defined.close_ns, defined.series) == (OPEN_NS, CLOSE_NS, "KXBTC15M")
    assert (defined.event_ticker, defined.fee_type, defined.fee_multiplier) == (
        "KXBTC15M-26AUG170100", "quadratic", "1"
    )  # fmt: skip
    assert defined.ticks[0] == (0, 100_000, 1_000)


@pytest.mark.parametrize("speed", [1.0, 60.0])
def test_windows_follow_one_another_with_strikes_and_results(speed: float) -> None:
    length_ns = round(900 / speed) * S
    venue = Windows(OPEN_NS, 6, length_ns, lambda close_ns: f"KXBTC15M-T{close_ns // S}-00")
    rig = poller(OPEN_NS, venue, speed=speed)
    rig.run(3.5 * length_ns / S, 0.1 if speed > 1 else 0.5)
    tickers = list(venue.opens)
    steps = [running for running, _ in roles(rig) if running]
    assert list(dict.fromkeys(steps)) == tickers[:4]
    changes: dict[str, int] = {}
    for message in of(rig.said, MarketRoleChanged):
        changes.setdefault(message.running, message.at_ns)
    for ticker in tickers[1:4]:
        assert changes[ticker] - venue.opens[ticker] <= S // 2
    for ticker in tickers[:3]:
        done = newest(rig, ticker)
        strike_e6 = (60_000 + venue.opens[ticker] // S % 1000) * 1_000_000
        final_e6 = (60_000 + (venue.opens[ticker] + length_ns) // S % 1000) * 1_000_000
        assert (done.strike_e6, done.strike_source) == (strike_e6, "rest")
        assert (done.result, done.expiration_e6, done.status) == ("yes", final_e6, "finalized")


@pytest.mark.parametrize("day", ["2026-11-01T04:00:00", "2027-03-14T05:00:00"])
def test_the_clock_change_of_eastern_time_disturbs_nothing(day: str) -> None:
    """In autumn an hour of tickers comes twice: what tells two windows apart then is not documented, so
    a suffix stands for it here. Times are taken from the market's own fields alone."""
    first_ns = int(datetime.fromisoformat(day + "+00:00").timestamp()) * S

    def name(close_ns: int) -> str:
        fold = datetime.fromtimestamp(close_ns // S, UTC).astimezone(EASTERN).fold
        return ticker_at(close_ns) + "B" * fold

    venue = Windows(first_ns, 16, name=name)
    rig = poller(first_ns + S, venue)
    rig.run(15 * 900, 3.0)
    seen = list(dict.fromkeys(running for running, _ in roles(rig) if running))
    assert seen == list(venue.opens)[: len(seen)]
    assert len(seen) >= 15


def test_a_pause_of_the_exchange_is_a_reason_and_no_end() -> None:
    """Thursday 3:00 to 5:00 in New York: no windows, trading_active false, then it goes on."""
    thursday_ns = int(datetime(2026, 8, 20, 2, 45, tzinfo=EASTERN).timestamp()) * S
    before, after = Windows(thursday_ns, 1), Windows(thursday_ns + 8100 * S, 3)
    venue = Windows(thursday_ns, 0)
    venue.opens = before.opens | after.opens
    rig = poller(thursday_ns + S, venue)
    rig.run(600, 1.0)
    assert rig.adapter.freshness(rig.now_ns).fresh
    rig.run(400, 1.0)
    venue.status = {"exchange_active": True, "trading_active": False}
    rig.run(3600, 1.0)
    freshness = rig.adapter.freshness(rig.now_ns)
    assert not freshness.fresh
    assert "no market of KXBTC15M runs now (Kalshi has paused trading)" in freshness.why_not
    assert roles(rig)[-1] == ("", next(iter(after.opens)))
    venue.status = {"exchange_active": True, "trading_active": True}
    rig.run(8110 - 4000, 1.0)
    assert roles(rig)[-1][0] == next(iter(after.opens))
    assert rig.adapter.freshness(rig.now_ns).fresh


def test_a_paused_exchange_is_asked_at_a_polite_rate() -> None:
    rig = poller(venue=Venue())
    rig.run(60)
    assert len(rig.venue.asked) < 60 * 4


def test_a_market_that_is_not_there_yet_is_asked_for_again() -> None:
    venue = usual_venue()
    extra = "KXETH15M-26AUG170100-00"
    rig = poller(venue=venue, subscribe=Subscribe(["KXBTC15M"], [extra]))
    rig.run(10)
    assert any(path == f"/markets/{extra}" for path in venue.asked)
    venue.markets[extra] = market(extra)
    rig.run(10)
    assert newest(rig, extra).status == "active"
    assert extra in rig.adapter.desk.roster.running(rig.now_ns)


def test_an_older_object_from_a_cache_changes_nothing() -> None:
    rig = poller()
    rig.run(1)
    now_ns = rig.now_ns
    said = len(of(rig.said, MarketDefined))
    rig.venue.markets[TICKER] |= {"updated_time": iso(now_ns), "status": "finalized", "result": "no"}
    ask(rig, TICKER)
    assert newest(rig, TICKER).result == "no"
    rig.venue.markets[TICKER] |= {"updated_time": iso(now_ns - 10 * S), "status": "active", "result": "yes"}
    ask(rig, TICKER)
    assert newest(rig, TICKER).result == "no"
    assert len(of(rig.said, MarketDefined)) == said + 1


def ask(rig: Rig, ticker: str) -> None:
    rig.take([Get(f"/markets/{ticker}", f"market:{ticker}")])


def lifecycle(rig: Rig, event: str, ticker: str = TICKER, **more: Any) -> None:
    body = {"event_type": event, "market_ticker": ticker, **more}
    rig.frame({"type": "market_lifecycle_v2", "sid": 4, "msg": body})


def test_a_strike_of_the_lifecycle_stands_against_an_older_one_of_rest() -> None:
    rig = stream()
    lifecycle(rig, "metadata_updated", floor_strike=70000.5)
    rig.venue.markets[TICKER] |= {"updated_time": iso(rig.now_ns - S), "floor_strike": 1234567.0}
    ask(rig, TICKER)
    assert newest(rig, TICKER).strike_e6 == 70_000_500_000
    rig.venue.markets[TICKER] |= {"updated_time": iso(rig.now_ns + S), "floor_strike": 70001.5}
    ask(rig, TICKER)
    assert (newest(rig, TICKER).strike_e6, newest(rig, TICKER).strike_source) == (70_001_500_000, "rest")


def test_lifecycle_and_rest_together_tell_a_markets_life() -> None:
    rig = stream()
    new = "KXBTC15M-26AUG170130-30"
    metadata = {"event_ticker": "KXBTC15M-26AUG170130", "name": "x"}
    lifecycle(rig, "created", new, open_ts=CLOSE_NS // S + 900, close_ts=CLOSE_NS // S + 1800,
              additional_metadata=metadata, price_level_structure="linear_cent",
              price_ranges=[{"start": "0.0000", "end": "1.0000", "step": "0.0100"}])  # fmt: skip
    created = newest(rig, new)
    assert (created.status, created.ticks) == ("initialized", [(0, 1_000_000, 10_000)])
    assert created.event_ticker == "KXBTC15M-26AUG170130"
    assert (created.open_ns, created.close_ns) == (CLOSE_NS + 900 * S, CLOSE_NS + 1800 * S)
    lifecycle(rig, "close_date_updated", new, close_ts=CLOSE_NS // S + 1700)
    assert newest(rig, new).close_ns == CLOSE_NS + 1700 * S
    steps: list[tuple[str, dict[str, Any], str]] = [
        ("activated", {}, "active"),
        ("deactivated", {"is_deactivated": True}, "inactive"),
        ("determined", {"result": "yes", "settlement_value": "1.0000"}, "determined"),
        ("settled", {"settled_ts": 1}, "finalized"),
    ]
    for event, more, status in steps:
        lifecycle(rig, event, new, **more)
        assert newest(rig, new).status == status
    assert newest(rig, new).result == "yes"


def test_fees_of_an_event_stand_above_those_of_the_series() -> None:
    rig = stream()
    rig.run(1)
    event = {
        "event_ticker": "KXBTC15M-26AUG170100",
        "fee_type_override": "flat",
        "fee_multiplier_override": 0.5,
    }
    rig.frame({"type": "event_fee_update", "sid": 4, "msg": event})
    assert (newest(rig, TICKER).fee_type, newest(rig, TICKER).fee_multiplier) == ("flat", "0.5")
    event |= {"fee_type_override": None, "fee_multiplier_override": None}
    rig.frame({"type": "event_fee_update", "sid": 4, "msg": event})
    assert (newest(rig, TICKER).fee_type, newest(rig, TICKER).fee_multiplier) == ("quadratic", "1")


def test_words_that_the_documents_do_not_have_are_drift_and_kept() -> None:
    rig = poller()
    rig.run(1)
    rig.venue.markets[TICKER] |= {"status": "resting", "price_level_structure": "odd", "brand_new": 1}
    ask(rig, TICKER)
    assert newest(rig, TICKER).status == "resting"
    names = {message.name for message in of(rig.said, DriftSeen)}
    assert {"status resting", "market.brand_new"} <= names


def test_pages_are_followed_to_their_end() -> None:
    venue = usual_venue()
    pages = {"": ([venue.markets[TICKER]], "p2"), "p2": ([venue.markets[NEXT]], "")}

    def paged(get: Get) -> tuple[int, dict[str, Any]] | None:
        if not get.path.startswith("/markets?"):
            return None
        fields = dict(pair.split("=") for pair in get.path.partition("?")[2].split("&"))
        rows, cursor = pages[fields.get("cursor", "")]
        return 200, {"markets": rows if fields["status"] == "open" else [], "cursor": cursor}

    venue.refuse = paged
    rig = poller(venue=venue)
    rig.run(3)
    assert roles(rig)[-1] == (TICKER, NEXT)


def test_fees_that_were_announced_hold_from_their_time_on() -> None:
    venue = usual_venue()
    at_ns = OPEN_NS + 80 * S

    def changed(get: Get) -> tuple[int, dict[str, Any]] | None:
        if not get.path.startswith("/series/fee_changes"):
            return None
        row = {"series_ticker": "KXBTC15M", "fee_type": "quadratic", "fee_multiplier": 0.5}
        return 200, {"series_fee_change_arr": [row | {"scheduled_ts": iso(at_ns)}]}

    venue.refuse = changed
    rig = poller(OPEN_NS + 60 * S, venue)
    rig.run(10)
    assert (newest(rig, TICKER).fee_multiplier, newest(rig, TICKER).fee_source) == ("1", "series")
    rig.run(12)
    assert newest(rig, TICKER).fee_multiplier == "0.5"
    assert newest(rig, TICKER).at_ns == at_ns


def test_an_override_that_was_there_before_we_came_is_asked_for() -> None:
    rig = poller()

    def overridden(get: Get) -> tuple[int, dict[str, Any]] | None:
        if not get.path.startswith("/events/fee_changes?event_ticker=KXBTC15M-26AUG170100&"):
            return None
        row = {"event_ticker": "KXBTC15M-26AUG170100", "fee_multiplier_override": 0.25}
        return 200, {"event_fee_changes": [row | {"scheduled_ts": iso(OPEN_NS - S)}]}

    rig.venue.refuse = overridden
    rig.run(5)
    fee = newest(rig, TICKER)
    assert (fee.fee_type, fee.fee_multiplier, fee.fee_source) == ("quadratic", "0.25", "event")
    assert newest(rig, NEXT).fee_source == "series"


def settle(rig: Rig, **more: Any) -> None:
    row = {
        "status": "finalized",
        "result": "yes",
        "expiration_value": "63500.00",
        "updated_time": iso(rig.now_ns),
    }
    rig.venue.markets[TICKER] |= row | more


def checked(rig: Rig) -> list[MarketChecked]:
    return [message for message in of(rig.said, MarketChecked) if message.ticker == TICKER]


def test_a_settled_market_is_read_once_more_and_found_the_same() -> None:
    rig = poller(CLOSE_NS - 5 * S)
    rig.run(10)
    settle(rig)
    rig.run(40)
    assert newest(rig, TICKER).result == "yes"
    assert not checked(rig)
    rig.run(60, 1.0)
    (said,) = checked(rig)
    assert (said.result, said.expiration_e6, said.differences) == ("yes", 63_500_000_000, [])
    rig.run(600, 1.0)
    assert len(checked(rig)) == 1


def test_an_amendment_that_nobody_announced_is_found_and_named() -> None:
    rig = poller(CLOSE_NS - 5 * S)
    rig.run(10)
    settle(rig)
    rig.run(20)
    settle(rig, result="no", expiration_value="63400.00")
    rig.run(120, 1.0)
    (said,) = checked(rig)
    assert said.differences == ["result was yes, is no", "settlement was 63500.00, is 63400.00"]
    assert (newest(rig, TICKER).result, newest(rig, TICKER).expiration_e6) == ("no", 63_400_000_000)
    assert {"result differs from before", "settlement differs from before"} <= {
        message.name for message in of(rig.said, DriftSeen)
    }


def test_a_market_that_settled_while_nobody_watched_is_learnt_at_the_start() -> None:
    venue = usual_venue()
    before = "KXBTC15M-26AUG170045-45"
    venue.markets[before] = market(before, OPEN_NS - 900 * S, status="finalized", result="no",
                                   floor_strike=63000.0, expiration_value="63441.03")  # fmt: skip
    del venue.markets[TICKER]["floor_strike"]

    def settled(get: Get) -> tuple[int, dict[str, Any]] | None:
        if get.path.startswith("/markets?") and "status=settled" in get.path:
            return 200, {"markets": [venue.markets[before]], "cursor": ""}
        return None

    venue.refuse = settled
    rig = poller(venue=venue)
    rig.run(5)
    assert newest(rig, before).expiration_e6 == 63_441_030_000
    strike = newest(rig, TICKER)
    assert (strike.strike_e6, strike.strike_source) == (63_441_030_000, "previous")


HOUR = "KXBTCD-26AUG1701"


def hourly_venue() -> Venue:
    venue = usual_venue()
    for strike in range(62_999, 64_000, 250):
        ticker = f"{HOUR}-T{strike}.99"
        venue.markets[ticker] = market(ticker, CLOSE_NS - 3600 * S, length_ns=3600 * S, strike_type="greater",
                                       floor_strike=strike + 0.99)  # fmt: skip
    return venue


@pytest.mark.parametrize("make", [poller, stream])
def test_an_hourly_series_is_watched_at_its_nearest_strikes(make: Callable[..., Rig]) -> None:
    rig = make(venue=hourly_venue(), subscribe=Subscribe(["KXBTC15M", "KXBTCD"], [], strikes=2))
    rig.run(5)
    near = [f"{HOUR}-T63499.99", f"{HOUR}-T63249.99"]
    assert [m.running for m in of(rig.said, MarketRoleChanged) if m.series == "KXBTCD"][-1] == near[0]
    roster = rig.adapter.desk.roster
    assert sorted(roster.wanted(rig.now_ns)) == sorted([TICKER, *near])
    assert roster.running(rig.now_ns) == {TICKER, *near}
    roster.take_index(63_990_000_000)
    rig.run(5)
    assert f"{HOUR}-T63999.99" in roster.wanted(rig.now_ns)


def test_only_the_strikes_that_are_watched_are_followed_to_their_settlement() -> None:
    rig = poller(venue=hourly_venue(), subscribe=Subscribe(["KXBTC15M", "KXBTCD"], [], strikes=2))
    rig.run(CLOSE_NS / S - rig.now_ns / S + 60, 1.0)
    asked = {
        path for path in rig.venue.asked if path.startswith(f"/markets/{HOUR}") and "orderbook" not in path
    }
    assert f"/markets/{HOUR}-T62999.99" not in asked
    assert f"/markets/{HOUR}-T63499.99" in asked
