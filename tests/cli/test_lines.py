"""One record as one line, in text and in JSON."""

import json

from cli.lines import json_line, text_line
from messages import DayVolume, FrameReceived, Message, encode
from messages.log import Record

AT_NS = 1_795_420_800_250_000_000


def record(message: Message) -> Record:
    return Record(7, AT_NS, message.kind, encode(message))


def test_a_record_is_told_with_its_time_log_and_type() -> None:
    said = DayVolume("kraken", "BTC-USD", 3, AT_NS, 12_300_000_000)
    line = text_line("kraken", record(said), said)
    assert line.startswith("08:00:00.250Z kraken     DayVolume            ")
    told = json.loads(json_line("kraken", record(said), said))
    assert told == {
        "log": "kraken", "seq": 7, "at_ns": AT_NS, "type": "DayVolume", "venue": "kraken",
        "symbol": "BTC-USD", "frame": 3, "recv_ns": AT_NS, "volume_e8": 12_300_000_000,
    }  # fmt: skip


def test_raw_bytes_are_text_and_what_cannot_be_read_is_counted() -> None:
    frame = FrameReceived(1, 2, "ws", b"a\xff")
    assert json.loads(json_line("kraken", record(frame), frame))["data"] == "a\ufffd"
    foreign = Record(7, AT_NS, 9999, b"abc")
    assert text_line("kraken", foreign, None).endswith("kind 9999            3 bytes that cannot be read")
    assert json.loads(json_line("kraken", foreign, None)) == {
        "log": "kraken", "seq": 7, "at_ns": AT_NS, "type": "kind 9999", "unreadable_bytes": 3
    }  # fmt: skip
