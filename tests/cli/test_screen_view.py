"""What the screen shows for what is known: complete, within its width, never old as current."""

from typing import Any

import pytest

from cli.config import EXCHANGES
from cli.roster import ACTORS
from cli.screen_state import Known, Rates
from cli.screen_view import screen
from messages import (
    FairValue,
    FeedOpened,
    IndexCompared,
    IndexValue,
    LeftOut,
    MarketDefined,
    MarketQuoteChanged,
    MarketRoleChanged,
    MethodError,
    PaperAccount,
    Position,
    SettlementAverage,
    Share,
    Signal,
)

NOW_NS = 1_795_000_000_000_000_000
S = 1_000_000_000
TICKER = "KXBTC15M-26NOV221630-30"


def actor(name: str, **changes: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "name": name, "state": "running", "reason": "", "pid": 7, "uptime_s": 60.0, "restarts": 0,
        "fresh": True, "data_age_s": 0.1, "in": 1000, "out": 2000, "lag": 0,
        "latency_ms": {"p50": 0.4, "p99": 1.2}, "rss_mb": 33.0, "cpu_pct": 1.5, "last_error": "",
        "detail": {},
    }  # fmt: skip
    return usual | changes


def status(*actors: dict[str, Any]) -> dict[str, Any]:
    return {
        "session": "2026-11-22T20-55-40Z",
        "mode": "sim",
        "supervisor": {"pid": 1, "uptime_s": 61.0, "version": "1"},
        "data_dir": "/data/sim",
        "actors": list(actors) or [actor("kalshi"), actor("brti"), actor("signal")],
    }


def known(age_s: float = 0.0) -> Known:
    at_ns = NOW_NS - int(age_s * S)
    one = Known()
    shares = [Share("coinbase", 97_000.0, 8000.0, False, 5, 1)]
    left_out = [LeftOut("gemini", "stale", 4000)]
    one.take(IndexValue("BRTI", "volume-weighted", at_ns, at_ns, 97_123.45, shares, left_out, True, ""))
    close_ns = NOW_NS + 201 * S
    one.take(MarketDefined(TICKER, "E", "KXBTC15M", at_ns, NOW_NS, close_ns, "active", "greater_or_equal",
                           97_100_000_000, "rest", "", -1, [], "quadratic", "1"))  # fmt: skip
    one.take(MarketRoleChanged("KXBTC15M", at_ns, TICKER, ""))
    one.take(MarketQuoteChanged(TICKER, 1, at_ns, at_ns, 520_000, 10_000, 545_000, 2_050))
    one.take(FairValue(TICKER, at_ns, at_ns, 0.5312, 97_123.45, 97_100_000_000, 201.0, 0, 0.0, 5e-5,
                       520_000, 10_000, 545_000, 2_050, -0.031, 0.034, [], [], ""))  # fmt: skip
    one.take(FeedOpened("kalshi", 1, at_ns, "wss://x", "127.0.0.1:9", "stream"))
    return one


def shown(
    found: dict[str, Any], what: Known, width: int = 140, silent_s: float = 0.0, height: int = 50
) -> list[str]:
    return screen(found, silent_s, what, Rates(), NOW_NS, width, height).plain.split("\n")


def line(lines: list[str], beginning: str) -> str:
    (found,) = [text for text in lines if text.startswith(beginning)]
    return found


def test_the_top_says_index_market_quote_fair_value_and_time_left() -> None:
    lines = shown(status(), known())
    assert "SIMULATION" in lines[0]
    assert line(lines, "Index") == (
        "Index   $97,123.45  0.0 s old  volume-weighted  without gemini (stale)  from coinbase"
    )
    assert line(lines, "Market") == f"Market  {TICKER}  strike $97,100.00  3:21 left"
    assert line(lines, "YES") == "YES     bid $0.52 x 100  ask $0.545 x 20.50"
    assert line(lines, "Fair") == "Fair    $0.5312  edge yes -0.031  no +0.034  0.0 s old"
    assert line(lines, "Kalshi: ").startswith("Kalshi: streaming")


