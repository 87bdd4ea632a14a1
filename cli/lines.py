"""One record as one line, for people and for scripts. Pure."""

import orjson

from cli.log_reading import type_name
from cli.sayings import say
from cli.wording import clock_utc
from messages import FrameReceived, Message, to_json_fields
from messages.log import Record


def text_line(log: str, record: Record, message: Message | None) -> str:
    """Time, log, type, and what it says. message: what the record holds; None where it cannot be read."""
    words = say(message) if message is not None else f"{len(record.payload)} bytes that cannot be read"
    return f"{clock_utc(record.at_ns)}Z {log:<10} {type_name(record.kind):<20} {words}"


def json_line(log: str, record: Record, message: Message | None) -> str:
    """The same as one object: log, seq, at_ns, type and the message's fields in their exact units."""
    head = {"log": log, "seq": record.seq, "at_ns": record.at_ns}
    if message is None:
        fields = {"type": type_name(record.kind), "unreadable_bytes": len(record.payload)}
    else:
        fields = to_json_fields(message)
        if isinstance(message, FrameReceived):
            fields["data"] = message.data.decode("utf-8", "replace")
    return orjson.dumps(head | fields).decode()
