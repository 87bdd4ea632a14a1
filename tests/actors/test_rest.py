from actors.adapter import Get
from actors.rest import RestDesk, RestReply
from messages.doorbell import Doorbell
from tests.actors.servers import rest_server
from tests.conftest import wait_until


def fetch(base_url: str, *gets: Get) -> list[RestReply]:
    bell = Doorbell.create()
    desk = RestDesk(base_url, bell, "test/1")
    for get in gets:
        desk.ask(get)
    replies: list[RestReply] = []
    wait_until(lambda: replies.extend(desk.replies()) or len(replies) == len(gets))  # type: ignore[func-returns-value]
    desk.close()
    desk.join()
    bell.close()
    return replies


def test_replies_come_in_the_order_asked_with_status_body_and_stamp() -> None:
    with rest_server(lambda path: (404 if "b" in path else 200, path.encode(), {})) as url:
        replies = fetch(url, Get("/a", "first"), Get("/b", "second"))
    assert [(r.get.tag, r.status, r.body) for r in replies] == [
        ("first", 200, b"/a"),
        ("second", 404, b"/b"),
    ]
    assert 0 < replies[0].recv_ns <= replies[1].recv_ns


def test_retry_after_of_a_429_is_told() -> None:
    with rest_server(lambda _: (429, b"", {"Retry-After": "12"})) as url:
        assert fetch(url, Get("/", "x"))[0].retry_after_s == 12


def test_a_server_that_is_not_there_is_status_zero_with_a_reason() -> None:
    reply = fetch("http://127.0.0.1:1", Get("/", "x"))[0]
    assert reply.status == 0
    assert reply.body == b"Connection refused (127.0.0.1:1)"
