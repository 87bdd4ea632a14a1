from zlib import crc32

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.adapter import Get
from actors.errors import ConfigurationError, GapError
from actors.prices.book import Side
from actors.prices.venues.kraken import TopText
from messages import BookSnapshot, BookWithdrawn, Level, TradePrinted
from tests.actors.prices.adapter_suite import Drive, make, names_of, sent
from tests.actors.prices.captures import CAPTURES, Follower, counted, fed, lines, loads

CAPTURE = "kraken/flashbook_kraken_v2_btconly_20260707.ndjson"
OTHER_CAPTURE = "kraken/tickvault_kraken_book_v2_20260824.jsonl"
EXAMPLE = CAPTURES.parent / "samples" / "kraken" / "checksum_worked_example.json"


def rebuilt(frames: list[bytes], depth: int) -> tuple[dict[int, int], dict[int, int]]:
    """The recording's book by plain dictionaries, without a line of the adapter."""
    sides: list[dict[float, float]] = [{}, {}]
    for raw in frames:
        frame = loads(raw)
        if frame.get("channel") != "book":
            continue
        record = frame["data"][0]
        if frame["type"] == "snapshot":
            sides = [{}, {}]
        for index, name in enumerate(("bids", "asks")):
            for level in record[name]:
                sides[index][level["price"]] = level["qty"]
            kept = sorted(((p, q) for p, q in sides[index].items() if q), reverse=not index)[:depth]
            sides[index] = dict(kept)
    bids, asks = ({round(p * 1e8): round(q * 1e8) for p, q in side.items()} for side in sides)
    return bids, asks


def test_all_checksums_of_the_recorded_session_fit() -> None:
    frames = lines(CAPTURE)
    adapter = make("kraken")
    outputs = fed(adapter, frames)
    # 562 book frames, each verified: one that did not fit would have withdrawn the book.
    assert counted(outputs) == {
        "BookSnapshot": 1,
        "BookChanged": 561,
        "QuoteChanged": 119,
        "TradePrinted": sum(
            len(loads(f)["data"]) for f in frames if b'"channel":"trade"' in f and b'"data"' in f
        ),
    }
    assert adapter.counts().gaps == adapter.counts().drifts == 0
    assert rebuilt(frames, 10) == (
        dict(adapter.publisher.book.bids.levels()),
        dict(adapter.publisher.book.asks.levels()),
    )


def test_a_follower_of_the_messages_has_the_recorded_book() -> None:
    frames = lines(CAPTURE)
    follower = Follower().follow(fed(make("kraken"), frames))
    assert follower.stands
    assert (follower.bids, follower.asks) == rebuilt(frames, 10)


def test_the_checksums_of_another_recording_fit() -> None:
    outputs = fed(make("kraken"), lines(OTHER_CAPTURE))
    assert counted(outputs) == {"BookSnapshot": 1, "BookChanged": 3, "QuoteChanged": 1}


def test_an_update_lost_from_the_recording_is_found_and_a_fresh_snapshot_asked_for() -> None:
    frames = lines(CAPTURE)
    books = [
        number for number, frame in enumerate(frames) if b'"type":"update"' in frame and b'"book"' in frame
    ]
    outputs = fed(make("kraken"), frames[: books[100]] + frames[books[100] + 1 : books[140]])
    assert [type(o).__name__ for o in outputs].count("BookWithdrawn") == 1
    assert ["unsubscribe" in frame for frame in sent(outputs)[-2:]] == [True, False]


def test_the_official_example_of_the_checksum_holds() -> None:
    if not EXAMPLE.exists():
        pytest.skip(f"no example at {EXAMPLE}")
    example = orjson.loads(EXAMPLE.read_bytes())
    texts = []
    for sign, name in ((-1, "asks"), (1, "bids")):
        side = Side(sign)
        side.replace([(round(float(p) * 1e8), round(float(q) * 1e8)) for p, q in example[name]])
        text = TopText(10**7, 1)
        text.rewrite(side)
        texts.append(text.text)
    assert crc32("".join(texts).encode()) == example["crc32"] == 3310070434


