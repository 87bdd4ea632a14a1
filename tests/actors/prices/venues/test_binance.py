from decimal import Decimal
from typing import Any

import orjson
import pytest

from actors.adapter import Get, Handshake, Output
from actors.errors import AddressRefusedError, ConfigurationError, GapError, NetworkError, RefusedError
from actors.prices.publisher import Standing
from actors.prices.settings import PricesSettings
from actors.prices.venues.binance import LEVELS, Venue
from messages import BookSnapshot, BookWithdrawn, DriftSeen
from tests.actors.prices.adapter_suite import OPENED_NS, Drive, make, messages, names_of, sent
from tests.actors.prices.captures import Follower, counted, lines, loads

CAPTURE = "binance/hftbt_btcusdt_20240808.gz"
ACK = b'{"result":null,"id":1}'
U = 97109082200 + 30  # where the session's updates end


def depth(first: int, last: int, bids: Any = (), asks: Any = ()) -> bytes:
    data = {"e": "depthUpdate", "E": 1783465201000, "s": "BTCUSDT", "U": first, "u": last}
    frame = {"stream": "btcusdt@depth@100ms", "data": {**data, "b": list(bids), "a": list(asks)}}
    return orjson.dumps(frame)


def touch(bid: str, ask: str) -> bytes:
    data = {"u": U, "s": "BTCUSDT", "b": bid, "B": "1", "a": ask, "A": "1"}
    return orjson.dumps({"stream": "btcusdt@bookTicker", "data": data})


def book(last: int, bid: str = "63500", ask: str = "63510") -> dict[str, Any]:
    return {"lastUpdateId": last, "bids": [[bid, "1"]], "asks": [[ask, "1"]]}


def gets(outputs: list[Output]) -> list[Get]:
    return [output for output in outputs if isinstance(output, Get) and output.tag == "depth"]


class Unanswered(Drive):
    """A drive whose questions wait until the test answers them."""

    def __init__(self) -> None:
        super().__init__("binance")
        self._answers.clear()

    def answer(self, body: Any, status: int = 200, retry_after_s: float = 0.0) -> list[Output]:
        return self.reply(gets(self.outputs)[-1], status, body, retry_after_s)


class Recording:
    """The recorded session, frame by frame, its own snapshot as the answer to our question."""

    def __init__(self) -> None:
        self.snapshot: Any = None
        self.updates: list[Any] = []
        self.outputs: list[Output] = []
        self.adapter = make("binance")
        self.outputs += self.adapter.opened(1, OPENED_NS)
        for number, line in enumerate(lines(CAPTURE), start=1):
            at, _, frame = line.partition(b" ")
            if frame.startswith(b'{"lastUpdateId"'):
                self.snapshot = loads(frame)
                said = self.adapter.reply(gets(self.outputs)[-1], 200, frame, 0.0, int(at), number)
            else:
                said = self.adapter.frame(frame, int(at), number)
                if b'"depthUpdate"' in frame:
                    self.updates.append(loads(frame)["data"])
            self.outputs += said
        self.end_ns = int(at)

    def true_book(self) -> list[dict[int, int]]:
        """The recorded book, put together once more and plainly."""
        sides = [dict(self.snapshot["bids"]), dict(self.snapshot["asks"])]
        for update in self.updates:
            if update["u"] > self.snapshot["lastUpdateId"]:
                for side, changes in zip(sides, (update["b"], update["a"]), strict=True):
                    side.update(changes)
        return [
            {int(Decimal(p) * 10**8): int(Decimal(s) * 10**8) for p, s in side.items() if Decimal(s)}
            for side in sides
        ]


@pytest.fixture(scope="module")
def recording() -> Recording:
    return Recording()


def test_a_follower_of_the_messages_has_the_recorded_book(recording: Recording) -> None:
    counts = counted(recording.outputs)
    assert counts["BookSnapshot"] == 1
    assert counts["TradePrinted"] == 9_757
    assert counts["BookChanged"] > 3_000
    assert "BookWithdrawn" not in counts
    assert "DriftSeen" not in counts
    follower = Follower().follow(recording.outputs)
    kept = recording.adapter.publisher.book
    mid = 6_183_763_000_000
    low, high = int(mid * 0.95), int(mid * 1.05)
    bids, asks = recording.true_book()
    assert kept.bids.sizes == follower.bids
    assert kept.asks.sizes == follower.asks
    near = {price: size for price, size in bids.items() if price > low + 10**10}
    assert {price: size for price, size in follower.bids.items() if price > low + 10**10} == near
    near = {price: size for price, size in asks.items() if price < high - 10**10}
    assert {price: size for price, size in follower.asks.items() if price < high - 10**10} == near


def test_a_recorder_whose_clock_runs_behind_does_not_spoil_the_latency(recording: Recording) -> None:
    latency = recording.adapter.latency(recording.end_ns)
    assert -1_400 < latency.offset_ms < -1_200
    assert 0 <= latency.p50_ms <= latency.p99_ms < 150


