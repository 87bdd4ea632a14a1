"""What the screen knows, taken from the logs; and rates out of counts."""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cli.screen_state import Known, LogFollower, Rates
from messages import (
    FairValue,
    FeedOpened,
    IndexCompared,
    IndexValue,
    MarketDefined,
    MarketQuoteChanged,
    MarketRoleChanged,
    Message,
    PaperAccount,
    SettlementAverage,
    Share,
    Signal,
)
from messages.log import LogWriter
from tests.messages.log.samples import QUIET

NOW_NS = 1_795_000_000_000_000_000
S = 1_000_000_000
SERIES = "KXBTC15M"


def defined(number: int) -> MarketDefined:
    close_ns = NOW_NS + number * 900 * S
    return MarketDefined(f"M{number}", "E", SERIES, NOW_NS, close_ns - 900 * S, close_ns, "active",
                         "greater_or_equal", -1, "", "", -1, [], "quadratic", "1")  # fmt: skip


def role(running: str) -> MarketRoleChanged:
    return MarketRoleChanged(SERIES, NOW_NS, running, "")


def quote(number: int) -> MarketQuoteChanged:
    return MarketQuoteChanged(f"M{number}", 1, NOW_NS, NOW_NS, 520_000, 10_000, 540_000, 2_000)


def fair(ticker: str) -> FairValue:
    return FairValue(
        ticker, NOW_NS, NOW_NS, 0.5, 1.0, 1, 201.0, 0, 0.0, 5e-5, 1, 1, 2, 1, 0.0, 0.0, [], [], ""
    )


def index(usd: float, chosen: bool = True) -> IndexValue:
    shares = [Share("kraken", usd, 1.0, False, 0, 1)]
    return IndexValue("BRTI", "m", NOW_NS, NOW_NS, usd, shares, [], True, "", NOW_NS, chosen)


COMPARED = IndexCompared("BRTI", NOW_NS, NOW_NS, NOW_NS, 1, [], 0.0, [])
AVERAGE = SettlementAverage("M1", "official", NOW_NS, NOW_NS, NOW_NS, 1, 1, 1, 59, [], 1, 1, 1.0, 1 / 60, "")


def opened(conn: int) -> FeedOpened:
    return FeedOpened("kalshi", conn, NOW_NS, "wss://x", "127.0.0.1:9", "stream")


def test_of_each_sort_the_newest_is_known() -> None:
    known = Known()
    signal = Signal("edge", "M1", 1, 1, "no", 610_000, 14_500, 16_700, 0.35, 0.0225, 0.02, 4, [], [])
    account = PaperAccount(NOW_NS, 1, [], "2026-11-22", 0, 0, [], 0)
    opening = (opened(1), opened(2))
    for message in (index(1.0), index(2.0), fair("M1"), signal, account, *opening, COMPARED, AVERAGE):
        known.take(message)
    assert known.account == account
    assert (known.compared, known.average) == (COMPARED, AVERAGE)
    assert known.index == index(2.0)
    assert known.fair == fair("M1")
    assert known.signal == signal
    assert known.link == opened(2)


def test_methods_that_the_user_did_not_choose_are_not_the_index(tmp_path: Path) -> None:
    append(tmp_path, "brti", NOW_NS, index(1.0), index(2.0), index(3.0, chosen=False))
    with closing(LogFollower(tmp_path, NOW_NS)) as logs:
        logs.read()
        append(tmp_path, "brti", NOW_NS, index(4.0, chosen=False), COMPARED)
        logs.read()
        assert (logs.known.index, logs.known.compared) == (index(2.0), COMPARED)
        between = IndexValue("BRTI", "m", NOW_NS, NOW_NS, 5.0, [], [], False, "")
        append(tmp_path, "brti", NOW_NS, index(4.5), between)
        logs.read()
        assert (logs.known.index, logs.known.venues) == (between, ["kraken"])


def test_the_market_is_the_one_that_kalshi_says_runs_else_the_one_that_has_a_fair_value() -> None:
    known = Known()
    assert known.market() is None
    for message in (defined(1), defined(2), fair("M2")):
        known.take(message)
    assert known.market() == defined(2)
    known.take(role("M1"))
    assert known.market() == defined(1)
    known.take(role("not defined yet"))
    assert known.market() == defined(2)


def test_past_markets_are_forgotten_with_their_quotes() -> None:
    known = Known()
    for number in range(50):
        known.take(defined(number))
        known.take(quote(number))
        known.take(role(f"M{number}"))
    assert list(known.markets) == [f"M{number}" for number in range(30, 50)]
    assert set(known.quotes) == set(known.markets)
    assert known.market() == defined(49)


def append(data_dir: Path, log: str, at_ns: int, *messages: Message) -> None:
    with LogWriter(data_dir / "log" / log, QUIET) as writer:
        writer.append(list(messages), at_ns)


def test_what_feeds_restate_is_read_from_the_last_seconds_and_the_link_from_wherever_it_is(
    tmp_path: Path,
) -> None:
    append(tmp_path, "kalshi", NOW_NS - 3600 * S, opened(7), defined(1), role("M1"), quote(1))
    append(tmp_path, "kalshi", NOW_NS - 9 * S, defined(2), role("M2"))
    append(tmp_path, "brti", NOW_NS - S, index(1.0), index(2.0))
    with closing(LogFollower(tmp_path, NOW_NS)) as logs:
        assert logs.known.link == opened(7)
        logs.read()
        assert list(logs.known.markets) == ["M2"]
        assert logs.known.quotes == {}
        assert logs.known.index == index(2.0)
        assert logs.known.fair is None
        append(tmp_path, "signal", NOW_NS, fair("M2"))
        append(tmp_path, "kalshi", NOW_NS, quote(2), opened(8))
        logs.read()
        assert logs.known.quotes == {"M2": quote(2)}
        told = {type(known): known for known in (logs.known.fair, logs.known.link)}
        assert told == {FairValue: fair("M2"), FeedOpened: opened(8)}


def counted(**fields: Any) -> dict[str, Any]:
    return {"actors": [{"name": "kalshi", "in": 0, "out": 0} | fields]}


def test_rates_are_counted_over_the_last_seconds_and_begin_anew_with_a_new_process() -> None:
    rates = Rates()
    for second in range(10):
        rates.take(counted(**{"in": 50 * second}), float(second))
    assert rates.of("kalshi", "in") == 50.0
    rates.take(counted(**{"in": 3}), 10.0)
    assert rates.of("kalshi", "in") is None


@pytest.mark.parametrize("every_s", [0.01, 0.1, 0.25, 1.0, 5.0])
def test_a_steady_rate_is_found_however_often_one_looks(every_s: float) -> None:
    rates = Rates()
    for look in range(round(20 / every_s)):
        rates.take(counted(out=round(1000 * look * every_s)), look * every_s)
    found = rates.of("kalshi", "out")
    assert found == pytest.approx(1000, rel=0.01)


def test_a_rate_is_unknown_of_nobody_and_after_one_look() -> None:
    rates = Rates()
    assert rates.of("kalshi", "in") is None
    rates.take(counted(), 0.0)
    assert rates.of("kalshi", "in") is None
    rates.take(counted(), 0.4)
    assert rates.of("kalshi", "in") is None
