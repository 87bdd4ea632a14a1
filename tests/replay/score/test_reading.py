import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from messages import ActorStarted, FeedClosed, FeedGap, FeedHealth, MarketBookWithdrawn, Message
from replay.score.bought import DECISION, NO_BOOK_THEN, TAKEN
from replay.score.reading import Reading, Recorded, read
from replay.sessions import Session, sessions
from tests.messages.log.samples import segment_paths
from tests.replay.score.logs import SESSION, record, started, ticker
from tests.replay.score.made import BEGIN, QUARTER, S
from tests.replay.score.words import TICKER, decision, defined, fair, indicators, quote, signal, withheld

LIVE = Session(SESSION, "live", BEGIN - 5 * S, 2**62, 1.0)
FAST = Session(SESSION, "sim", BEGIN - 5 * S, 2**62, 10.0)


def recorded(*said: tuple[str, Message], session: Session = LIVE) -> Recorded:
    reading = Reading(100.0)
    reading.begin(session)
    for log, message in said:
        at_ns = getattr(message, "at_ns", 0) or getattr(message, "recv_ns", 0)
        reading.take(log, message, int(at_ns))
    reading.end()
    return reading.recorded([session])


def feed(*messages: Message) -> list[tuple[str, Message]]:
    return [("kalshi", message) for message in messages]


def test_signals_decisions_and_withheld_ones_are_kept_by_kind() -> None:
    found = recorded(
        *feed(defined(), quote(1, 400_000, 420_000)),
        ("signal", signal(10)),
        ("signal", decision(11)),
        ("signal", withheld(12, "closing", "soon")),
        ("signal", signal(13, kind="delay")),
        *feed(quote(600, 400_000, 420_000), defined(result="yes")),
    )
    assert found.kinds == ["edge", DECISION, "withheld: closing", "delay"]
    assert found.bought.kind.tolist() == [0, 1, 2, 3]
    assert (found.markets, found.undefined) == ([TICKER], 0)
    assert found.outcomes.yes(TICKER) == 1.0
    assert [gate.gate for gate in found.withheld.sum_up().gates] == ["closing"]


def test_a_market_that_no_record_defines_is_counted_and_not_judged() -> None:
    found = recorded(*feed(quote(1, 400_000, 420_000)), ("signal", signal(10)), ("signal", fair(10, 0.5)))
    assert (found.undefined, found.markets, len(found.bought.at_ns)) == (1, [], 0)
    assert found.speaking == {TICKER}


@pytest.mark.parametrize(
    "taken_back",
    [
        MarketBookWithdrawn(TICKER, 1, BEGIN + 20 * S, "sequence gap"),
        FeedClosed("kalshi", 1, BEGIN + 20 * S, "closed", "venue"),
        ActorStarted("kalshi", SESSION, 7, BEGIN + 20 * S, "1", "{}"),
        FeedGap("kalshi", 2, BEGIN + 20 * S, BEGIN + 40 * S, "killed"),
        FeedHealth("kalshi", 1, BEGIN + 20 * S, False, 1, 1, 0, 0, -1.0, -1.0, 0.0, "deaf"),
    ],
)
def test_what_the_feed_took_back_is_no_price(taken_back: Message) -> None:
    found = recorded(
        *feed(defined(), quote(1, 400_000, 420_000)),
        ("signal", signal(15)),
        *feed(taken_back),
        ("signal", signal(30)),
        *feed(quote(50, 500_000, 520_000)),
    )
    assert found.bought.later.tolist() == [TAKEN, NO_BOOK_THEN]
    assert found.bought.mid.tolist() == pytest.approx([0.41, math.nan], nan_ok=True)


def test_a_feed_that_is_fresh_again_has_its_book_back() -> None:
    doubts = [
        FeedHealth("kalshi", 1, BEGIN + at * S, at == 25, 1, 1, 0, 0, -1.0, -1.0, 0.0, "") for at in (20, 25)
    ]
    found = recorded(
        *feed(defined(), quote(1, 400_000, 420_000), *doubts),
        ("signal", signal(30)),
        *feed(quote(50, 500_000, 520_000)),
    )
    assert found.bought.mid.tolist() == [0.41]


def test_after_the_last_record_of_the_feed_nothing_is_known() -> None:
    found = recorded(
        *feed(defined(), quote(1, 400_000, 420_000), quote(12, 400_000, 420_000)), ("signal", signal(10))
    )
    assert found.bought.marks[:, 0] == pytest.approx([0.41, 0.41, *[math.nan] * 3], nan_ok=True)


