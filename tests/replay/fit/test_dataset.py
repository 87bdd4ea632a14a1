"""What is read of recorded sessions to be fitted on."""

import math
from pathlib import Path

import msgspec
import numpy as np
import pytest

from messages import INDICATORS
from messages.log import LogWriter
from replay.fit.dataset import Dataset, collect
from replay.sessions import EVER_NS, Session, sessions
from tests.messages.log.samples import QUIET
from tests.replay.fit.made import STEPS, S, markets, right
from tests.replay.fit.records import SESSION, defined, fair, indicators, record, started

(MADE,) = markets(1, right, seed=1)
LIVE = Session("s", "live", 0, EVER_NS, 1.0)


def test_what_was_recorded_is_read_as_it_was_thought(tmp_path: Path) -> None:
    made = markets(4, right, seed=1)
    record(tmp_path, made)
    shares: list[float] = []
    found = collect(tmp_path, sessions(tmp_path), shares.append)
    assert [market.ticker for market in found] == ["M0", "M1", "M2", "M3"]
    for read, written in zip(found, made, strict=True):
        for one, other in zip(read, written, strict=True):
            if isinstance(one, np.ndarray):
                np.testing.assert_array_equal(one, other)
            else:
                assert one == other
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_without_sessions_there_is_nothing(tmp_path: Path) -> None:
    assert collect(tmp_path, []) == []


def test_only_the_sessions_named_are_sampled_but_a_later_one_may_tell_the_end(tmp_path: Path) -> None:
    first, second = markets(2, right, seed=2)
    record(tmp_path, [first._replace(known_ns=0)])
    with LogWriter(tmp_path / "log" / "supervisor", QUIET) as writer:
        writer.append([started("supervisor", second.open_ns, "later")], second.open_ns)
    with LogWriter(tmp_path / "log" / "kalshi", QUIET) as writer:
        writer.append([defined(first, "yes"), defined(second)], second.open_ns)
    with LogWriter(tmp_path / "log" / "signal", QUIET) as writer:
        writer.append([fair(second, 3)], second.open_ns + 60 * S)
    both = sessions(tmp_path)
    found = collect(tmp_path, both[:1])
    assert [(market.ticker, market.outcome, market.known_ns) for market in found] == [
        ("M0", 1.0, second.open_ns)
    ]
    assert [(market.ticker, market.session) for market in collect(tmp_path, both)] == [
        ("M0", SESSION),
        ("M1", "later"),
    ]


def test_damage_is_stepped_over(tmp_path: Path) -> None:
    record(tmp_path, markets(4, right, seed=1))
    (segment,) = (tmp_path / "log" / "signal").glob("*.seg")
    content = bytearray(segment.read_bytes())
    content[len(content) // 2] ^= 0xFF
    segment.write_bytes(content)
    found = collect(tmp_path, sessions(tmp_path))
    whole = sum(int((~np.isnan(market.values[:, 0])).sum()) for market in found)
    assert 0 < 4 * STEPS - whole < STEPS


@pytest.mark.parametrize("speed", [1.0, 60.0])
def test_a_market_is_sampled_once_in_ten_market_seconds(speed: float) -> None:
    dataset = Dataset()
    session = LIVE._replace(speed=speed)
    dataset.take(session, defined(MADE), 1, 1)
    for seq, market_s in enumerate([0.0, 4.0, 9.9, 10.1, 18.0, 31.0]):
        at_ns = MADE.open_ns + round(market_s * S / speed)
        dataset.take(session, msgspec.structs.replace(fair(MADE, 1), at_ns=at_ns), 10 + seq, 1)
    (found,) = dataset.markets()
    assert (found.at_ns - MADE.open_ns).tolist() == [round(s * S / speed) for s in (0.0, 10.1, 31.0)]


def test_what_is_withheld_or_certain_is_no_sample() -> None:
    dataset = Dataset()
    dataset.take(LIVE, defined(MADE), 1, 1)
    dataset.take(LIVE, fair(MADE, 0, withheld="no book yet"), 2, 1)
    dataset.take(LIVE, msgspec.structs.replace(fair(MADE, 1), probability=1.0), 3, 1)
    assert dataset.markets() == []
    dataset.take(LIVE, fair(MADE, 2), 4, 1)
    assert len(dataset.markets()[0].at_ns) == 1


def test_indicators_belong_to_the_fair_value_that_they_name() -> None:
    dataset = Dataset()
    dataset.take(LIVE, defined(MADE), 1, 1)
    dataset.take(LIVE, indicators(MADE, 0, 5), 2, 1)
    dataset.take(LIVE, fair(MADE, 0), 10, 1)
    dataset.take(LIVE, indicators(MADE, 1, 9), 11, 1)
    dataset.take(LIVE, fair(MADE, 1), 12, 1)
    dataset.take(LIVE, indicators(MADE, 1, 12), 13, 1)
    dataset.take(LIVE, indicators(MADE, 2, 12), 14, 1)
    (found,) = dataset.markets()
    assert all(map(math.isnan, found.values[0]))
    np.testing.assert_array_equal(found.values[1], MADE.values[1])


def test_an_older_record_with_fewer_indicators_is_filled_up() -> None:
    dataset = Dataset()
    dataset.take(LIVE, defined(MADE), 1, 1)
    dataset.take(LIVE, fair(MADE, 0), 10, 1)
    fewer = msgspec.structs.replace(indicators(MADE, 0, 10), values=[1.0, 2.0])
    dataset.take(LIVE, fewer, 11, 1)
    values = dataset.markets()[0].values[0]
    assert values[:2].tolist() == [1.0, 2.0]
    assert np.isnan(values[2:]).all()
    assert len(values) == len(INDICATORS)


def test_a_market_without_a_definition_has_no_close_and_is_left_out() -> None:
    dataset = Dataset()
    dataset.take(LIVE, fair(MADE, 0), 10, 1)
    assert dataset.markets() == []


def test_the_result_is_known_from_when_it_was_last_changed() -> None:
    dataset = Dataset()
    dataset.take(LIVE, fair(MADE, 0), 10, 1)
    outcomes = []
    for at_ns, result in enumerate(["", "yes", "yes", "", "no", "scalar"]):
        dataset.take(LIVE, defined(MADE, result), at_ns, at_ns)
        (market,) = dataset.markets()
        outcomes.append((market.outcome, market.known_ns))
    assert outcomes[1:5] == [(1.0, 1), (1.0, 1), (1.0, 1), (0.0, 4)]
    assert math.isnan(outcomes[0][0])
    assert math.isnan(outcomes[5][0])
