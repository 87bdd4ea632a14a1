from itertools import pairwise

from actors.adapter import Get
from actors.kalshi.chase import SHORTEST_WAIT_NS, Chaser
from actors.kalshi.requests import Requests

S = 1_000_000_000


def asked(speed: float, phases: list[str]) -> list[int]:
    """When a market is asked for, tick by tick over 100 s, in 1/10 s; the phase changes half way."""
    requests = Requests(20.0)
    chaser = Chaser(requests, speed)
    found = []
    for tick in range(1000):
        now_ns = tick * S // 10
        chaser.ask("M", phases[tick * len(phases) // 1000], 5 * S, now_ns)
        for output in requests.due(now_ns):
            assert isinstance(output, Get)
            assert (output.path, output.tag) == ("/markets/M", "market:M")
            requests.answered(output, 200, b"{}", 0.0, now_ns)
            found.append(tick)
    return found


def test_a_question_waits_for_its_time_and_then_comes_ever_more_rarely() -> None:
    times = asked(1.0, ["result"])
    assert times[0] == 50
    waits = [after - before for before, after in pairwise(times)]
    assert waits == sorted(waits)
    assert waits[0] == 10
    assert len(times) < 12


def test_another_phase_begins_anew() -> None:
    assert 500 in asked(1.0, ["strike", "result"])


def test_waits_shrink_with_the_speed_but_not_to_nothing() -> None:
    chaser = Chaser(Requests(1.0), 60.0)
    assert chaser.wait_ns(60.0) == S
    assert chaser.wait_ns(1.0) == SHORTEST_WAIT_NS
