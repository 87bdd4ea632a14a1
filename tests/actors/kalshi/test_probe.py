"""Deaf or quiet."""

import pytest

from actors.errors import (
    DeafError,
)
from tests.actors.kalshi.rig import BOOK, TICKER, Rig, S, live


def probes(rig: Rig) -> int:
    return sum("orderbook" in path for path in rig.venue.asked)


def test_a_quiet_market_whose_book_rest_confirms_stays_fresh() -> None:
    rig = live()
    rig.venue.books[TICKER] = BOOK
    rig.run(60)
    assert 10 <= probes(rig) <= 25
    assert rig.adapter.freshness(rig.now_ns).fresh
    assert rig.adapter.freshness(rig.now_ns).age_ms < 4000


def test_a_stream_that_stays_silent_while_the_book_moves_is_deaf_within_seconds() -> None:
    rig = live()
    rig.venue.books[TICKER] = {**BOOK, "yes_dollars": [["0.4600", "1.00"]]}
    start_ns = rig.now_ns
    with pytest.raises(DeafError, match="REST shows another one, twice"):
        rig.run(10)
    assert rig.now_ns - start_ns < 6 * S


def test_a_change_between_two_differing_replies_clears_the_doubt() -> None:
    rig = live()
    rig.venue.books[TICKER] = {**BOOK, "yes_dollars": [["0.4600", "1.00"]]}
    for _ in range(10):
        rig.run(3.5)
        rig.delta("0.4500", "1.00")


def test_an_index_that_fell_silent_with_everything_else_is_deafness() -> None:
    rig = live()
    rig.venue.books[TICKER] = BOOK
    body = {"index_id": "BRTI", "value_usd": "68000.5", "source_ts_ms": 1710000000200}
    rig.frame({"type": "cfbenchmarks_value_5hz", "sid": 6, "seq": 1, "msg": body})
    with pytest.raises(DeafError, match="not even its index"):
        rig.run(9)


def test_a_paused_exchange_is_not_fresh_and_not_deaf() -> None:
    rig = live()
    rig.venue.books[TICKER] = BOOK
    body = {"index_id": "BRTI", "value_usd": "68000.5", "source_ts_ms": 1710000000200}
    rig.frame({"type": "cfbenchmarks_value_5hz", "sid": 6, "seq": 1, "msg": body})
    rig.venue.status = {"exchange_active": True, "trading_active": False,
                        "exchange_estimated_resume_time": "2026-08-17T05:00:00Z"}  # fmt: skip
    rig.run(60)
    freshness = rig.adapter.freshness(rig.now_ns)
    assert not freshness.fresh
    assert "paused trading until about 2026-08-17T05:00:00Z" in freshness.why_not
