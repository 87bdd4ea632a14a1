import pytest

from replay.compare.evaluate import Opportunity, polled, spread, streamed
from tests.replay.compare.samples import at, market, reading


def test_changes_between_two_readings_are_missed() -> None:
    found = polled([market()], 1.0)
    # Of the changes at 1, 2, 3 and 4 s the readings at 2.4 and 4.4 s show the second and the last.
    assert (found.polls, found.seen, found.missed, found.unknown) == (3, 2, 2, 0)
    # Each is known when the first reading that shows it or a later one is there: at 2.5 and 4.5 s.
    assert found.known_s.count == 4
    assert found.known_s.most == pytest.approx(1.5)
    assert found.round_trip_ms.p50 == pytest.approx(100.0)


def test_it_was_right_as_long_as_nothing_had_changed() -> None:
    found = polled([market()], 1.0)
    # Right from 0.5 to 1 s and from 2.5 to 3 s, of 4 s in all.
    assert found.right_share == pytest.approx(1.0 / 4.0)
    assert found.wrong_usd.most == pytest.approx(0.02)


def test_a_slower_poller_misses_more() -> None:
    polls = [reading(n + 0.4, n) for n in range(5)]
    quick, slow = polled([market(polls)], 1.0), polled([market(polls)], 4.0)
    assert (quick.missed, slow.missed) == (0, 3)
    assert quick.right_share > slow.right_share


@pytest.mark.parametrize(
    ("seconds", "side", "price_e6", "fate"),
    [
        (0.6, "yes", 430_000, "at_once"),  # the reading of 0.5 s offers 0.42
        (2.05, "no", 580_000, "late"),  # the bid of 0.42 shows in the reading of 2.5 s, and stands until then
        (1.05, "yes", 430_000, "at_once"),  # it held 0.42, which was gone: it would have tried
        (3.1, "no", 570_000, "late"),  # 1 - 0.43, and 0.44 is better still
        (1.1, "no", 590_000, "late"),
    ],
)
def test_a_signal_is_seen_at_once_or_late(seconds: float, side: str, price_e6: int, fate: str) -> None:
    one = Opportunity(at(seconds), "edge", side, price_e6)
    (told,) = polled([market(opportunities=[one])], 1.0).signals
    assert {name: getattr(told, name) for name in ("at_once", "late", "missed")} == {
        **dict.fromkeys(("at_once", "late", "missed"), 0),
        fate: 1,
    }


def test_a_price_that_is_gone_before_the_next_reading_is_missed() -> None:
    polls = [reading(0.4, 4, 0.05), reading(2.4, 2)]
    # It holds an ask of 0.46; at 1.1 s the ask is 0.43, from 2 s on 0.44.
    one = Opportunity(at(1.1), "delay", "yes", 430_000)
    (told,) = polled([market(polls, [one])], 1.0).signals
    assert (told.kind, told.count, told.missed, told.late_s.count) == ("delay", 1, 1, 0)


def test_the_streams_side_is_counted_over_the_same_time() -> None:
    found = streamed([market(), market()])
    assert (found.changes, found.trades) == (8, 14)
    assert found.changes_per_s == pytest.approx(1.0)
    assert (found.latency_ms.p50, found.latency_ms.most) == (2.0, 3.0)


def test_of_nothing_there_are_no_percentiles() -> None:
    assert spread([]).p50 is None
