"""What a feed's own log says about the connection before this one."""

from pathlib import Path
from typing import NamedTuple

from messages import FeedClosed, FeedOpened, FrameReceived
from messages.log import LogReader

_KINDS = frozenset({FrameReceived.kind, FeedOpened.kind, FeedClosed.kind})
_LOOK_BACK_S = (15, 120, 3600, 86_400, 10**9)


class Before(NamedTuple):
    """conn: number of the last connection, 0 if none. last_frame_ns: receipt of its last frame, 0 if
    none. reason: why it ended, as far as it could say."""

    conn: int
    last_frame_ns: int
    reason: str


def look_back(log_dir: Path, last_at_ns: int) -> Before:
    """Find the last connection and its last frame, reading back only as far as needed."""
    conn = 0
    reason = ""
    for back_s in _LOOK_BACK_S:
        last_frame_ns = 0
        with LogReader(log_dir) as reader:
            reader.seek_time(max(0, last_at_ns - back_s * 1_000_000_000))
            while True:
                for record in reader.read(1000, _KINDS):
                    message = record.message()
                    if isinstance(message, FrameReceived):
                        conn = max(conn, message.conn)
                        if not message.source.endswith(" 0"):  # what the network failed to bring
                            last_frame_ns = message.recv_ns
                    elif isinstance(message, FeedOpened):
                        conn, reason = max(conn, message.conn), ""
                    elif isinstance(message, FeedClosed):
                        conn, reason = max(conn, message.conn), message.reason
                if reader.drained:
                    break
        if last_frame_ns:
            return Before(conn, last_frame_ns, reason or "the process was killed")
    return Before(conn, 0, reason)