def test_without_a_key_it_says_that_kalshi_is_polled() -> None:
    what = known()
    what.take(FeedOpened("kalshi", 2, NOW_NS, "https://x", "", "poll"))
    assert line(shown(status(), what), "Kalshi: ").startswith("Kalshi: polling (no key)")


def test_what_is_too_old_is_marked_and_dimmed() -> None:
    text = screen(status(), 0.0, known(age_s=7.0), Rates(), NOW_NS, 140, 50)
    lines = text.plain.split("\n")
    assert "OLD: 7.0 s" in line(lines, "Index")
    assert "OLD: 7.0 s" in line(lines, "Fair")
    begin = text.plain.index("$97,123.45")
    assert [span.style for span in text.spans if span.start == begin] == ["dim"]


@pytest.mark.parametrize("trouble", [{"fresh": False}, {"state": "backoff"}, {"state": "stopped"}])
def test_a_quote_whose_feed_is_not_fresh_is_not_current(trouble: dict[str, Any]) -> None:
    lines = shown(status(actor("kalshi", **trouble)), known())
    assert "NOT CURRENT" in line(lines, "YES")


def test_a_quote_whose_feed_has_fallen_silent_is_old() -> None:
    assert "OLD: 9.0 s" in line(shown(status(actor("kalshi", data_age_s=9.0)), known()), "YES")


def test_a_silent_supervisor_is_named() -> None:
    assert "no word from the supervisor for 9.0 s" in shown(status(), known(), silent_s=9.0)[0]


def test_an_actor_in_trouble_is_shown_with_its_reason() -> None:
    found = status(actor("kraken", state="backoff", reason="connection refused", fresh=False, restarts=3))
    assert "connection refused" in line(shown(found, Known(), 140), "kraken  ")
    assert line(shown(found, Known(), 80), "kraken: ") == "kraken: connection refused"


def test_what_nobody_has_told_yet_is_a_dash() -> None:
    empty = actor("kalshi", data_age_s=None, uptime_s=None, cpu_pct=None, rss_mb=None, pid=None)
    empty["latency_ms"] = {"p50": None, "p99": None}
    lines = shown(status(empty), Known())
    assert line(lines, "Market") == "Market  none known yet"
    assert line(lines, "kalshi  ").split()[2:8] == ["yes", "-", "-", "-", "-", "-"]


@pytest.mark.parametrize("width", [20, 60, 80, 109, 110, 140, 300])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    found = status(*(actor(name, last_error="x" * 200) for name in ("kalshi", "coinbase", "brti")))
    assert max(len(text) for text in shown(found, known(), width)) <= width


def test_between_grid_times_the_venues_are_those_of_the_grid() -> None:
    what = known()
    what.take(IndexValue("BRTI", "volume-weighted", NOW_NS, NOW_NS, 97_124.0, [], [], False, ""))
    assert line(shown(status(), what), "Index").endswith("  volume-weighted  from coinbase")
    out = [LeftOut("coinbase", "crossed", 4)]
    what.take(IndexValue("BRTI", "volume-weighted", NOW_NS, NOW_NS, 97_124.0, [], out, False, ""))
    assert line(shown(status(), what), "Index").endswith("  without coinbase (crossed)  from no venue")


def test_the_error_is_that_of_the_method_shown_and_only_while_it_is_known() -> None:
    what = known()
    errors = [MethodError("cme-cf", 1.0, 0.5), MethodError("volume-weighted", 1.0, -1.25)]
    what.take(IndexCompared("BRTI", NOW_NS, NOW_NS, NOW_NS, 1, errors, 0.0, []))
    assert "  error -1.25 bps  without gemini" in line(shown(status(), what), "Index")
    what.take(IndexCompared("BRTI", NOW_NS, NOW_NS - 9 * S, NOW_NS, 1, errors, 0.0, []))
    assert "error" not in line(shown(status(), what), "Index")


