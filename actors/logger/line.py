"""The form of a readable log line, both ways.

    2026-11-22T20:55:40.123456Z INFO  coinbase feed opened conn=3 mode=stream url=wss://… #1234

UTC time with microseconds, level, actor, event in words, then `key=value` fields and a mark. A value with
a space, a quote, a backslash or a control character stands in double quotes, escaped as in
JSON; so a line never breaks. The mark says what the line was made from, and is how a restarted logger
knows where it stopped: `#1234` is a record of the actor's log, `@inode:offset` the place behind a line of
`<actor>.err`, the actor's own output.
"""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LINE = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6})Z (?P<level>[A-Z]+) +(?P<actor>[^\s=]+)"
    r"(?P<event>(?: [^\s=#@]+)+)"
    r'(?P<fields>(?: [^\s="#@]+=(?:"(?:[^"\\]|\\.)*"|[^\s"]*))*)'
    r" (?:#(?P<seq>\d+)|@(?P<inode>\d+):(?P<offset>\d+))"
)
_FIELD = re.compile(r' ([^\s="#@]+)=("(?:[^"\\]|\\.)*"|[^\s"]*)')
_PLAIN = re.compile(r"[^\s\"\\\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]*")


class Line(msgspec.Struct, frozen=True):
    """One line. seq: -1 unless it was made from a record. place: (inode, offset) if from own output."""

    at_ns: int
    level: str
    actor: str
    event: str
    fields: dict[str, str]
    seq: int = -1
    place: tuple[int, int] | None = None


def format_line(line: Line) -> str:
    """Write a line, without its newline. Digits below the microsecond are cut off."""
    time = (_EPOCH + timedelta(microseconds=line.at_ns // 1000)).strftime("%Y-%m-%dT%H:%M:%S.%f")
    fields = "".join(f" {name}={_quoted(value)}" for name, value in line.fields.items())
    mark = f"#{line.seq}" if line.place is None else f"@{line.place[0]}:{line.place[1]}"
    return f"{time}Z {line.level:<5} {line.actor} {line.event}{fields} {mark}"


def parse_line(text: str) -> Line | None:
    """Read a line back; None for anything else."""
    found = _LINE.fullmatch(text)
    if found is None or found["level"] not in LEVELS:
        return None
    try:
        since = datetime.fromisoformat(found["time"]).replace(tzinfo=UTC) - _EPOCH
        fields = {name: _plain(value) for name, value in _FIELD.findall(found["fields"])}
    except ValueError:
        return None
    return Line(
        at_ns=(since // timedelta(microseconds=1)) * 1000,
        level=found["level"],
        actor=found["actor"],
        event=found["event"][1:],
        fields=fields,
        seq=int(found["seq"]) if found["seq"] else -1,
        place=(int(found["inode"]), int(found["offset"])) if found["inode"] else None,
    )


def _quoted(value: str) -> str:
    return value if _PLAIN.fullmatch(value) else json.dumps(value, ensure_ascii=True)


def _plain(value: str) -> str:
    return str(json.loads(value)) if value.startswith('"') else value
