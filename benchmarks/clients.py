"""One client under the blast, in a process of its own: `python -m benchmarks.clients NAME PORT COUNT FOLDER`.

Equal work for each: parse every frame, keep the L2 book, have every update on disk. Prints one JSON
object: processor time from the first frame to the last, messages taken, lines or records on disk.
"""

import asyncio
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.blast import TICKER


class Meter:
    """Processor and wall time between the first and the last message."""

    def __init__(self, count: int) -> None:
        self._count = count
        self.taken = 0
        self._cpu_s = self._wall_s = 0.0
        self.cpu_s = self.wall_s = 0.0

    def message(self) -> bool:
        """Count one; True when it was the last."""
        if not self.taken:
            self._cpu_s, self._wall_s = time.process_time(), time.monotonic()
        self.taken += 1
        if self.taken < self._count:
            return False
        self.stop()
        return True

    def stop(self) -> None:
        """Take the times."""
        self.cpu_s = time.process_time() - self._cpu_s
        self.wall_s = time.monotonic() - self._wall_s


def ours(venue: str, port: int, meter: Meter, folder: Path) -> int:
    """Our feed: the actor, its adapter and its log, as they run in the system."""
    from actors.adapter import Adapter, Output
    from actors.feed import run_feed
    from messages import Assignment, BookChanged, MarketBookChanged
    from messages.log import LogReader

    adapter: Adapter = _our_kalshi(port, folder) if venue == "kalshi" else _our_gemini(port)
    stop = threading.Event()
    frame = adapter.frame

    def counted(data: bytes, recv_ns: int, ref: int) -> list[Output]:
        out = frame(data, recv_ns, ref)
        if (b"l2_updates" in data or b"orderbook_" in data[:60]) and meter.message():
            stop.set()
        return out

    adapter.frame = counted  # type: ignore[method-assign]
    run_feed(Assignment(venue, "bench", str(folder), {}), stop, adapter)
    meter.stop()
    changes = 0
    with LogReader(folder / "log" / venue) as reader:
        while not reader.drained:
            changes += len(reader.read(1000, frozenset({BookChanged.kind, MarketBookChanged.kind})))
    return changes + 1  # the first frame is the snapshot


def _our_gemini(port: int) -> Any:
    from actors.prices.registry import build
    from actors.prices.settings import PricesSettings

    return build(
        PricesSettings(
            venue="gemini",
            protocol="v2",
            url=f"ws://127.0.0.1:{port}/v2/marketdata",
            rest_url=f"http://127.0.0.1:{port}",
        )
    )


def _our_kalshi(port: int, folder: Path) -> Any:
    from actors.kalshi.main import build

    return build(
        {
            "subscribe": {"series": [], "markets": [TICKER]},
            "url": f"ws://127.0.0.1:{port}/trade-api/ws/v2",
            "rest_url": f"http://127.0.0.1:{port}/trade-api/v2",
            "key_id": "bench",
            "key_file": str(_key(folder)),
            "index_ids": [],
        }
    )


def _key(folder: Path) -> Path:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    path = folder / "key.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


def cryptofeed(port: int, meter: Meter, folder: Path) -> int:
    """cryptofeed's Gemini, its book callback writing a line per update."""
    from cryptofeed import FeedHandler, connection
    from cryptofeed.connection import WebsocketEndpoint
    from cryptofeed.defines import L2_BOOK
    from cryptofeed.exchanges import Gemini
    from cryptofeed.symbols import Symbols

    real_connect = connection.connect  # it takes wss:// only; the scheme is put right where it connects
    connection.connect = lambda url, **more: real_connect(url.replace("wss:", "ws:"), **more)
    Gemini.websocket_endpoints = [WebsocketEndpoint(f"wss://127.0.0.1:{port}/v2/marketdata")]
    info = {"instrument_type": {"BTC-USD": "spot"}, "tick_size": {"BTC-USD": "0.01"}}
    Symbols.set(Gemini.id, {"BTC-USD": "BTCUSD"}, info)
    config = {"uvloop": False, "log": {"disabled": True, "filename": "", "level": "CRITICAL"}}
    path = folder / "updates.txt"

    async def run() -> None:
        done = asyncio.Event()
        with path.open("w") as out:

            async def on_book(book: Any, received_s: float) -> None:
                out.write(f"{received_s} {book.delta}\n")
                if meter.message():
                    out.flush()
                    meter.stop()
                    done.set()

            handler = FeedHandler(config=config)
            handler.add_feed(
                Gemini(config=config, symbols=["BTC-USD"], channels=[L2_BOOK], callbacks={L2_BOOK: on_book})
            )
            handler.run(start_loop=False, install_signal_handlers=False)
            await asyncio.wait_for(done.wait(), 300)

    asyncio.run(run())
    return sum(1 for _ in path.open())


def pykalshi(port: int, meter: Meter, folder: Path, top: bool) -> int:
    """pykalshi's feed and its order-book manager, a line per update.

    top: look up best bid and ask after each update and write them too.
    """
    from pykalshi import AsyncKalshiClient
    from pykalshi.orderbook import OrderbookManager

    path = folder / "updates.txt"

    async def run() -> None:
        done = asyncio.Event()
        book = OrderbookManager(TICKER)
        with path.open("w") as out:
            client = AsyncKalshiClient(api_key_id="bench", private_key_path=str(_key(folder)))
            feed = client.feed()
            feed._ws_url = f"ws://127.0.0.1:{port}/trade-api/ws/v2"

            def on_book(message: Any) -> None:
                if hasattr(message, "delta_fp"):
                    book.apply_delta(message.side, message.price_dollars, message.delta_fp)
                    out.write(f"{message.side} {message.price_dollars} {message.delta_fp}\n")
                else:
                    book.apply_snapshot(message.yes_dollars, message.no_dollars)
                    out.write("snapshot\n")
                if top:
                    out.write(f"{book.best_bid} {book.best_ask}\n")
                if meter.message():
                    out.flush()
                    meter.stop()
                    done.set()

            feed.on("orderbook_delta")(on_book)
            feed.subscribe("orderbook_delta", market_ticker=TICKER)
            async with feed:
                async for _ in feed:
                    if done.is_set():
                        break

    asyncio.run(run())
    return sum(1 for _ in path.open()) // (2 if top else 1)


CLIENTS: dict[str, Callable[[int, Meter, Path], int]] = {
    "ours-gemini": lambda port, meter, folder: ours("gemini", port, meter, folder),
    "ours-kalshi": lambda port, meter, folder: ours("kalshi", port, meter, folder),
    "cryptofeed": cryptofeed,
    "pykalshi": lambda port, meter, folder: pykalshi(port, meter, folder, False),
    "pykalshi-top": lambda port, meter, folder: pykalshi(port, meter, folder, True),
}


def main() -> None:
    name, port, count, folder = sys.argv[1:]
    meter = Meter(int(count))
    on_disk = CLIENTS[name](int(port), meter, Path(folder))
    cpu_us = meter.cpu_s / meter.taken * 1e6
    print(json.dumps({"cpu_us": cpu_us, "wall_s": meter.wall_s, "taken": meter.taken, "on_disk": on_disk}))
    sys.stdout.flush()
    os._exit(0)  # clients of others leave tasks and threads behind; the figures are out


if __name__ == "__main__":
    main()
