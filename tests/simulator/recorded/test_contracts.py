"""Kalshi's markets moved by their recorded messages."""

import json
from typing import Any

from messages import Message
from simulator.kalshi.audience import Audience
from simulator.kalshi.documents import market_document
from simulator.kalshi.frames import snapshot as snapshot_of
from simulator.recorded.contracts import RecordedContracts
from simulator.recorded.playhead import Playhead
from simulator.recorded.world import RecordedWorld
from simulator.settings import KalshiSettings
from tests.simulator.recorded.logs import (
    T0_NS,
    TICKER,
    S,
    closed,
    contract_book,
    contract_change,
    contract_trade,
    defined,
    index,
    started,
)

NOW_NS = 1_795_000_000 * S
BIDS, ASKS = [(480_000, 5_000), (95_000, 700)], [(520_000, 4_000)]


class Ear(Audience):
    """Everything that anybody could be told, as (kind, body)."""

    def __init__(self) -> None:
        super().__init__(KalshiSettings())
        self.heard: list[tuple[str, Any]] = []

    def book_changed(self, market: Any, change: Any, now_ns: int) -> None:
        self.heard.append(("delta", change))

    def snapshot(self, market: Any) -> None:
        self.heard.append(("snapshot", json.loads(snapshot_of(market, yes_prices=False))))

    def traded(self, market: Any, traded: Any) -> None:
        self.heard.append(("trade", traded.print))

    def quoted(self, market: Any, now_ns: int) -> None:
        self.heard.append(("ticker", market.quote_e4()))

    def lifecycle(self, body: str, kind: str = "lifecycle") -> None:
        self.heard.append((json.loads(body).get("event_type", kind), json.loads(body)))

    def index(self, body: str, fast: bool = False) -> None:
        self.heard.append(("fast" if fast else "slow", json.loads(body)))

    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.heard]


class Played:
    def __init__(self, *messages: Message) -> None:
        self.ear = Ear()
        self.world = RecordedWorld(1.0, {"kalshi": 0.0})
        self.head = Playhead(T0_NS, 1.0, 1.0, NOW_NS - 1)
        self.contracts = RecordedContracts(KalshiSettings(), self.world, self.ear, self.head)
        for message in messages:
            self.contracts.play(message, NOW_NS)

    def play(self, *messages: Message) -> list[str]:
        self.ear.heard.clear()
        for message in messages:
            self.contracts.play(message, NOW_NS)
        return self.ear.kinds()

    def document(self) -> dict[str, Any]:
        market = self.contracts.find(TICKER)
        assert market is not None
        return market_document(market, self.contracts.clock)


def test_a_market_keeps_its_ticker_and_its_times_come_to_the_present() -> None:
    played = Played(defined())
    assert played.ear.kinds() == ["event_lifecycle", "created"]
    document = played.document()
    assert document["open_time"] == "2026-11-18T11:06:40Z"
    assert document["close_time"] == "2026-11-18T11:21:40Z"
    assert (document["ticker"], document["status"], document["floor_strike"]) == (TICKER, "active", 60_000)
    assert document["price_level_structure"] == "tapered_deci_cent"


def test_a_book_comes_as_a_snapshot_and_moves_by_deltas() -> None:
    played = Played(defined())
    assert played.play(contract_change(True, 480_000, 5_000, 5_000)) == []
    assert played.play(contract_book(BIDS, ASKS)) == ["snapshot"]
    assert played.ear.heard[0][1]["yes_dollars_fp"] == [["0.0950", "7.00"], ["0.4800", "50.00"]]
    assert played.ear.heard[0][1]["no_dollars_fp"] == [["0.4800", "40.00"]]
    assert played.play(contract_change(True, 480_000, 4_000, -1_000)) == ["delta"]
    assert played.ear.heard[0][1].change == -1_000
    assert played.play(contract_book([(480_000, 4_000), (95_000, 700)], ASKS)) == []
    assert played.play(contract_book([(480_000, 4_100), (95_000, 700)], [])) == ["delta", "delta"]


def test_a_feed_that_was_away_leaves_an_empty_book_until_the_next_whole_one() -> None:
    for end in (started("kalshi"), closed("kalshi")):
        played = Played(defined(), contract_book(BIDS, ASKS))
        assert played.play(end, contract_change(True, 480_000, 4_000, -1_000)) == []
        assert played.document()["yes_bid_dollars"] == "0.0000"
        assert played.contracts.quiet
        assert played.play(contract_book(BIDS, ASKS)) == ["snapshot"]
        assert not played.contracts.quiet
    stopped = Played(defined(), contract_book(BIDS, ASKS), closed("kalshi", "none"))
    assert stopped.document()["yes_bid_dollars"] == "0.4800"


def test_trades_count_and_tickers_follow() -> None:
    played = Played(defined(), contract_book(BIDS, ASKS))
    assert played.play(contract_trade(520_000, 300)) == ["trade"]
    played.contracts.step(NOW_NS + S)
    assert played.ear.heard[-1] == ("ticker", (4_800, 5_200, 5_000, 4_000))
    assert played.document()["volume_fp"] == "3.00"
    assert played.document()["last_price_dollars"] == "0.5200"


def test_the_strike_the_result_and_the_settlement_are_the_recorded_ones() -> None:
    played = Played(defined(strike_e6=-1))
    assert "floor_strike" not in played.document()
    assert played.play(defined(strike_e6=1, strike_source="previous")) == []
    assert "floor_strike" not in played.document()
    assert played.play(defined()) == ["metadata_updated"]
    assert played.play(defined("closed")) == []
    for status, said in (("determined", "determined"), ("finalized", "settled")):
        assert played.play(defined(status, result="yes", expiration_e6=60_001_230_000)) == [said]
    assert played.document()["expiration_value"] == "60001.23"
    assert played.document()["result"] == "yes"


def test_a_pause_of_trading_is_told() -> None:
    played = Played(defined())
    assert played.play(defined("inactive")) == ["deactivated"]
    assert played.play(defined()) == ["activated"]


def test_where_the_recording_had_to_wait_the_market_lasts_longer() -> None:
    played = Played(defined())
    played.head.move(NOW_NS + 10 * S)
    played.contracts.step(NOW_NS + 10 * S)
    assert played.document()["close_time"] == "2026-11-18T11:21:51Z"


def test_index_values_go_out_and_are_the_worlds() -> None:
    played = Played()
    assert played.play(index(1, 6_000_007), index(1.2, 6_000_009, hz=5)) == ["slow", "fast"]
    assert played.world.index(0) == 60_000.09


def test_what_cannot_be_shown_is_counted() -> None:
    played = Played(defined(), contract_book(BIDS, ASKS))
    played.play(contract_change(True, 485_000, 100, 100), defined(ticker="KXETH15M-26AUG170100-00"))
    assert played.contracts.unshown == 2
    assert [market.ticker for market in played.contracts.markets()] == [TICKER]
