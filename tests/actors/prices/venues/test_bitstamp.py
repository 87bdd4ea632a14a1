from decimal import Decimal

import orjson
import pytest

from actors.adapter import Get
from actors.errors import RefusedError
from actors.prices.publisher import Standing
from messages import BookChanged, BookSnapshot
from tests.actors.prices.adapter_suite import Drive, make, names_of, sent
from tests.actors.prices.captures import Follower, counted, fed, lines, loads, received

DIFFS = "bitstamp/cryptofeed_bitstamp_btcusd_20210417.txt.gz"
REST = "bitstamp/cryptofeed_bitstamp_rest_order_book_btcusd_20210417.txt.gz"


def whole_books() -> list[bytes]:
    """The recorded diffs on the recorded REST book, as order_book frames of 100 levels a side."""
    book = orjson.loads(lines(REST)[0].split(b": ", 1)[1])
    sides = {name: dict(book[name]) for name in ("bids", "asks")}
    frames = []
    for raw in received(DIFFS):
        frame = loads(raw)
        if frame["event"] != "data":
            frames.append(raw)
            continue
        data = frame["data"]
        if int(data["microtimestamp"]) <= int(book["microtimestamp"]):
            continue
        for name, side in sides.items():
            for price, size in data[name]:
                side[price] = size
                if not Decimal(size):
                    del side[price]
            data[name] = sorted(side.items(), key=lambda level: Decimal(level[0]), reverse=name == "bids")[
                :100
            ]
        frame["channel"] = "order_book_btcusd"
        frames.append(orjson.dumps(frame))
    return frames


def test_a_follower_of_the_messages_has_the_recorded_book() -> None:
    frames = whole_books()
    outputs = fed(make("bitstamp"), frames)
    counts = counted(outputs)
    assert counts["BookSnapshot"] == 1
    assert counts["TradePrinted"] == 7
    assert "BookWithdrawn" not in counts
    follower = Follower().follow(outputs)
    last = loads([frame for frame in frames if b"order_book_btcusd" in frame][-1])["data"]
    for side, name in ((follower.bids, "bids"), (follower.asks, "asks")):
        assert side == {int(Decimal(p) * 10**8): int(Decimal(q) * 10**8) for p, q in last[name]}


def test_the_other_channel_of_the_recording_is_drift() -> None:
    adapter = make("bitstamp")
    fed(adapter, received(DIFFS))
    assert adapter.counts().drifts == 65
    assert adapter.publisher.standing is Standing.AWAITED


def book_get(drive: Drive) -> Get:
    return next(o for o in drive.outputs if isinstance(o, Get) and o.tag == "book")


REST_BOOK = {
    "timestamp": "1783465200",
    "microtimestamp": "1783465200000000",
    "bids": [["63500.10", "0.5"]] + [[f"{63000 - n}.00", "1"] for n in range(300)],
    "asks": [["63503.20", "0.4"]],
}


def test_the_first_book_of_a_quiet_market_comes_by_rest() -> None:
    drive = Drive("bitstamp")
    out = drive.reply(book_get(drive), 200, REST_BOOK)
    assert names_of(out) == ["BookSnapshot", "QuoteChanged"]
    (book,) = [message for message in out if isinstance(message, BookSnapshot)]
    assert len(book.bids) == 100


def test_a_rest_book_that_comes_after_the_streams_is_not_taken() -> None:
    drive = Drive("bitstamp").session("bitstamp")
    assert drive.reply(book_get(drive), 200, REST_BOOK) == []


def test_we_send_a_heartbeat_every_two_seconds() -> None:
    drive = Drive("bitstamp").session("bitstamp")
    drive.pass_s(10.0)
    assert 5 <= sent(drive.outputs).count('{"event":"bts:heartbeat"}') <= 6


@pytest.mark.parametrize("message", ["Invalid channel provided.", "Bad subscription string."])
def test_an_error_before_the_stream_ends_the_feed(message: str) -> None:
    drive = Drive("bitstamp")
    with pytest.raises(RefusedError, match=message):
        drive.frame(
            orjson.dumps({"event": "bts:error", "channel": "", "data": {"code": None, "message": message}})
        )


def test_changes_are_said_in_the_order_of_prices() -> None:
    drive = Drive("bitstamp").session("bitstamp")
    bids = [[f"{63500 - n}.00", f"0.{n + 1}"] for n in range(50)]
    asks = [[f"{63510 + n}.00", f"0.{n + 1}"] for n in range(50)]
    data = {"timestamp": "1783465202", "microtimestamp": "1783465202000000", "bids": bids, "asks": asks}
    out = drive.frame(orjson.dumps({"data": data, "channel": "order_book_btcusd", "event": "data"}))
    (changed,) = [message for message in out if isinstance(message, BookChanged)]
    assert changed.bids == sorted(changed.bids, reverse=True)
    assert changed.asks == sorted(changed.asks)
