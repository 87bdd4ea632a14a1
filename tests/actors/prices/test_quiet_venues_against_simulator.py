"""The actors of itBit and LMAX Digital on the simulated venues: streams that say little of themselves."""

from collections.abc import Callable
from pathlib import Path

import pytest

from actors.errors import ActorsError, BookError, DeafError, FrameError, GapError, NetworkError, RefusedError
from messages import BookChanged, BookSnapshot, BookWithdrawn, DayVolume, DriftSeen, TradePrinted
from tests.actors.prices.test_against_simulator import Running, best, on_simulator
from tests.conftest import wait_until

ALL = 100_000
FEW = {"itbit": 20, "lmax": 2}
"""Changes that come in a second or three: itBit tells each level, LMAX a book a second."""


def agrees(running: Running) -> bool:
    return best(running.book(), ALL) == best(running.true_book(ALL), ALL)


FATAL = [
    ("itbit", "garbage:itbit:form=text,after_s=0.5", FrameError),
    ("itbit", "garbage:itbit:form=binary,after_s=0.5", FrameError),
    ("itbit", "garbage:itbit:form=json,after_s=0.5", FrameError),
    ("itbit", "close:itbit:after_s=0.5", NetworkError),
    ("itbit", "close:itbit:after_s=0.5,abort=1", NetworkError),
    ("itbit", "cross:itbit:after_s=0.5,count=0", BookError),
    ("itbit", "refuse:itbit:status=429,retry_after=7,on=stream", RefusedError),
    ("lmax", "garbage:lmax:form=text", FrameError),
    ("lmax", "garbage:lmax:form=json", FrameError),
    ("lmax", "close:lmax:after_s=0.5", NetworkError),
    ("lmax", "reconnect_request:lmax", RefusedError),
    ("lmax", "cross:lmax:count=0", BookError),
    ("lmax", "refuse:lmax:status=429,retry_after=7,on=stream", RefusedError),
]


@pytest.mark.parametrize(("name", "fault", "error"), FATAL, ids=[fault for _, fault, _ in FATAL])
def test_what_cannot_be_healed_ends_the_actor(
    name: str, fault: str, error: type[ActorsError], tmp_path: Path
) -> None:
    with on_simulator(tmp_path, name, fault) as running:
        wait_until(lambda: running.error is not None)
        assert isinstance(running.error, error), running.error


HARMLESS = [
    ("itbit", "repeat:itbit:after_s=0.5,count=5"),
    ("itbit", "lag:itbit:ms=300"),
    ("itbit", "flood:itbit:after_s=0.5,factor=5"),
    ("itbit", "refuse:itbit:status=503,on=rest,count=2"),
    ("lmax", "skip:lmax"),
    ("lmax", "repeat:lmax:count=3"),
    ("lmax", "lag:lmax:ms=300"),
    ("lmax", "flood:lmax:factor=20"),
]


@pytest.mark.parametrize(("name", "fault"), HARMLESS, ids=[fault for _, fault in HARMLESS])
def test_what_does_no_harm_leaves_the_book_true(name: str, fault: str, tmp_path: Path) -> None:
    with on_simulator(tmp_path, name, fault) as running:
        wait_until(lambda: len(running.said(BookChanged)) >= FEW[name])
        running.control("pause")
        wait_until(lambda: agrees(running))
        assert running.said(BookWithdrawn) == []
        assert running.error is None


MENTIONED: list[tuple[str, str, Callable[[DriftSeen], bool]]] = [
    ("itbit", "unknown_type:itbit", lambda drift: drift.what == "type"),
    ("itbit", "unknown_field:itbit", lambda drift: drift.what == "field"),
    ("itbit", "unknown_symbol:itbit", lambda drift: drift.name == "market ETHUSD"),
    ("itbit", "refuse:itbit:status=429,on=rest", lambda drift: drift.name == "GET ticker 429"),
    ("lmax", "unknown_type:lmax", lambda drift: drift.what == "type"),
    ("lmax", "unknown_field:lmax", lambda drift: drift.what == "field"),
    ("lmax", "unknown_symbol:lmax", lambda drift: drift.name == "instrument_id eth-usd"),
    ("lmax", "missing_ack:lmax", lambda drift: drift.what == "ack"),
]


@pytest.mark.parametrize(("name", "fault", "fits"), MENTIONED, ids=[fault for _, fault, _ in MENTIONED])
def test_what_is_not_in_the_documents_is_said_and_survived(
    name: str, fault: str, fits: Callable[[DriftSeen], bool], tmp_path: Path
) -> None:
    with on_simulator(tmp_path, name, fault) as running:
        wait_until(lambda: any(fits(drift) for drift in running.said(DriftSeen)))
        before = len(running.said(BookChanged))
        wait_until(lambda: len(running.said(BookChanged)) > before)
        assert running.error is None


def test_one_crossed_book_of_lmax_is_mended_by_the_next(tmp_path: Path) -> None:
    with on_simulator(tmp_path, "lmax", "cross:lmax:after_s=1.5") as running:
        wait_until(lambda: running.said(BookWithdrawn) and len(running.said(BookSnapshot)) >= 2)
        running.control("pause")
        wait_until(lambda: agrees(running))
        assert running.error is None


@pytest.mark.parametrize(("name", "told"), [("itbit", [DayVolume]), ("lmax", [])])
def test_what_is_not_public_is_not_said(name: str, told: list[type], tmp_path: Path) -> None:
    with on_simulator(tmp_path, name) as running:
        wait_until(lambda: len(running.said(BookChanged)) > FEW[name])
        wait_until(lambda: all(running.said(kind) for kind in told))
        assert [kind for kind in (DayVolume, TradePrinted) if running.said(kind)] == told


@pytest.mark.slow
def test_updates_that_itbit_lost_are_found(tmp_path: Path) -> None:
    with on_simulator(tmp_path, "itbit", "skip:itbit:after_s=7.5,count=40") as running:
        wait_until(lambda: running.error is not None, timeout_s=30)
        # By the REST book, or because what was not taken away stands in the way of the other side.
        assert isinstance(running.error, GapError | BookError), running.error


@pytest.mark.slow
@pytest.mark.parametrize("name", ["itbit", "lmax"])
def test_a_stream_that_stalls_is_found_in_single_digit_seconds(name: str, tmp_path: Path) -> None:
    with on_simulator(tmp_path, name, f"stall:{name}:after_s=1.5") as running:
        wait_until(lambda: running.error is not None, timeout_s=20)
        assert isinstance(running.error, DeafError), running.error


@pytest.mark.slow
@pytest.mark.parametrize("name", ["itbit", "lmax"])
def test_a_paused_market_is_neither_deaf_nor_doubted(name: str, tmp_path: Path) -> None:
    with on_simulator(tmp_path, name) as running:
        wait_until(lambda: running.said(BookChanged))
        running.control("pause")
        wait_until(lambda: any(book.checkpoint for book in running.said(BookSnapshot)), timeout_s=20)
        assert agrees(running)
        assert running.error is None
