"""The index of the whole system against the simulator's own books."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from actors.brti.settings import CONSTITUENTS
from messages import IndexCompared, IndexValue
from supervisor.client import ask
from tests.conftest import wait_until
from tests.integration.recording import records
from tests.integration.system import System, started
from tests.simulator import plain_index

SETTINGS = {
    # However slow this machine is, everybody has seen the same books by then.
    "SIMULATOR__INDEX__HUSH_MS": "100",
    "SIMULATOR__RATE": "200",
}
SECONDS = 12


def compared(system: System, from_ns: int = 0) -> list[IndexCompared]:
    """What was compared with the official value, from a second on."""
    found = (record.message() for record in records(system.data_dir / "log" / "brti", IndexCompared))
    return [one for one in found if isinstance(one, IndexCompared) and one.stamp_ns >= from_ns]


def published(system: System) -> Iterator[IndexValue]:
    """Values of the published method that bear a stamp, newest last."""
    for record in records(system.data_dir / "log" / "brti", IndexValue):
        value = record.message()
        if isinstance(value, IndexValue) and value.method == "cme-cf" and value.stamp_ns:
            yield value


def newest(system: System) -> IndexValue:
    *_, last = published(system)
    return last


def error_bps(one: IndexCompared) -> float:
    return next(error.error_bps for error in one.errors if error.method == "cme-cf")


def second(system: System, stamp_ns: int) -> dict[str, Any]:
    """The simulator's own books at a whole second, as the public could see them."""
    url = f"{system.simulator_url('coinbase')}/_sim/second"
    answer = requests.get(url, params={"stamp_ns": str(stamp_ns)}, timeout=5)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


def inject(system: System, venue: str, **fault: str) -> None:
    url = f"{system.simulator_url(venue)}/_sim/fault"
    requests.get(url, params=fault, timeout=5).raise_for_status()


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_every_whole_second_is_exact_while_all_venues_are_well(tmp_path: Path) -> None:
    with started(tmp_path / "data", SETTINGS) as system:
        begun_ns = newest(system).stamp_ns
        wait_until(lambda: len(compared(system, begun_ns)) >= SECONDS, 60, 0.5)
        seconds = compared(system, begun_ns)
        assert [one.left_out for one in seconds] == [[]] * len(seconds)
        assert [error_bps(one) for one in seconds] == [0.0] * len(seconds)
        ours = {value.stamp_ns: value.value_usd for value in published(system)}
        for one in seconds:
            truth = second(system, one.stamp_ns)
            plain = plain_index.compute({name: truth["books"][name] for name in CONSTITUENTS})
            assert plain is not None
            assert plain.cents == round(ours[one.stamp_ns] * 100) == round(one.official_e6 / 1e4)
        assert [value.stamp_ns % 1_000_000_000 // 200_000_000 for value in published(system)][-5:] in (
            [[(first + n) % 5 for n in range(5)] for first in range(5)]
        )
        system.stop()


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_whatever_is_wrong_with_a_venue_is_named_and_the_index_stays_near(tmp_path: Path) -> None:
    with started(tmp_path / "data", SETTINGS) as system:
        begun_ns = newest(system).stamp_ns
        inject(system, "kraken", kind="deaf", count="1000")
        inject(system, "gemini", kind="refuse", count="1000")
        inject(system, "gemini", kind="close", abort="1")
        assert ask(system.data_dir, {"cmd": "stop", "names": ["bitstamp", "lmax"]})["ok"]

        def out() -> dict[str, str]:
            return {one.venue: one.why for one in newest(system).left_out}

        gone = dict.fromkeys(("kraken", "gemini", "bitstamp", "lmax"), "withdrawn")
        wait_until(lambda: out() == gone, 30, 0.2)
        assert not newest(system).withheld
        named_ns = newest(system).stamp_ns
        wait_until(lambda: len(compared(system, named_ns)) >= 4, 30, 0.5)
        for one in compared(system, begun_ns):
            assert abs(error_bps(one)) < 10.0
        for one in compared(system, named_ns):
            assert set(gone) <= set(one.left_out)

        rest = [name for name in CONSTITUENTS if name not in gone]
        assert ask(system.data_dir, {"cmd": "stop", "names": rest})["ok"]
        wait_until(lambda: bool(newest(system).withheld), 20, 0.2)
        last = newest(system)
        assert last.value_usd == 0.0
        assert all(f"{name} withdrawn" in last.withheld for name in CONSTITUENTS)
        system.stop()
