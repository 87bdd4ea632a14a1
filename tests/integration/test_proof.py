"""The proof: everything is killed, frozen and restarted, and still nothing is lost and all is accounted for.

KALSHI_ACTORS_PROOF_S sets how long the blows go on; without it, a short version runs.
"""

import os
import time
from contextlib import suppress
from decimal import Decimal
from itertools import cycle, pairwise
from pathlib import Path
from typing import Any

import pytest
import requests

from messages import (
    ActorStarted,
    BookChanged,
    BookSnapshot,
    BookWithdrawn,
    MarketBookChanged,
    MarketBookSnapshot,
    MarketBookWithdrawn,
)
from tests.conftest import wait_until
from tests.integration.recording import FEEDS, connections, counts, journal_of, journals, records, sessions
from tests.integration.system import started

BLOWS_S = float(os.environ.get("KALSHI_ACTORS_PROOF_S", "12"))
LISTENERS = ("brti", "signal", "paper", "logger")
ACTORS = (*FEEDS, *LISTENERS)
HEARTBEAT_S = 2.0
SPEED = ("--speed", "30")
LEAST_DEPTH = 50
"""Every venue shows at least so many levels a side."""


def harsh(journal: Path) -> dict[str, str]:
    """Settings under which actors can be struck down as often as one likes."""
    return {
        "SIMULATOR__RATE": "300",
        "SIMULATOR__JOURNAL": str(journal),
        **{f"SUPERVISOR__{name.upper()}__HEARTBEAT_S": str(HEARTBEAT_S) for name in ACTORS},
        **{f"SUPERVISOR__{name.upper()}__GOOD_S": "0.5" for name in ACTORS},
        **{f"SUPERVISOR__{name.upper()}__MAX_RESTARTS": "1000" for name in ACTORS},
    }


def rebuilt_book(log_dir: Path) -> tuple[dict[int, int], dict[int, int]] | None:
    """An exchange's book by its log alone; None while it is withdrawn."""
    sides: tuple[dict[int, int], dict[int, int]] | None = None
    for record in records(log_dir, BookSnapshot, BookChanged, BookWithdrawn):
        message = record.message()
        if isinstance(message, BookSnapshot):
            sides = dict(message.bids), dict(message.asks)
        elif isinstance(message, BookWithdrawn):
            sides = None
        elif isinstance(message, BookChanged) and sides is not None:
            for side, levels in zip(sides, (message.bids, message.asks), strict=True):
                side.update(levels)
                for price, size in levels:
                    if not size:
                        side.pop(price)
    return sides


def rebuilt_markets(log_dir: Path) -> dict[str, tuple[dict[int, int], dict[int, int]]]:
    """Kalshi's books by the log alone, YES prices on both sides. A feed that starts has none."""
    books: dict[str, tuple[dict[int, int], dict[int, int]]] = {}
    for record in records(log_dir, ActorStarted, MarketBookSnapshot, MarketBookChanged, MarketBookWithdrawn):
        message = record.message()
        if isinstance(message, ActorStarted):
            books.clear()
        elif isinstance(message, MarketBookSnapshot):
            books[message.ticker] = dict(message.bids), dict(message.asks)
        elif isinstance(message, MarketBookWithdrawn):
            books.pop(message.ticker, None)
        elif isinstance(message, MarketBookChanged):
            side = books[message.ticker][0 if message.is_bid else 1]
            side[message.price_e6] = message.count_e2
            if not message.count_e2:
                del side[message.price_e6]
    return books


def scaled(levels: list[list[str]], price: int, size: int) -> dict[int, int]:
    """Exact strings to the log's integers, without floats."""
    return {int(Decimal(p).scaleb(price)): int(Decimal(s).scaleb(size)) for p, s, *_ in levels}