def average(ticker: str = TICKER, **changes: Any) -> SettlementAverage:
    usual: dict[str, Any] = {
        "ticker": ticker, "source": "official", "close_ns": NOW_NS + 37 * S, "at_ns": NOW_NS,
        "stamp_ns": NOW_NS, "known": 23, "sum_cents": 1, "average_cents": 9_710_000, "remaining": 37,
        "missing": [], "strike_cents": 9_710_100, "required_sum_cents": 1, "required_usd": 97_102.5,
        "locked_share": 23 / 60, "result": "",
    }  # fmt: skip
    return SettlementAverage(**usual | changes)


def test_the_closing_minute_says_what_it_has_come_to_and_what_is_needed() -> None:
    what = known()
    what.take(average())
    assert line(shown(status(), what), "Average") == (
        "Average $97,100.00 of 23 (official)  0.0 s old  37 left must average $97,102.50 for YES"
    )
    what.take(average(strike_cents=-1))
    assert line(shown(status(), what), "Average").endswith("old")
    what.take(average(known=60, remaining=0, result="no"))
    assert line(shown(status(), what), "Average") == "Average $97,100.00 of 60 (official), settles NO"
    what.take(average("another"))
    assert not [text for text in shown(status(), what) if text.startswith("Average")]


EVERYBODY = ("simulator", *ACTORS)


def signalled() -> Known:
    what = known()
    what.take(average())
    what.take(Signal("edge", TICKER, NOW_NS, 1, "no", 610_000, 100, 1, 0.35, 0.0225, 0.02, 4, [], []))
    what.take(account(Position(TICKER, 0, 0, 0)))
    return what


def account(*positions: Position) -> PaperAccount:
    return PaperAccount(NOW_NS, 4, list(positions), "2026-11-22", -1_230_000, 2_345_678_900, [], 7)


def test_the_paper_line_says_what_is_held_here_and_elsewhere_and_what_it_has_made() -> None:
    what = known()
    what.take(account())
    made = "today -$1.23, in all +$2,345.68, after fees, on paper"
    assert line(shown(status(), what), "Paper") == f"Paper   holds nothing  {made}"
    what.take(account(Position(TICKER, 1200, 50, 1), Position("X", 100, 0, 1), Position("Y", 0, 0, 5)))
    holds = "holds 12 YES and 0.50 NO, 1 other market"
    assert line(shown(status(), what, 120), "Paper") == f"Paper   {holds}  {made}"


def test_everybody_fits_a_terminal_of_24_lines_and_80_columns() -> None:
    lines = shown(status(*map(actor, EVERYBODY)), signalled(), 80, height=24)
    assert len(lines) == 24
    for name in ("Index", "Market", "YES", "Fair", "Average", "Signal", "Paper", "Kalshi:"):
        assert [text for text in lines if text.startswith(f"{name} ")], name
    rows = [name for name in EVERYBODY if any(text.startswith(f"{name} ") for text in lines)]
    briefly = line(lines, "running and fresh: ").split()[3:]
    assert sorted([*rows, *briefly]) == sorted(EVERYBODY)
    assert set(briefly) < set(EXCHANGES)


def test_with_less_room_whoever_is_in_trouble_keeps_the_row() -> None:
    troubled = {"kraken": "checksum", "gemini": "no data for 8 s"}
    actors = [
        actor(name, state="backoff", fresh=False, reason=troubled[name]) if name in troubled else actor(name)
        for name in EVERYBODY
    ]
    lines = shown(status(*actors), signalled(), 80, height=16)
    assert len(lines) <= 16
    assert line(lines, "kraken  ").split()[1] == "backoff"
    assert line(lines, "gemini: ") == "gemini: no data for 8 s"
    assert set(EVERYBODY) - set(troubled) <= set(" ".join(lines[-4:]).split())


def test_with_room_nothing_is_left_out() -> None:
    lines = shown(status(), signalled(), 80, height=50)
    assert lines.count("") == 2
    assert line(lines, "Data: ") == "Data: /data/sim"
    assert line(lines, "Ctrl-C")
    assert line(shown(status(), signalled(), 84), "Index").endswith("  from 1 venue")