def test_the_address_is_that_of_the_combined_streams() -> None:
    assert make("binance").handshake(0) == Handshake("wss://stream.binance.com:9443/stream")
    assert make("binance_us").handshake(0) == Handshake("wss://stream.binance.us:9443/stream")


def test_the_snapshot_is_asked_for_once_the_stream_is_sure_to_tell_what_follows() -> None:
    drive = Unanswered()
    assert gets(drive.outputs) == []
    asked = gets(drive.frame(ACK))
    assert asked == [Get(f"/api/v3/depth?symbol=BTCUSDT&limit={LEVELS}", "depth")]
    assert gets(drive.frame(depth(1, 5))) == []


def test_a_quiet_market_has_its_book_before_its_first_update() -> None:
    drive = Unanswered()
    drive.frame(ACK)
    assert names_of(drive.answer(book(100))) == ["BookSnapshot", "QuoteChanged"]
    assert names_of(drive.frame(depth(101, 103, [["63501", "1"]]))) == ["BookChanged", "QuoteChanged"]


def test_a_snapshot_from_before_the_first_update_is_asked_for_again() -> None:
    drive = Unanswered()
    drive.frame(depth(50, 60, [["63505", "1"]]))
    assert drive.answer(book(48)) == []
    assert drive.adapter.publisher.standing is Standing.AWAITED
    assert gets(drive.pass_s(0.3)) == []
    assert len(gets(drive.pass_s(0.4))) == 1
    (told, _) = messages(drive.answer(book(55)))
    assert isinstance(told, BookSnapshot)
    assert told.bids[0] == (6_350_500_000_000, 100_000_000)


def test_a_hole_among_the_held_updates_makes_the_older_ones_useless() -> None:
    drive = Unanswered()
    drive.frame(depth(50, 60))
    drive.frame(depth(70, 80))
    assert drive.answer(book(55)) == []
    drive.pass_s(0.6)
    assert names_of(drive.answer(book(69))) == ["BookSnapshot", "QuoteChanged"]


def test_updates_between_a_gap_and_the_fresh_snapshot_are_held() -> None:
    drive = Drive("binance").session("binance")
    drive._answers.clear()
    out = drive.frame(depth(U + 5, U + 6, [["63504", "2"]]))
    assert names_of(out) == ["BookWithdrawn"]
    (withdrawn,) = messages(out)
    assert isinstance(withdrawn, BookWithdrawn)
    assert withdrawn.reason == f"updates {U + 1} to {U + 4} are missing"
    assert not drive.adapter.freshness(drive.now_ns).fresh
    assert drive.frame(depth(U + 7, U + 9, [["63505", "3"]])) == []
    (told, _) = messages(drive.reply(gets(out)[0], 200, book(U + 7)))
    assert isinstance(told, BookSnapshot)
    assert told.bids == [(6_350_500_000_000, 300_000_000), (6_350_000_000_000, 100_000_000)]


def test_a_gap_that_no_snapshot_mends_ends_the_feed() -> None:
    drive = Drive("binance").session("binance")
    drive._answers.clear()
    drive.frame(depth(U + 5, U + 6))
    with pytest.raises(GapError):
        drive.pass_s(4.0)


def test_the_book_ends_where_the_snapshot_did() -> None:
    drive = Unanswered()
    drive.frame(ACK)
    bids = [[f"{63500 - 0.01 * n:.2f}", "1"] for n in range(LEVELS)]
    (told, _) = messages(drive.answer({"lastUpdateId": 9, "bids": bids, "asks": [["63510", "1"]]}))
    assert isinstance(told, BookSnapshot)
    assert names_of(drive.frame(depth(10, 11, [["63450.01", "2"]]))) == ["BookChanged"]
    out = drive.frame(depth(12, 12, [["63450.01", "0"], ["63450.00", "7"]], [["63999", "1"]]))
    assert 6_345_000_000_000 not in drive.adapter.publisher.book.bids.sizes
    assert drive.adapter.publisher.book.asks.sizes[6_399_900_000_000] == 100_000_000
    assert names_of(out) == ["BookChanged"]


def test_a_price_that_nears_the_end_of_the_snapshot_asks_for_another() -> None:
    drive = Unanswered()
    drive.frame(ACK)
    bids = [[f"{63500 - 0.01 * n:.2f}", "1"] for n in range(LEVELS)]
    drive.answer({"lastUpdateId": 9, "bids": bids, "asks": [["63510", "1"]]})
    above = [[price, "0"] for price, _ in bids[:2_400]]
    drive.frame(depth(10, 11, above))
    assert gets(drive.pass_s(0.2)) == []
    above = [[price, "0"] for price, _ in bids[2_400:2_600]]
    drive.frame(depth(12, 13, above))
    out = drive.pass_s(0.1)
    assert names_of(out) == ["BookWithdrawn"]
    assert len(gets(out)) == 1


