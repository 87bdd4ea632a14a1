from pathlib import Path

from actors.history import Before, look_back
from messages import FeedClosed, FeedHealth, FeedOpened, FrameReceived, Message
from messages.log import LogWriter

S = 1_000_000_000


def test_a_log_without_connections_has_no_history(tmp_path: Path) -> None:
    assert look_back(tmp_path / "none", 0) == Before(0, 0, "")


def look(tmp_path: Path, *said: tuple[int, Message]) -> Before:
    writer = LogWriter(tmp_path / "x")
    for at_s, message in said:
        writer.append([message], at_s * S)
    before = look_back(tmp_path / "x", writer.last_at_ns)
    writer.close()
    return before


def opened(conn: int) -> FeedOpened:
    return FeedOpened("x", conn, 0, "", "", "stream")


def frame(conn: int, recv_s: int) -> FrameReceived:
    return FrameReceived(conn, recv_s * S, "ws", b"")


def test_the_last_frame_of_the_last_connection_is_found(tmp_path: Path) -> None:
    before = look(tmp_path, (1, opened(1)), (2, frame(1, 2)), (3, frame(1, 3)))
    assert before == Before(1, 3 * S, "the process was killed")


def test_the_reason_of_the_close_is_kept(tmp_path: Path) -> None:
    before = look(tmp_path, (1, opened(4)), (2, frame(4, 2)), (3, FeedClosed("x", 4, 0, "reset", "network")))
    assert before == Before(4, 2 * S, "reset")


def test_a_frame_hours_before_many_failed_tries_is_still_found(tmp_path: Path) -> None:
    tries: list[tuple[int, Message]] = [
        (10_000 + i * 60, FeedClosed("x", 1 + i, 0, "refused", "network")) for i in range(1, 100)
    ]
    before = look(tmp_path, (1, opened(1)), (2, frame(1, 2)), *tries)
    assert before == Before(100, 2 * S, "refused")


def test_a_rest_request_that_failed_in_the_network_is_no_frame(tmp_path: Path) -> None:
    failed = FrameReceived(1, 9 * S, "GET /x 0", b"refused")
    assert look(tmp_path, (1, opened(1)), (2, frame(1, 2)), (9, failed)).last_frame_ns == 2 * S


def test_other_records_do_not_disturb(tmp_path: Path) -> None:
    health = FeedHealth("x", 9, 0, True, 0, 0, 0, 0, 0.0, 0.0, 0.0, "")
    assert look(tmp_path, (1, opened(1)), (2, frame(1, 2)), (3, health)).conn == 1
