from decimal import Decimal
from typing import Any

import orjson

from actors.adapter import Get, Output
from tests.actors.prices.adapter_suite import OPENED_NS, make
from tests.actors.prices.captures import Follower, counted, lines, loads

CAPTURE = "binance_us/cryptofeed_binanceus_btcusd_20210405.txt.gz"


def recorded() -> tuple[list[tuple[int, bytes]], Any]:
    """Frames with the time of their receipt in ns, and the REST snapshot between them."""
    frames, snapshot = [], None
    for line in lines(CAPTURE):
        head, _, tail = line.partition(b": ")
        if head[:1].isdigit():
            frames.append((int(Decimal(head.decode()) * 10**9), tail))
        elif b"/depth?symbol=BTCUSD" in head:
            snapshot = loads(tail)
    return frames, snapshot


def test_a_follower_of_the_messages_has_the_recorded_book() -> None:
    frames, snapshot = recorded()
    adapter = make("binance_us", band_pct=0)
    out: list[Output] = adapter.opened(1, OPENED_NS)
    sides = [dict(snapshot["bids"]), dict(snapshot["asks"])]
    for number, (at_ns, frame) in enumerate(frames, start=1):
        said = adapter.frame(frame, at_ns, number)
        for get in [one for one in said if isinstance(one, Get) and one.tag == "depth"]:
            said += adapter.reply(get, 200, orjson.dumps(snapshot), 0.0, at_ns, number)
        out += said
        data = loads(frame)["data"]
        if data.get("e") == "depthUpdate" and data["u"] > snapshot["lastUpdateId"]:
            for side, changes in zip(sides, (data["b"], data["a"]), strict=True):
                side.update(changes)
    counts = counted(out)
    assert counts["BookSnapshot"] == 1
    assert counts["BookChanged"] > 1_000
    assert "BookWithdrawn" not in counts
    follower = Follower().follow(out)
    true = [
        {int(Decimal(p) * 10**8): int(Decimal(s) * 10**8) for p, s in side.items() if Decimal(s)}
        for side in sides
    ]
    # The recording is of another channel of trades: 110 frames of a type that we do not ask for.
    assert adapter.counts().drifts == 110
    assert [follower.bids, follower.asks] == true
    latency = adapter.latency(frames[-1][0])
    assert 0 <= latency.p50_ms <= latency.p99_ms < 1_000
