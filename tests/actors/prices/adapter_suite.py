"""What every venue's adapter is put through, and the data a venue brings for it.

data/<venue>/session.jsonl   frames of a whole session after `opened`, in documented shapes
data/<venue>/expected.jsonl  every message that comes of it, exactly
data/<venue>/case.json       settings; what the first frames sent must hold (`sends`); the expected
                             acknowledgements (`acks`); a frame that shows only that the socket lives
                             (`keepalive`; null where only pings do); one of an unknown type; two REST
                             tickers, one that shows the session's last book and one that shows a moved
                             market; whether there are a volume of 24 hours (`volume`) and stamps in the
                             frames (`stamps`); `answers`: bodies
                             of the venue's other REST answers by tag, in the order asked, the last one
                             again and again, each a frame late; and `faults`: frames sent after the
                             session, what is said, what is sent, what error it ends in
"""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import orjson

from actors.adapter import Get, Output, Send
from actors.prices.registry import build
from actors.prices.settings import PricesSettings
from actors.prices.venue import VenueAdapter
from messages import Message, to_json_fields

DATA = Path(__file__).parent / "data"
OPENED_NS = 1_783_465_200_000_000_000
STEP_NS = 100_000_000

# What a field may be turned into, as JSON text: orjson itself would write no infinite number.
WRONG = {
    "null": b"null",
    "text": b'"abc"',
    "empty text": b'""',
    "NaN as text": b'"NaN"',
    "infinity as text": b'"Infinity"',
    "negative": b"-1",
    "negative as text": b'"-0.5"',
    "huge": b"1e999999999",
    "huge as text": b'"1e999999999"',
    "long integer": b"123456789012345678901234567890",
    "true": b"true",
    "fraction": b"0.1",
    "list": b"[]",
    "list of lists": b"[[[]]]",
    "object": b"{}",
}


class Fault(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    frames: list[Any]
    says: list[str]
    sends: list[str]
    error: str | None


class Case(msgspec.Struct, forbid_unknown_fields=True):
    settings: dict[str, Any]
    sends: list[str]
    acks: list[str]
    keepalive: dict[str, Any] | None
    unknown: dict[str, Any]
    ticker_same: dict[str, Any]
    ticker_moved: dict[str, Any]
    faults: list[Fault]
    answers: dict[str, list[Any]] = {}
    volume: bool = True
    stamps: bool = True


def case(name: str) -> Case:
    return msgspec.json.decode((DATA / name / "case.json").read_bytes(), type=Case)


def session(name: str) -> list[bytes]:
    return (DATA / name / "session.jsonl").read_bytes().splitlines()


def expected(name: str) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in (DATA / name / "expected.jsonl").read_bytes().splitlines()]


def make(name: str, **settings: Any) -> VenueAdapter:
    return build(msgspec.convert({"venue": name, **case(name).settings, **settings}, PricesSettings))


class Drive:
    """An adapter under a clock that the test moves."""

    def __init__(self, name: str, **settings: Any) -> None:
        self.case = case(name)
        self.adapter = make(name, **settings)
        self.now_ns = OPENED_NS
        self.ref = 0
        self.answered = False
        self.outputs: list[Output] = self.adapter.opened(1, OPENED_NS)
        self._answers = {tag: list(bodies) for tag, bodies in self.case.answers.items()}
        self._asked: list[Get] = []
        self._note(self.outputs)

    def frame(self, data: bytes) -> list[Output]:
        self.now_ns += STEP_NS
        self.ref += 1
        due, self._asked = self._asked, []
        out = self.adapter.frame(data, self.now_ns, self.ref)
        self.outputs += out
        self._note(out)
        for get in due:
            bodies = self._answers[get.tag]
            out = out + self.reply(get, 200, bodies.pop(0) if len(bodies) > 1 else bodies[0])
        return out

    def _note(self, out: list[Output]) -> None:
        self._asked += [output for output in out if isinstance(output, Get) and output.tag in self._answers]

    def session(self, name: str) -> "Drive":
        for data in session(name):
            self.frame(data)
        return self

    def reply(self, get: Get, status: int, body: Any, retry_after_s: float = 0.0) -> list[Output]:
        self.ref += 1
        self.answered = self.answered or get.tag == "ticker"
        raw = body if isinstance(body, bytes) else orjson.dumps(body)
        out = self.adapter.reply(get, status, raw, retry_after_s, self.now_ns, self.ref)
        self.outputs += out
        return out

    def pass_s(
        self,
        seconds: float,
        ticker: Any = None,
        *,
        alive: bool = True,
        status: int = 200,
        wait_s: float = 0.0,
    ) -> list[Output]:
        """Let time pass in ticks, the socket alive, REST tickers answered with this body."""
        said: list[Output] = []
        # A feed answers every question; the one asked on opening may still be waiting.
        if ticker is not None and not self.answered:
            said += self.reply(Get(self.adapter.ticker_path(), "ticker"), status, ticker)
        until_ns = self.now_ns + int(seconds * 1e9)
        while self.now_ns < until_ns:
            if alive and self.case.keepalive is not None:
                said += self.frame(orjson.dumps(self.case.keepalive))
            else:
                self.now_ns += STEP_NS
            if alive and self.case.keepalive is None:
                self.adapter.pinged(self.now_ns)
            out = self.adapter.tick(self.now_ns)
            said += out
            self.outputs += out
            self._note(out)
            for output in out:
                if isinstance(output, Get) and output.tag == "ticker" and ticker is not None:
                    said += self.reply(output, status, ticker)
        return said


def messages(outputs: list[Output]) -> list[Message]:
    return [output for output in outputs if isinstance(output, Message)]


def names_of(outputs: list[Output]) -> list[str]:
    return [type(output).__name__ for output in outputs if isinstance(output, Message)]


def sent(outputs: list[Output]) -> list[str]:
    return [output.data.decode() for output in outputs if isinstance(output, Send)]


def as_json(outputs: list[Output]) -> list[dict[str, Any]]:
    """Messages as JSON says them, so that tuples and lists compare."""
    return [orjson.loads(orjson.dumps(to_json_fields(message))) for message in messages(outputs)]


def mutations(frame: bytes) -> Iterator[tuple[str, bytes]]:
    """The frame with each of its fields left out, and turned into everything wrong."""
    marker = "@@"
    for path in _paths(orjson.loads(frame)):
        shown = ".".join(map(str, path))
        without = orjson.loads(frame)
        parent = _at(without, path[:-1])
        del parent[path[-1]]
        yield f"{shown} missing", orjson.dumps(without)
        marked = copy.deepcopy(orjson.loads(frame))
        _at(marked, path[:-1])[path[-1]] = marker
        raw = orjson.dumps(marked)
        for wrong, text in WRONG.items():
            yield f"{shown} {wrong}", raw.replace(f'"{marker}"'.encode(), text)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield (*path, key)
        yield from _paths(item, (*path, key))


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value
