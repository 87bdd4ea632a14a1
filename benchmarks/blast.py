"""A server that sends ready-made frames as fast as the reader takes them: `python -m benchmarks.blast`.

It speaks just enough of two protocols for a client to subscribe: Gemini's v2 market data and Kalshi's
stream. All frames are encoded before the first client comes, so it is never what is measured.
"""

import json
import random
import sys
import threading
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

TICKER = "KXBTC15M-26NOV222115-15"


def compact(frame: dict[str, Any]) -> str:
    """JSON without spaces, as the venues send it."""
    return json.dumps(frame, separators=(",", ":"))


def gemini_frames(count: int) -> list[str]:
    """A full book, then updates of three levels each near the touch."""
    draw = random.Random(1)
    book = [["buy", f"{84000 - i * 0.5:.2f}", f"{draw.random():.8f}"] for i in range(1000)]
    book += [["sell", f"{84000.5 + i * 0.5:.2f}", f"{draw.random():.8f}"] for i in range(1000)]
    first = {"type": "l2_updates", "symbol": "BTCUSD", "changes": book, "trades": [], "auction_events": []}
    frames = [compact(first)]
    for _ in range(count - 1):
        changes = []
        for _ in range(3):
            depth = int(draw.expovariate(0.05))
            size = "0" if depth and draw.random() < 0.3 else f"{draw.random() + 0.01:.8f}"
            buy = draw.random() < 0.5
            price = 84000 - depth * 0.5 if buy else 84000.5 + depth * 0.5
            changes.append(["buy" if buy else "sell", f"{price:.2f}", size])
        frames.append(compact({"type": "l2_updates", "symbol": "BTCUSD", "changes": changes}))
    return frames


def kalshi_frames(count: int) -> list[str]:
    """A snapshot, then deltas that never make a level negative."""
    draw = random.Random(1)
    counts = {("yes", p): 50_000 for p in range(1, 45)} | {("no", p): 50_000 for p in range(55, 100)}
    ladders = {
        side: [[f"{p / 100:.4f}", f"{n / 100:.2f}"] for (s, p), n in counts.items() if s == side]
        for side in ("yes", "no")
    }
    body: dict[str, Any] = {"market_ticker": TICKER, "market_id": "29c871ed-e7bf-4377-a131-427c815797b8"}
    body |= {"yes_dollars_fp": ladders["yes"], "no_dollars_fp": ladders["no"]}
    frames = [compact({"type": "orderbook_snapshot", "sid": 1, "seq": 1, "msg": body})]
    keys = list(counts)
    start = datetime.now(UTC)
    for seq in range(2, count + 1):
        key = draw.choice(keys)
        change = draw.randint(-5_000, 5_000)
        if counts[key] + change <= 0:
            change = -change
        counts[key] += change
        at = start + timedelta(milliseconds=seq / 100)
        body = {
            "market_ticker": TICKER,
            "market_id": "29c871ed-e7bf-4377-a131-427c815797b8",
            "price_dollars": f"{key[1] / 100:.4f}",
            "delta_fp": f"{change / 100:.2f}",
            "side": key[0],
            "ts": at.isoformat().replace("+00:00", "Z"),
            "ts_ms": int(at.timestamp() * 1000),
        }
        frame = {"type": "orderbook_delta", "sid": 1, "seq": seq, "msg": body}
        frames.append(compact({**frame, "sending_ts_ms": body["ts_ms"] + 1}))
    return frames


def market_document() -> dict[str, Any]:
    """The one market, as `/markets/{ticker}` gives it."""
    now = datetime.now(UTC).replace(microsecond=0)
    times = {
        "open_time": now - timedelta(minutes=5),
        "close_time": now + timedelta(minutes=10),
        "latest_expiration_time": now + timedelta(days=7),
    }
    return {
        "ticker": TICKER,
        "event_ticker": TICKER.rpartition("-")[0],
        "status": "active",
        "strike_type": "greater_or_equal",
        "floor_strike": 84000.01,
        "result": "",
        "expiration_value": "",
        **{name: at.isoformat().replace("+00:00", "Z") for name, at in times.items()},
    }


class Blast:
    """Serves one list of frames to every client that subscribes."""

    def __init__(self, kind: str, count: int) -> None:
        self._kind = kind
        frames = gemini_frames(count) if kind == "gemini" else kalshi_frames(count)
        encoded = [Frame(Opcode.TEXT, text.encode()).serialize(mask=False, extensions=[]) for text in frames]
        self._blob = b"".join(encoded)

    def answer(self, connection: ServerConnection, request: Request) -> Response | None:
        """Serve REST; None lets a WebSocket upgrade through."""
        if "Upgrade" in request.headers:
            return None
        if request.path.endswith(f"/markets/{TICKER}"):
            return connection.respond(HTTPStatus.OK, json.dumps({"market": market_document()}))
        return connection.respond(HTTPStatus.NOT_FOUND, json.dumps({"error": {"code": "not_found"}}))

    def serve(self, connection: ServerConnection) -> None:
        """Acknowledge subscriptions; at the one for books, send everything."""
        sid = 1
        for text in connection:
            command = json.loads(text)
            if self._kind == "gemini":
                self._send_all(connection)
                continue
            for channel in command.get("params", {}).get("channels", []):
                sid += 1
                number = 1 if channel == "orderbook_delta" else sid
                reply = {
                    "id": command["id"],
                    "type": "subscribed",
                    "msg": {"channel": channel, "sid": number},
                }
                connection.send(json.dumps(reply))
            if "orderbook_delta" in command.get("params", {}).get("channels", []):
                self._send_all(connection)

    def _send_all(self, connection: ServerConnection) -> None:
        # Straight to the socket, encoded already. The mutex keeps pongs from falling between.
        with connection.protocol_mutex:
            connection.socket.sendall(self._blob)


def main() -> None:
    """Serve `kind count` on a free port, print it, end when standard input does."""
    blast = Blast(sys.argv[1], int(sys.argv[2]))
    with serve(
        blast.serve, "127.0.0.1", 0, compression=None, process_request=blast.answer, ping_interval=None
    ) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(server.socket.getsockname()[1], flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