@given(
    st.lists(st.lists(st.tuples(st.integers(1, 25), st.integers(0, 3)), max_size=5), max_size=30),
    st.sampled_from([1, -1]),
)
def test_a_text_that_follows_its_side_is_the_one_written_anew(frames: list[list[Level]], sign: int) -> None:
    side, followed = Side(sign), TopText(1, 1)
    for levels in frames:
        side.change(levels)
        followed.changed(side, levels)
        anew = TopText(1, 1)
        anew.rewrite(side)
        assert followed.text == anew.text
    assert followed.text == "".join(f"{price}{size}" for price, size in side.best(10))


def test_a_checksum_that_never_fits_ends_the_feed() -> None:
    drive = Drive("kraken").session("kraken")
    snapshot = (
        b'{"channel":"book","type":"snapshot","data":[{"symbol":"BTC/USD","bids":[],"asks":[],"checksum":7}]}'
    )
    for _ in range(3):
        drive.frame(snapshot)
    with pytest.raises(GapError, match="checksum"):
        drive.frame(snapshot)
    assert names_of(drive.outputs).count("BookWithdrawn") == 1


def test_a_fresh_snapshot_that_does_not_come_ends_the_feed() -> None:
    drive = Drive("kraken").session("kraken")
    drive.frame(
        b'{"channel":"book","type":"update","data":[{"symbol":"BTC/USD","bids":[],"asks":[],"checksum":7,'
        b'"timestamp":"2026-07-07T23:00:02.0Z"}]}'
    )
    assert isinstance(drive.outputs[-3], BookWithdrawn)
    with pytest.raises(GapError):
        drive.pass_s(4.0)


def test_a_snapshot_without_a_stamp_is_taken() -> None:
    drive = Drive("kraken")
    checksum = crc32(b"635019" + b"100000" + b"635016" + b"63889204")
    out = drive.frame(
        b'{"channel":"book","type":"snapshot","data":[{"symbol":"BTC/USD","bids":[{"price":63501.6,"qty":0.63889204}]'
        b',"asks":[{"price":63501.9,"qty":0.00100000}],"checksum":%d}]}' % checksum
    )
    assert [output.venue_ns for output in out if isinstance(output, BookSnapshot)] == [0]


def test_the_trades_from_before_the_subscription_are_not_said() -> None:
    drive = Drive("kraken").session("kraken")
    trade = (
        b'{"channel":"trade","type":"snapshot","data":[{"symbol":"BTC/USD","side":"sell","price":63498.0,'
        b'"qty":0.25005039,"ord_type":"limit","trade_id":1,"timestamp":"2026-07-07T23:00:10.240205Z"}]}'
    )
    assert drive.frame(trade) == []
    assert (
        len([o for o in drive.frame(trade.replace(b"snapshot", b"update")) if isinstance(o, TradePrinted)])
        == 1
    )


def test_decimals_come_from_the_pairs_own_description() -> None:
    drive = Drive("kraken")
    (get,) = [output for output in drive.outputs if isinstance(output, Get) and output.tag == "pairs"]
    drive.reply(get, 200, {"error": [], "result": {"XXBTZUSD": {"pair_decimals": 2, "lot_decimals": 5}}})
    checksum = crc32(b"6350190" + b"100" + b"6350160" + b"63889")
    out = drive.frame(
        b'{"channel":"book","type":"snapshot","data":[{"symbol":"BTC/USD","bids":[{"price":63501.60,"qty":0.63889}]'
        b',"asks":[{"price":63501.90,"qty":0.00100}],"checksum":%d}]}' % checksum
    )
    assert names_of(out) == ["BookSnapshot", "QuoteChanged"]


def test_a_depth_that_kraken_does_not_have_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="50"):
        make("kraken", depth=50)
