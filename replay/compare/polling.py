"""Polls a market's book by REST, politely, beside a system that streams it."""

import select
import time
from collections.abc import Callable
from typing import NamedTuple

import orjson

from actors.adapter import Get
from actors.kalshi.probe import read_rest_book
from actors.rest import RestDesk, RestReply
from messages.doorbell import Doorbell
from messages.version import VERSION
from replay.compare.views import Poll

ANSWER_LIMIT_S = 10.0
"""The connection's own limits end a request sooner."""
LOOK_S = 1.0


class Readings(NamedTuple):
    """What polling brought: readings and failed requests by ticker, and the last failure in words."""

    polls: dict[str, list[Poll]]
    failed: dict[str, int]
    trouble: str


def poll(
    rest_url: str,
    every_s: float,
    lasts_s: float,
    running: Callable[[], str],
    tell: Callable[[float], None],
) -> Readings:
    """Ask for the running market's book every so many seconds, for so long. Ctrl-C ends it early.

    running: says which market that is; asked again once a second. A `Retry-After` is obeyed.
    """
    bell = Doorbell.create()
    desk = RestDesk(rest_url, bell, f"kalshi-actors/{VERSION} compare-rest")
    polls: dict[str, list[Poll]] = {}
    failed: dict[str, int] = {}
    trouble = ""
    begun_s = due_s = time.monotonic()
    looked_s, ticker = -LOOK_S, ""
    try:
        while (now_s := time.monotonic()) < begun_s + lasts_s:
            tell((now_s - begun_s) / lasts_s)
            if now_s >= looked_s + LOOK_S:
                looked_s, ticker = now_s, running()
            if now_s < due_s or not ticker:
                time.sleep(min(max(due_s - now_s, 0.01), 0.2))
                continue
            due_s = max(due_s + every_s, now_s)
            sent_ns = time.time_ns()
            reply = _ask(desk, bell, ticker)
            found = _read(reply, sent_ns)
            if isinstance(found, Poll):
                polls.setdefault(ticker, []).append(found)
            else:
                failed[ticker] = failed.get(ticker, 0) + 1
                trouble = found
                due_s = max(due_s, time.monotonic() + (reply.retry_after_s if reply else 0.0))
    except KeyboardInterrupt:
        pass
    finally:
        desk.close()
        bell.close()
    return Readings(polls, failed, trouble)


def _ask(desk: RestDesk, bell: Doorbell, ticker: str) -> RestReply | None:
    desk.ask(Get(f"/markets/{ticker}/orderbook?depth=0", ticker))
    waiter = select.poll()
    waiter.register(bell.read_fd, select.POLLIN)
    until_s = time.monotonic() + ANSWER_LIMIT_S
    while time.monotonic() < until_s:
        if waiter.poll(200):
            bell.clear()
        for reply in desk.replies():
            if reply.get.tag == ticker:
                return reply
    return None


def _read(reply: RestReply | None, sent_ns: int) -> Poll | str:
    """The reading, or in words why there is none."""
    if reply is None:
        return f"no answer within {ANSWER_LIMIT_S:.0f} s"
    if reply.status == 0:
        return reply.body.decode(errors="replace")
    if reply.status != 200:
        return f"answered with status {reply.status}"
    try:
        bids, asks = read_rest_book(orjson.loads(reply.body))
    except (ValueError, KeyError, TypeError) as error:
        return f"answered with something else than a book: {error}"
    return Poll(sent_ns, reply.recv_ns, bids[0][0] if bids else -1, asks[0][0] if asks else -1)