def test_a_market_is_let_go_when_it_is_over_and_its_result_comes_later() -> None:
    later = [quote(900 + at, 400_000, 420_000, "next") for at in range(0, 400, 10)]
    reading = Reading(100.0)
    reading.begin(LIVE)
    for log, message in [
        *feed(defined(), quote(1, 400_000, 420_000)),
        ("signal", signal(10)),
        ("signal", fair(20, 0.5)),
        *feed(*later),
    ]:
        reading.take(log, message, int(getattr(message, "at_ns", 0) or getattr(message, "recv_ns", 0)))
    assert TICKER not in reading._open
    reading.take("kalshi", defined(result="no"), BEGIN + 1400 * S)
    reading.end()
    assert reading.recorded([LIVE]).outcomes.yes(TICKER) == 0.0


def test_the_clock_is_the_sessions_own() -> None:
    found = recorded(
        *feed(defined(), quote(1, 400_000, 420_000), quote(10.02, 500_000, 520_000), quote(99, 1, 2)),
        ("signal", signal(10)),
        session=FAST,
    )
    assert found.bought.later.tolist() == [TAKEN]
    assert found.bought.left_s.tolist() == [8900.0]


def test_fair_values_and_indicators_are_sampled() -> None:
    found = recorded(
        *feed(defined(), quote(1, 400_000, 420_000)),
        ("signal", fair(10, 0.6)),
        ("signal", indicators(10, edge_yes=0.18)),
        ("signal", fair(11, 0.7)),
        *feed(quote(600, 400_000, 420_000)),
    )
    assert found.sampled.probability.tolist() == [0.6]
    assert found.sampled.indicators[0].tolist() == [0.18]


def test_everything_is_read_from_the_logs_once(tmp_path: Path) -> None:
    record(tmp_path, windows=3, slow=True)
    told: list[float] = []
    found = read(tmp_path, sessions(tmp_path), 100.0, told.append)
    assert found.markets == [ticker(window) for window in range(3)]
    assert (found.lost, found.undefined, len(found.sampled.at_ns)) == (0, 0, 3 * 89)
    assert math.isnan(found.outcomes.yes(ticker(2)))
    assert told[-1] == pytest.approx(1.0)
    assert told == sorted(told)
    assert set(found.kinds) == {"edge", DECISION, "withheld: closing"}
    assert (np.diff(found.bought.at_ns) >= 0).all()


def test_what_is_known_later_changes_nothing_that_was_known_before(tmp_path: Path) -> None:
    """A placebo against look-ahead: another future, and the same past."""
    record(tmp_path / "whole", windows=3, slow=True, seed=5)
    record(tmp_path / "other", windows=2, slow=True, seed=5)
    whole, other = (
        read(tmp_path / name, sessions(tmp_path / name), 100.0, lambda share: None).bought
        for name in ("whole", "other")
    )
    count = int((whole.close_ns <= BEGIN + 2 * QUARTER).sum())
    assert count == len(other.at_ns)
    for ours, theirs in zip(whole, other, strict=True):
        np.testing.assert_array_equal(ours[..., :count], theirs)


def test_only_the_sessions_asked_for_are_read(tmp_path: Path, append: Callable[..., None]) -> None:
    record(tmp_path, windows=2, slow=True)
    again = "2026-11-23T09-00-00Z"
    append(tmp_path, "supervisor", started("supervisor", 9000, again))
    append(tmp_path, "kalshi", defined("other", 10), quote(9100, 400_000, 420_000, "other"))
    append(tmp_path, "signal", signal(9105, ticker="other"))
    both = sessions(tmp_path)
    assert [one.name for one in both] == [SESSION, again]
    assert read(tmp_path, both[1:], 100.0, lambda share: None).markets == ["other"]
    assert "other" not in read(tmp_path, both[:1], 100.0, lambda share: None).markets
    assert len(read(tmp_path, both, 100.0, lambda share: None).markets) == 3


def test_the_ways_in_which_the_signal_actor_was_set_are_counted() -> None:
    runs = [started("signal", 1, settings=f'{{"cooldown_s": {seconds}}}') for seconds in (5, 5, 9)]
    assert recorded(*(("signal", run) for run in runs)).settings == 2


def test_damage_is_stepped_over_and_counted(tmp_path: Path) -> None:
    record(tmp_path, windows=2, slow=True)
    path = segment_paths(tmp_path / "log" / "signal")[0]
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    found = read(tmp_path, sessions(tmp_path), 100.0, lambda share: None)
    assert found.lost >= 1
    assert len(found.markets) == 2