@pytest.mark.parametrize(("retry_after_s", "wait_s"), [(17.0, 17.0), (0.0, 60.0)])
@pytest.mark.parametrize("status", [418, 429])
def test_a_venue_that_wants_peace_gets_it(status: int, retry_after_s: float, wait_s: float) -> None:
    drive = Unanswered()
    drive.frame(ACK)
    body = {"code": -1003, "msg": "Too much request weight used; current limit is 6000."}
    with pytest.raises(RefusedError, match=f"HTTP {status}.*Too much request weight") as caught:
        drive.answer(body, status, retry_after_s)
    assert caught.value.retry_after_s == wait_s


@pytest.mark.parametrize("status", [403, 451])
def test_a_refused_address_is_said_with_the_way_around_it(status: int) -> None:
    drive = Unanswered()
    drive.frame(ACK)
    with pytest.raises(AddressRefusedError, match="`--without binance` leaves"):
        drive.answer({"code": 0, "msg": "Service unavailable from a restricted location"}, status)


def test_an_unknown_symbol_is_the_users_to_mend() -> None:
    drive = Unanswered()
    drive.frame(ACK)
    with pytest.raises(ConfigurationError, match="does not know BTCUSDT"):
        drive.answer({"code": -1121, "msg": "Invalid symbol."}, 400)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [(0, b"no route to host", NetworkError), (503, b"<html>", RefusedError), (400, b"[]", RefusedError)],
)
def test_the_third_failure_to_bring_a_snapshot_ends_the_feed(
    status: int, body: bytes, error: type[Exception]
) -> None:
    drive = Unanswered()
    drive.frame(ACK)
    for _ in range(2):
        drive.answer(body, status)
        drive.pass_s(0.6)
    with pytest.raises(error, match="gives no snapshot"):
        drive.answer(body, status)


def test_a_snapshot_that_cannot_be_read_is_asked_for_again() -> None:
    drive = Unanswered()
    drive.frame(ACK)
    assert names_of(drive.answer({**book(7), "lastUpdateId": "7"})) == ["DriftSeen"]
    assert len(gets(drive.pass_s(0.7))) == 1
    assert names_of(drive.answer(book(7))) == ["BookSnapshot", "QuoteChanged"]


@pytest.mark.parametrize(
    "frame",
    [
        {"code": 2, "msg": "Invalid request: too many parameters"},
        {"code": 2, "msg": "Invalid request: too many parameters", "id": 1},
        {"error": {"code": 2, "msg": "Invalid request: too many parameters"}, "id": 1},
    ],
)
def test_an_error_before_the_stream_ends_the_feed(frame: dict[str, Any]) -> None:
    drive = Unanswered()
    with pytest.raises(RefusedError, match=r"too many parameters \(2\)"):
        drive.frame(orjson.dumps(frame))


def test_a_touch_that_contradicts_the_book_for_a_second_withdraws_it() -> None:
    drive = Drive("binance").session("binance")
    drive.frame(touch("63500.10", "63505.00"))
    for number in range(12):  # the book goes on, and its best ask stays what it should not be
        drive.frame(depth(U + 1 + number, U + 1 + number, [["63400.00", f"{number + 1}"]]))
    out = drive.frame(touch("63500.10", "63505.00"))
    assert names_of(out) == ["BookWithdrawn"]
    assert len(gets(out)) == 1


def test_the_micro_lag_between_touch_and_book_is_no_contradiction() -> None:
    drive = Drive("binance").session("binance")
    for number in range(30):
        drive.frame(touch(f"63501.{number + 10}", "63510.00"))
        bids = [[f"63501.{number + 10}", "1"], [f"63501.{number + 9}", "0"]]
        drive.frame(depth(U + 1 + number, U + 1 + number, bids))
    assert "BookWithdrawn" not in names_of(drive.outputs)


def test_we_ask_for_our_subscriptions_every_two_seconds() -> None:
    drive = Drive("binance").session("binance")
    drive.pass_s(10.0)
    assert 5 <= sent(drive.outputs).count('{"method":"LIST_SUBSCRIPTIONS","id":2}') <= 6


def test_what_comes_unwrapped_is_understood_too() -> None:
    drive = Unanswered()
    drive.frame(ACK)
    drive.answer(book(9))
    raw = orjson.dumps(orjson.loads(depth(10, 12, [["63500", "2"]]))["data"])
    assert names_of(drive.frame(raw)) == ["BookChanged", "QuoteChanged"]


def test_the_documented_day_ticker_is_understood() -> None:
    adapter = Venue(PricesSettings(venue="binance", symbol="BNB-BTC"))
    adapter.opened(1, OPENED_NS)
    frame = (
        b'{"e":"24hrTicker","E":1672515782136,"s":"BNBBTC","p":"0.0015","P":"250.00","w":"0.0018",'
        b'"x":"0.0009","c":"0.0025","Q":"10","b":"0.0024","B":"10","a":"0.0026","A":"100","o":"0.0010",'
        b'"h":"0.0025","l":"0.0010","v":"10000","q":"18","O":0,"C":86400000,"F":0,"L":18150,"n":18151}'
    )
    out = adapter.frame(frame, OPENED_NS, 1)
    assert names_of(out) == ["DayVolume"]
    assert not [message for message in out if isinstance(message, DriftSeen)]
