"""The simulated Polymarket behind its port: the market stream, the pages, and quarter hours that roll.

It is not part of the price path's turns, so that a run with it and one without have the same prices: it
follows every step of the world and paces itself, with random numbers of its own.
"""

import random
import time
from typing import Any

import orjson

from simulator.kalshi.clock import MarketClock
from simulator.polymarket import frames
from simulator.polymarket.price import StreamPrice
from simulator.polymarket.quarter import Quarter
from simulator.server import Reply, Request
from simulator.session import Session
from simulator.settings import Settings
from simulator.world import TURN_S, VOLATILITY, World

STREAM = "/ws/market"
NAME = "polymarket"
QUARTER_S = 900
_SHARE = 0.1  # of the rate of all other venues together
_TRADE_PART = 0.06
_AHEAD = 4  # quarter hours that are listed before they begin
_KEPT = 8  # and that stay listed when they are over
_DECIDED_AFTER_S = 20.0  # of market time


class PolymarketVenue:
    """Polymarket's market channel and its `/events` page.

    docs/simulated-exchanges.md says what was read into it.
    """

    name = NAME

    def __init__(self, settings: Settings, world: World) -> None:
        self._world = world
        self._rng = random.Random(f"{world.seed}/polymarket")
        self._clock = MarketClock(world.speed)
        self._price = StreamPrice(TURN_S * world.speed, random.Random(f"{world.seed}/polymarket/price"))
        self.price_usd = self._price.turn(world.spot())
        self.quarters: dict[int, Quarter] = {}
        self._members: dict[Session, set[str]] = {}
        self._owed_s = 0.0
        self._roll(time.time_ns(), late=True)
        world.followers.append(self.follow)

    def rest(self, request: Request) -> Reply:
        if request.path != "/events":
            return Reply(404, b'{"type":"not found error","error":"not found"}')
        slugs = [value for key, value in request.query if key == "slug"]
        now_ns = time.time_ns()
        found = [frames.event(one, now_ns) for one in self.quarters.values() if one.slug in slugs]
        return Reply(200, orjson.dumps(found))

    def admit(self, request: Request) -> Reply | None:
        return None if request.path == STREAM else Reply(404, b"Not Found")

    def opened(self, session: Session) -> None:
        self._members[session] = set()

    def closed(self, session: Session) -> None:
        self._members.pop(session, None)

    def received(self, session: Session, text: str) -> None:
        if text == "PING":
            session.send("PONG")
            return
        try:
            asked = orjson.loads(text)
            tokens = [str(token) for token in asked["assets_ids"]]
            operation = asked.get("operation") or {"market": "subscribe"}[asked["type"]]
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
            session.send("INVALID OPERATION")
            return
        if operation == "unsubscribe":
            self._members[session].difference_update(tokens)
            return
        self._members[session].update(tokens)
        now_ns = time.time_ns()
        books = [
            frames.book(quarter, token == quarter.up, now_ns)
            for quarter in self.quarters.values()
            for token in (quarter.up, quarter.down)
            if token in tokens
        ]
        session.send(frames.text(books))

    def step(self, now_ns: int, world: World) -> None:
        """Do nothing: it has no turn of its own (`follow`)."""

    def heartbeat(self, now_ns: int) -> None:
        """Do nothing: nobody is told anything by the clock."""

    def flush(self, now_ns: int) -> None:
        """Do nothing: no book is held back here."""

    def books(self) -> dict[str, object]:
        """Per quarter hour that is not decided: bids and asks of Up, best first."""
        return {
            quarter.slug: {
                "bids": [
                    [frames.price_text(p), frames.size_text(s)] for p, s in sorted(quarter.bids.items())[::-1]
                ],
                "asks": [
                    [frames.price_text(p), frames.size_text(s)] for p, s in sorted(quarter.asks.items())
                ],
            }
            for quarter in self.quarters.values()
            if quarter.up_won is None
        }

    def fault(self, kind: str, session: Session, text: str) -> list[str] | None:
        if kind == "missing_ack":  # the first books are all the acknowledgement there is
            return [] if text.startswith("[") else None
        if not text.endswith('"event_type":"price_change"}'):
            return None
        if kind == "skip":
            return []
        if kind == "repeat":
            return [text, text]
        if kind == "cross":
            return [_crossed(text)]
        if kind == "unknown_symbol":
            frame = orjson.loads(text)
            for change in frame["price_changes"]:
                change["asset_id"] = "1" + change["asset_id"]
            return [text, frames.text(frame)]
        return None

    def follow(self, now_ns: int) -> None:
        """The path has moved by a step."""
        if not self._world.is_turn():
            return
        self.price_usd = self._price.turn(self._world.spot())
        self._roll(now_ns, late=False)
        for quarter in self.quarters.values():
            self._age(quarter, now_ns)
        running = [one for one in self.quarters.values() if one.start_ns <= now_ns < one.end_ns]
        per_s = self._world.rate * _SHARE * self._world.flood.get(NAME, 1.0)
        self._owed_s += TURN_S
        while self._owed_s > 0.0:
            self._owed_s -= self._rng.expovariate(per_s)
            for quarter in running:
                self._move(quarter, now_ns)

    # the life of a quarter hour

    def _roll(self, now_ns: int, late: bool) -> None:
        """late: the simulator begins in the middle of one."""
        running = self._clock.second(now_ns) // QUARTER_S
        for number in range(running, running + _AHEAD + 1):
            if number in self.quarters:
                continue
            second = number * QUARTER_S
            quarter = Quarter(second, self._clock.stamp_ns(second), self._clock.stamp_ns(second + QUARTER_S))
            if late and number == running:
                gone_s = (now_ns - quarter.start_ns) / 1e9 * self._clock.speed
                moved = self._rng.gauss(0.0, VOLATILITY * gone_s**0.5)
                quarter.start_usd = round(self.price_usd * (1.0 + moved), 2)
            quarter.fill(self._fair(quarter, now_ns), self._rng)
            self.quarters[number] = quarter
        for number in [number for number in self.quarters if number < running - _KEPT]:
            del self.quarters[number]

    def _age(self, quarter: Quarter, now_ns: int) -> None:
        if quarter.start_usd is None and now_ns >= quarter.start_ns:
            quarter.start_usd = round(self.price_usd, 2)
        if quarter.up_won is None and now_ns >= quarter.end_ns:
            quarter.up_won = self.price_usd >= (quarter.start_usd or 0.0)
        decided_ns = quarter.end_ns + self._clock.seconds_ns(_DECIDED_AFTER_S)
        if not quarter.announced and now_ns >= decided_ns:
            quarter.announced = True
            self._tell(quarter, frames.resolved(quarter, now_ns))

    def _fair(self, quarter: Quarter, now_ns: int) -> float:
        left_s = (quarter.end_ns - now_ns) / 1e9 * self._clock.speed
        return quarter.fair(self.price_usd, self._world.volatility(), left_s)

    def _move(self, quarter: Quarter, now_ns: int) -> None:
        traded = quarter.trade(self._rng) if self._rng.random() < _TRADE_PART else None
        if traded is None:
            changes = quarter.follow(self._fair(quarter, now_ns), self._rng)
            self._tell(quarter, frames.price_change(quarter, changes, now_ns))
        else:
            buys, price, size, change = traded
            self._tell(quarter, frames.price_change(quarter, [change], now_ns))
            self._tell(quarter, frames.last_trade(quarter, buys, price, size, now_ns), quarter.up)
            for is_up, token in ((True, quarter.up), (False, quarter.down)):
                self._tell(quarter, frames.book(quarter, is_up, now_ns, whole=False), token)
        old = quarter.tick
        if quarter.refine():
            for token in (quarter.up, quarter.down):
                self._tell(quarter, frames.tick_size(quarter, token, old, now_ns), token)

    def _tell(self, quarter: Quarter, frame: dict[str, Any], token: str = "") -> None:
        """Send a frame to whoever follows this token, or either of them."""
        wanted = {token} if token else {quarter.up, quarter.down}
        members = [session for session, tokens in self._members.items() if tokens & wanted]
        if members:
            text = frames.text(frame)
            for session in members:
                session.send(text)


def _crossed(text: str) -> str:
    """The frame with a bid in it that is above the best ask."""
    frame = orjson.loads(text)
    change = frame["price_changes"][0]
    frame["price_changes"].insert(0, {**change, "side": "BUY", "price": "0.999", "size": "1"})
    return frames.text(frame)