@pytest.mark.slow
@pytest.mark.timeout(240 + 3 * BLOWS_S)
def test_nothing_is_lost_whatever_is_killed(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    first_journal, second_journal = tmp_path / "journal-1", tmp_path / "journal-2"

    with started(data_dir, harsh(first_journal), *SPEED) as system:
        deadline_s = time.monotonic() + BLOWS_S
        blows = cycle(("kill", "kill", "restart", "freeze", "kill"))
        for name in cycle(ACTORS):
            system.strike(name, next(blows))
            if time.monotonic() > deadline_s:
                break
        for name in ACTORS:  # in turn, each at least once
            system.strike(name, "kill")
        system.kill_supervisor()

    with started(data_dir, harsh(second_journal), *SPEED) as system:
        for name in ACTORS:
            system.strike(name, "kill")
        wait_until(system.all_fresh, 20)
        urls = {venue: system.simulator_url(venue) for venue in FEEDS}
        requests.get(f"{urls['kalshi']}/_sim/pause", timeout=5).raise_for_status()
        truth = {
            venue: requests.get(f"{url}/_sim/books", timeout=5).json()["books"] for venue, url in urls.items()
        }
        for venue in FEEDS[1:]:
            _expect_exchange_book(data_dir / "log" / venue, truth[venue])
        _expect_market_books(data_dir / "log" / "kalshi", truth["kalshi"])
        system.stop()

    for venue in FEEDS:
        _expect_every_frame(data_dir / "log" / venue, venue, (first_journal, second_journal))
    _expect_equal_counts(data_dir)


def _expect_exchange_book(log_dir: Path, books: dict[str, Any]) -> None:
    (book,) = books.values()
    true = scaled(book["bids"], 8, 8), scaled(book["asks"], 8, 8)

    def equal() -> bool:
        kept = rebuilt_book(log_dir)
        if kept is None or min(map(len, kept)) < min(LEAST_DEPTH, *map(len, true)):
            return False
        # Some venues send a limited depth: the best levels of the true book, then, and no others.
        return all(
            side == dict(sorted(true_side.items(), reverse=falling)[: len(side)])
            for side, true_side, falling in zip(kept, true, (True, False), strict=True)
        )

    wait_until(equal, 10, 0.2)


def _expect_market_books(log_dir: Path, books: dict[str, Any]) -> None:
    with suppress(pytest.fail.Exception):
        wait_until(lambda: set(rebuilt_markets(log_dir)) <= set(books), 10)
    kept = set(rebuilt_markets(log_dir))
    assert kept
    assert kept <= set(books), "a market that is over still has its book"
    for ticker in kept:
        want = scaled(books[ticker]["bids"], 6, 2), scaled(books[ticker]["asks"], 6, 2)
        wait_until(lambda ticker=ticker, want=want: rebuilt_markets(log_dir)[ticker] == want, 10)  # type: ignore[misc]


def _expect_every_frame(log_dir: Path, venue: str, folders: tuple[Path, ...]) -> None:
    """What was sent on a connection is in the log once and in order, up to the moment it was cut."""
    sent = [journal for folder in folders for journal in journals(folder, venue)]
    found = connections(log_dir)
    assert len(found) > 3
    for connection in found:
        journal = journal_of(connection, sent)
        known = len(connection.frames) if journal.whole else len(journal.frames)
        assert connection.frames
        assert connection.frames[:known] == journal.frames[: len(connection.frames)]
    # The last connection ended in good order on a silent market: not a frame may be missing.
    last = journal_of(found[-1], sent)
    assert last.whole
    assert len(last.frames) - len(found[-1].frames) <= 2  # a heartbeat may have crossed the goodbye
    for before, after in pairwise(found):
        assert after.gap is not None, "an interval without a connection is not a recorded gap"
        assert after.gap.from_ns >= before.received_ns[-1]
        assert after.gap.from_ns <= after.gap.to_ns <= after.received_ns[0]


def _expect_equal_counts(data_dir: Path) -> None:
    """The logger's counts are the logs' own, over all its deaths."""
    found = sessions(data_dir)
    assert len(found) == 2
    for session in found:
        for name, account in session["logs"].items():
            actual = counts(data_dir / "log" / name, account["first_seq"], account["last_seq"])
            assert account["records"] == actual, f"{session['session']} {name}"
    for name in (*ACTORS, "supervisor"):
        first, second = (session["logs"][name] for session in found)
        assert first["first_seq"] == 1
        assert second["first_seq"] == first["last_seq"] + 1
