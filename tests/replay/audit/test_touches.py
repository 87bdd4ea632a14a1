"""A REST ticker shows a touch that the book had around that time, whatever the venue's pages lag."""

import pytest

from messages import FrameReceived
from replay.audit.touches import FEWEST, Touches

S = 10**9
SETTINGS = {"venue": "kraken", "symbol": "BTC-USD"}
PATH = "/0/public/Ticker?pair=XBTUSD"


def page(recv_s: float, bid: str, ask: str, source: str = f"GET {PATH} 200") -> FrameReceived:
    body = f'{{"error":[],"result":{{"XXBTZUSD":{{"b":["{bid}"],"a":["{ask}"],"v":["1","2"]}}}}}}'
    return FrameReceived(1, int(recv_s * S), source, body.encode())


@pytest.fixture
def touches() -> Touches:
    """A feed of Kraken whose touch rises by a dollar each second from 100 / 101 on."""
    found = Touches()
    found.began(SETTINGS)
    return found


def quotes(touches: Touches, *seconds: int) -> None:
    for second in seconds:
        touches.quote(second * S, (100 + second) * 10**8, (101 + second) * 10**8)


def judged(touches: Touches, now_s: int = 60) -> tuple[int, int]:
    touches.passed(now_s * S)
    return touches.compared, touches.agreed


def test_a_touch_of_the_same_moment_agrees(touches: Touches) -> None:
    quotes(touches, 1, 2, 3)
    touches.asked(page(3.5, "103.0", "104.0"))
    assert judged(touches, 4) == (0, 0)
    assert judged(touches, 6) == (1, 1)


def test_a_touch_from_before_or_from_shortly_after_agrees(touches: Touches) -> None:
    quotes(touches, 1, 2, 3, 4)
    touches.asked(page(4.5, "101.0", "102.0"))
    touches.asked(page(4.5, "106.0", "107.0"))
    quotes(touches, 5, 6, 7)
    assert judged(touches) == (2, 2)


def test_a_touch_that_the_book_never_had_does_not(touches: Touches) -> None:
    quotes(touches, 1, 2, 3)
    touches.asked(page(3.5, "103.5", "104.0"))
    assert judged(touches) == (1, 0)
    assert not touches.contradicts


def test_many_that_all_disagree_contradict_the_book(touches: Touches) -> None:
    quotes(touches, 1)
    for second in range(2, 2 + FEWEST):
        touches.asked(page(second, "90.0", "91.0"))
    assert judged(touches) == (FEWEST, 0)
    assert touches.contradicts


@pytest.mark.parametrize(
    "source", ["ws", f"GET {PATH} 429", f"GET {PATH} 0", "GET /0/public/Depth?pair=XBTUSD 200"]
)
def test_other_frames_are_no_ticker(touches: Touches, source: str) -> None:
    quotes(touches, 1)
    touches.asked(page(2, "101.0", "102.0", source))
    assert judged(touches) == (0, 0)


def test_a_page_that_nobody_can_read_says_nothing(touches: Touches) -> None:
    quotes(touches, 1)
    touches.asked(FrameReceived(1, 2 * S, f"GET {PATH} 200", b"<html>"))
    assert judged(touches) == (0, 0)


def test_without_a_book_there_is_nothing_to_compare(touches: Touches) -> None:
    touches.asked(page(2, "101.0", "102.0"))
    quotes(touches, 3)
    touches.asked(page(4, "103.0", "104.0"))
    touches.forget()
    assert judged(touches) == (0, 0)


def test_old_touches_are_let_go(touches: Touches) -> None:
    quotes(touches, *range(1, 100))
    touches.asked(page(99.5, "101.0", "102.0"))
    assert judged(touches, 200) == (1, 0)


@pytest.mark.parametrize("settings", [{}, {"venue": "nowhere"}, {"key_id": "x"}])
def test_who_is_no_price_actor_has_no_ticker(settings: dict[str, str]) -> None:
    touches = Touches()
    touches.began(settings)
    quotes(touches, 1)
    touches.asked(page(2, "101.0", "102.0"))
    assert judged(touches) == (0, 0)
