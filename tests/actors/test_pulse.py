import os
import socket
import time

from actors.adapter import Freshness
from actors.pulse import Pulse
from tests.actors.shells import beats

FRESH = Freshness(True, 1500)


def test_a_beat_tells_age_counts_and_cost() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        pulse = Pulse(theirs.fileno())
        assert pulse.due()
        pulse.beat(True, FRESH, 10, 20, 3, (0.5, 1.5))
        assert not pulse.due()
        beat = beats(ours)[0]
    assert (beat["ready"], beat["fresh"], beat["data_age_s"]) == (True, True, 1.5)
    assert (beat["received"], beat["sent"], beat["lag"]) == (10, 20, 3)
    assert (beat["latency_p50_ms"], beat["latency_p99_ms"]) == (0.5, 1.5)
    assert beat["rss_mb"] > 1


def test_good_data_is_counted_without_a_break_only() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        pulse = Pulse(theirs.fileno())
        for freshness in (FRESH, FRESH, Freshness(False, -1, "no"), FRESH):
            pulse.beat(True, freshness, 0, 0)
            time.sleep(0.002)
        got = beats(ours)
    assert got[0]["good_s"] == 0
    assert got[1]["good_s"] > 0
    assert got[2]["good_s"] == 0
    assert got[3]["good_s"] == 0
    assert got[2]["data_age_s"] == -1


def test_without_a_supervisor_no_beat_is_due() -> None:
    assert not Pulse(-1).due()


def test_a_supervisor_that_does_not_read_never_blocks_and_lines_stay_whole() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        pulse = Pulse(theirs.fileno())
        for _ in range(2000):
            pulse.beat(True, FRESH, 0, 0)
        first = beats(ours)
        for _ in range(3):
            pulse.beat(True, FRESH, 1, 0)
            first += beats(ours)
    assert first[-1]["received"] == 1


def test_a_supervisor_that_is_gone_is_no_error() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        ours.close()
        Pulse(theirs.fileno()).beat(True, FRESH, 0, 0)
        assert os.fstat(theirs.fileno())
