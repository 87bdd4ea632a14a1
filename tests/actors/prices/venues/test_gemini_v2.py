from decimal import Decimal

from messages import TradePrinted
from tests.actors.prices.adapter_suite import Drive, make, names_of
from tests.actors.prices.captures import Follower, counted, fed, loads, received

CAPTURE = "gemini/cryptofeed_gemini_v2_btcusd_20210417.txt.gz"


def rebuilt(frames: list[bytes]) -> dict[str, dict[int, int]]:
    """The recording's book by plain decimals, without a line of the adapter."""
    sides: dict[str, dict[int, int]] = {"buy": {}, "sell": {}}
    for raw in frames:
        for side, price, size in loads(raw).get("changes", []):
            sides[side][int(Decimal(price) * 10**8)] = int(Decimal(size) * 10**8)
    return {name: {p: q for p, q in side.items() if q} for name, side in sides.items()}


def test_the_recorded_session_gives_the_book_that_decimals_give() -> None:
    frames = received(CAPTURE)
    outputs = fed(make("gemini_v2", band_pct=0), frames)
    assert counted(outputs) == {"BookSnapshot": 1, "BookChanged": 199, "QuoteChanged": 93, "TradePrinted": 18}
    follower = Follower().follow(outputs)
    assert {"buy": follower.bids, "sell": follower.asks} == rebuilt(frames)


def test_the_side_of_a_trade_is_the_takers() -> None:
    adapter = make("gemini_v2")
    adapter.opened(1, 0)
    fits = 0
    for number, frame in enumerate(received(CAPTURE)):
        bid, _, ask, _ = adapter.publisher.quote
        for message in adapter.frame(frame, number * 1_000_000, number):
            if isinstance(message, TradePrinted):
                fits += message.price_e8 >= ask if message.taker_buys else message.price_e8 <= bid
    assert fits >= 15  # of 18; a book and its trades are not always in step


def test_after_a_withdrawal_only_a_frame_with_trades_is_a_snapshot() -> None:
    drive = Drive("gemini_v2").session("gemini_v2")
    drive.adapter.heal("a test", drive.now_ns, [])
    change = b'{"type":"l2_updates","symbol":"BTCUSD","changes":[["buy","63000","1"],["sell","63001","1"]]}'
    assert drive.frame(change) == []
    assert names_of(drive.frame(change[:-1] + b',"trades":[]}')) == ["BookSnapshot", "QuoteChanged"]
