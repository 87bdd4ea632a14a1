"""What a client may say to Binance's stream, and Binance's words for what it may not."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

_METHODS = ("SUBSCRIBE", "UNSUBSCRIBE", "LIST_SUBSCRIPTIONS", "SET_PROPERTY", "GET_PROPERTY")
_ID_LENGTH = 36


class Command(NamedTuple):
    """params: names of streams, or the property with its new value."""

    method: str
    params: list[Any]
    number: object


class Refusal(NamedTuple):
    code: int
    message: str
    more: Mapping[str, object] = {}

    def text(self) -> str:
        return orjson.dumps({"code": self.code, "msg": self.message, **self.more}).decode()


def result(value: object, number: object) -> str:
    return orjson.dumps({"result": value, "id": number}).decode()


def read(text: str) -> Command | Refusal:
    """Judge one text frame by the documented table of errors."""
    try:
        asked = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        return Refusal(3, f"Invalid JSON: expected value at line {error.lineno} column {error.colno}")
    if not isinstance(asked, dict) or "method" not in asked:
        return _invalid(f"missing field `method` at line 1 column {len(text)}")
    method = asked["method"]
    if method not in _METHODS:
        expected = ", ".join(f"`{name}`" for name in _METHODS)
        return _invalid(f"unknown variant `{method}`, expected one of {expected} at line 1 column 28")
    number = asked.get("id", False)
    if not _is_number(number):
        return _invalid("request ID must be an unsigned integer")
    params = asked.get("params")
    if method == "LIST_SUBSCRIPTIONS":
        return _invalid("too many parameters") if params else Command(method, [], number)
    if method in ("SUBSCRIBE", "UNSUBSCRIBE"):
        if not isinstance(params, list) or not all(isinstance(name, str) for name in params):
            return _invalid("invalid type, expected a list of strings")
        return Command(method, params, number)
    if not isinstance(params, list) or not params or not isinstance(params[0], str):
        return _invalid("property name must be a string")
    if params[0] != "combined":
        return Refusal(0, "Unknown property", {"id": number})
    if method == "SET_PROPERTY" and (len(params) != 2 or not isinstance(params[1], bool)):
        return Refusal(1, "Invalid value type: expected Boolean")
    return Command(method, params, number)


def _is_number(number: object) -> bool:
    """An integer, an alphanumeric text, or null; False stands for none at all."""
    if isinstance(number, str):
        return number.isalnum() and len(number) <= _ID_LENGTH
    return number is None or (isinstance(number, int) and not isinstance(number, bool))


def _invalid(why: str) -> Refusal:
    return Refusal(2, f"Invalid request: {why}")
