from typing import Any

import msgspec
import pytest

from actors.kalshi import wire
from tests.actors.kalshi.samples import FOLDER, needs_samples


@needs_samples
def test_published_changes_of_books_take_the_fast_way() -> None:
    for raw in (FOLDER / "ws_orderbook_delta.jsonl").read_bytes().splitlines():
        assert raw.startswith(wire.DELTA_START)
        assert wire.decode_delta(raw).msg.price_dollars.startswith("0.")


@pytest.mark.parametrize(
    "change", [("sid", "1"), ("seq", None), ("sid", 1.5), ("new", 1), ("msg", {"market_ticker": "M"})]
)
def test_the_fast_way_refuses_what_is_not_as_documented(change: tuple[str, Any]) -> None:
    msg = {"market_ticker": "M", "price_dollars": "0.1", "delta_fp": "1.00", "side": "yes"}
    frame = {"type": "orderbook_delta", "sid": 1, "seq": 2, "msg": msg}
    assert wire.decode_delta(msgspec.json.encode(frame)).seq == 2
    with pytest.raises(msgspec.ValidationError):
        wire.decode_delta(msgspec.json.encode({**frame, change[0]: change[1]}))


def test_readers_name_the_field_that_is_wrong() -> None:
    fields: dict[str, Any] = {"t": 5, "i": "5", "b": True, "o": [], "l": {}, "ts": -1}
    for read, name in (
        (wire.text, "t"), (wire.integer, "i"), (wire.integer, "b"), (wire.obj, "o"), (wire.rows, "l"),
        (wire.stamp_ns, "ts"), (wire.text, "absent"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=name):
            read(fields, name)


def test_what_is_optional_may_be_absent_or_null() -> None:
    for fields in ({}, {"x": None}):
        assert wire.optional_text(fields, "x") == ""
        assert wire.optional_integer(fields, "x") is None
        assert wire.stamp_ns(fields, "x") == 0
        assert wire.rows(fields, "x") == []
