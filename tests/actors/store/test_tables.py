"""Records become rows of the right table, date and series, each exactly once."""

import math
import random
from typing import Any, get_args, get_origin

import msgspec
import pytest

from actors.store.schema import RENAMED, TUPLES, struct_hints
from actors.store.tables import BY_NAME, TABLES, batches, folder, series_of, whole
from messages import MESSAGE_TYPES, BookChanged, FrameReceived, MarketBookChanged, Message, encode
from messages.log import Record

DAY_NS = 86_400 * 10**9
NIGHT_NS = 20_000 * DAY_NS


def changed(seq: int, at_ns: int = NIGHT_NS) -> Record:
    message = BookChanged("coinbase", "BTC-USD", seq, at_ns, 0, [(84_000, seq)], [(84_001, 0), (84_002, 7)])
    return Record(seq, at_ns, BookChanged.kind, encode(message))


def test_every_message_type_has_a_table() -> None:
    assert [table.name for table in TABLES.values()] == [cls.__name__ for cls in MESSAGE_TYPES]
    assert set(BY_NAME) == {table.name for table in TABLES.values()} | {"Unknown"}


def test_rows_say_what_the_records_said() -> None:
    found = batches("coinbase", [changed(5), changed(6)])
    rows = found["BookChanged", "2024-10-04", "BTC-USD"].to_pylist()
    assert len(found) == 1
    assert [(row["log"], row["seq"], row["at_ns"]) for row in rows] == [
        ("coinbase", 5, NIGHT_NS),
        ("coinbase", 6, NIGHT_NS),
    ]
    assert rows[0]["bids"] == [{"price": 84_000, "size": 5}]
    assert rows[1]["asks"] == [{"price": 84_001, "size": 0}, {"price": 84_002, "size": 7}]


def test_rows_are_parted_at_midnight_and_by_series() -> None:
    def level(seq: int, ticker: str) -> Record:
        message = MarketBookChanged(ticker, 1, NIGHT_NS, 0, 1, seq, True, 500_000, 100, 100)
        return Record(seq, NIGHT_NS, MarketBookChanged.kind, encode(message))

    records = [level(1, "KXBTC15M-24OCT040015-15"), level(2, "KXBTCD-24OCT0401-T84000"), changed(3)]
    found = batches("kalshi", [changed(0, NIGHT_NS - 1), *records, level(4, "KXBTC15M-24OCT040030-30")])
    assert {key: batch.column("seq").to_pylist() for key, batch in found.items()} == {
        ("BookChanged", "2024-10-03", "BTC-USD"): [0],
        ("BookChanged", "2024-10-04", "BTC-USD"): [3],
        ("MarketBookChanged", "2024-10-04", "KXBTC15M"): [1, 4],
        ("MarketBookChanged", "2024-10-04", "KXBTCD"): [2],
    }


def test_what_cannot_be_read_stands_in_a_table_of_its_own() -> None:
    too_large = encode(BookChanged("coinbase", "BTC-USD", 2**64 - 1, 1, 0, [], []))
    strange = [
        Record(2, NIGHT_NS, 999, b"\x91\x01"),
        Record(3, NIGHT_NS, BookChanged.kind, b"\x93\x01"),
        Record(5, NIGHT_NS, BookChanged.kind, too_large),
    ]
    found = whole("coinbase", [changed(1), *strange, changed(4)])
    assert found["BookChanged"].column("seq").to_pylist() == [1, 4]
    assert [(row["seq"], row["kind"], row["payload"]) for row in found["Unknown"].to_pylist()] == [
        (2, 999, b"\x91\x01"),
        (3, BookChanged.kind, b"\x93\x01"),
        (5, BookChanged.kind, too_large),
    ]


def test_a_series_is_what_stands_before_a_markets_time() -> None:
    said = ["KXBTC15M-26NOV222015-15", "btc-updown-15m-1763800000", "BTC-USD", "BRTI", "", "x" * 100]
    assert [series_of(one) for one in said] == ["KXBTC15M", "btc-updown-15m", "BTC-USD", "BRTI", "-", "-"]


def test_a_folder_names_table_date_and_series_whatever_the_series_is_called() -> None:
    key = ("BookChanged", "2024-10-04", "../BTC/USD")
    assert folder(key) == "BookChanged/date=2024-10-04/series=..%2FBTC%2FUSD"


def made_up(hint: Any, rng: random.Random) -> Any:
    """Any value of a type."""
    if get_origin(hint) is list:
        return [made_up(get_args(hint)[0], rng) for _ in range(rng.randint(0, 3))]
    if get_origin(hint) is tuple:
        return tuple(made_up(part, rng) for part in get_args(hint))
    if issubclass(hint, msgspec.Struct):
        return hint(*(made_up(part, rng) for _, part in struct_hints(hint)))
    choices: dict[type, Any] = {
        int: rng.choice([0, -1, 2**63 - 1, -(2**63), rng.randint(-(10**9), 10**18)]),
        float: rng.choice([0.0, -1.5, math.inf, rng.random() * 10**6]),
        bool: rng.random() < 0.5,
        str: rng.choice(["", "BTC-USD", "ü\n'\"\x00", "KXBTC15M-24OCT040015-15"]),
        bytes: rng.randbytes(rng.randint(0, 5)),
    }
    return choices[hint]


def as_row(message: Message) -> dict[str, Any]:
    """A message as its table has it, by way of nothing that makes tables."""

    def plain(name: str, value: Any) -> Any:
        if isinstance(value, list):
            return [plain(name, one) for one in value]
        if isinstance(value, msgspec.Struct):
            return {part: plain(part, getattr(value, part)) for part in value.__struct_fields__}
        if isinstance(value, tuple):
            return dict(zip(TUPLES.get(name, ("price", "size")), value, strict=True))
        return value

    row = {RENAMED.get(n, n): plain(n, getattr(message, n)) for n in message.__struct_fields__}
    if isinstance(message, FrameReceived):
        row["data_bytes"] = len(row.pop("data"))
    return row


@pytest.mark.parametrize("cls", MESSAGE_TYPES)
def test_every_message_becomes_the_row_that_it_is(cls: type[Message]) -> None:
    rng = random.Random(cls.kind)
    messages = [cls(*(made_up(hint, rng) for _, hint in struct_hints(cls))) for _ in range(30)]
    records = [Record(n, NIGHT_NS + n, cls.kind, encode(one)) for n, one in enumerate(messages)]
    rows = whole("here", records)[cls.__name__].to_pylist()
    where = [{"log": "here", "seq": n, "at_ns": NIGHT_NS + n} for n in range(30)]
    assert rows == [at | as_row(one) for at, one in zip(where, messages, strict=True)]
    parted = [row for part in batches("here", records).values() for row in part.to_pylist()]
    assert sorted(parted, key=lambda row: row["seq"]) == rows
