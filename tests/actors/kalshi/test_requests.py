from actors.adapter import Get
from actors.kalshi.requests import Requests

S = 1_000_000_000


def drain(requests: Requests, seconds: float, start_ns: int = 100 * S) -> int:
    """Requests that leave in a time when everything asked for is answered at once."""
    sent = 0
    for step in range(int(seconds * 10)):
        now_ns = start_ns + step * S // 10
        for n in range(3):
            requests.ask("/x", f"t:{n}")
        for get in requests.due(now_ns):
            sent += 1
            requests.answered(get, 200, b"{}", 0.0, now_ns)
    return sent


def test_no_more_leave_than_the_rate_allows() -> None:
    assert 78 <= drain(Requests(4.0), 20) <= 85


def test_a_request_that_waits_or_is_under_way_is_not_asked_twice() -> None:
    requests = Requests(4.0)
    for _ in range(3):
        requests.ask("/x", "a")
    assert requests.due(100 * S) == [Get("/x", "a")]
    requests.ask("/x", "a")
    assert requests.is_pending("a")
    assert requests.due(200 * S) == []


def test_at_most_two_are_under_way() -> None:
    requests = Requests(20.0)
    for tag in "abc":
        requests.ask("/x", tag)
    assert len(requests.due(100 * S) + requests.due(101 * S)) == 2


def test_what_is_urgent_goes_first() -> None:
    requests = Requests(1.0)
    requests.ask("/x", "later")
    requests.ask("/x", "now", urgent=True)
    assert requests.due(100 * S)[0].tag == "now"


def refuse(requests: Requests, now_ns: int, retry_after_s: float = 0.0) -> None:
    requests.ask("/x", "a")
    get = requests.due(now_ns)[0]
    assert not requests.answered(get, 429, b"", retry_after_s, now_ns)


def test_retry_after_is_obeyed() -> None:
    requests = Requests(4.0)
    refuse(requests, 100 * S, 7.0)
    requests.ask("/x", "a")
    assert requests.due(106 * S) == []
    assert requests.due(107 * S + 1)


def test_without_retry_after_pauses_double() -> None:
    requests = Requests(4.0)
    now_ns = 100 * S
    for pause_s in (1, 2, 4, 8, 16, 32, 60, 60):
        refuse(requests, now_ns)
        requests.ask("/x", "a")
        assert requests.due(now_ns + pause_s * S - S // 10) == []
        now_ns += 200 * S


def test_after_a_refusal_the_rate_is_halved_and_recovers_slowly() -> None:
    requests = Requests(8.0)
    refuse(requests, 100 * S)
    first, later = drain(requests, 5, 110 * S), drain(requests, 20, 200 * S)
    assert 20 <= first <= 34
    assert later > 4 * first


def test_failures_are_counted_and_named() -> None:
    requests = Requests(4.0)
    for status, words in ((0, "cannot be reached: refused"), (503, "answers 503: refused")):
        assert not requests.answered(Get("/x", "a"), status, b"refused", 0.0, 100 * S)
        assert words in requests.trouble
    assert requests.failures == 2
    assert requests.answered(Get("/x", "a"), 404, b"", 0.0, 100 * S)
    assert (requests.failures, requests.trouble) == (0, "")
