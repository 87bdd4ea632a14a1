import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.venues.binance_commands import Command, Refusal, read, result


@pytest.mark.parametrize(
    ("said", "code", "message"),
    [
        ("{", 3, "Invalid JSON: expected value at line 1 column 2"),
        ("[]", 2, "Invalid request: missing field `method` at line 1 column 2"),
        ('{"id":1}', 2, "Invalid request: missing field `method` at line 1 column 8"),
        (
            '{"method":"SUBSCRIBE","params":["a"]}',
            2,
            "Invalid request: request ID must be an unsigned integer",
        ),
        (
            '{"method":"SUBSCRIBE","params":[],"id":1.5}',
            2,
            "Invalid request: request ID must be an unsigned integer",
        ),
        (
            '{"method":"SUBSCRIBE","params":[],"id":"a b"}',
            2,
            "Invalid request: request ID must be an unsigned integer",
        ),
        ('{"method":"LIST_SUBSCRIPTIONS","params":["a"],"id":1}', 2, "Invalid request: too many parameters"),
        (
            '{"method":"GET_PROPERTY","params":[],"id":1}',
            2,
            "Invalid request: property name must be a string",
        ),
        (
            '{"method":"SET_PROPERTY","params":["combined",1],"id":1}',
            1,
            "Invalid value type: expected Boolean",
        ),
        (
            '{"method":"SUBSCRIBE","params":"a","id":1}',
            2,
            "Invalid request: invalid type, expected a list of strings",
        ),
    ],
)
def test_what_is_not_allowed_is_said_in_the_documented_words(said: str, code: int, message: str) -> None:
    refusal = read(said)
    assert isinstance(refusal, Refusal)
    assert json.loads(refusal.text()) == {"code": code, "msg": message}


def test_an_unknown_method_is_told_the_known_ones() -> None:
    refusal = read('{"method":"dance","id":1}')
    assert isinstance(refusal, Refusal)
    assert refusal.message == (
        "Invalid request: unknown variant `dance`, expected one of `SUBSCRIBE`, `UNSUBSCRIBE`, "
        "`LIST_SUBSCRIPTIONS`, `SET_PROPERTY`, `GET_PROPERTY` at line 1 column 28"
    )


def test_an_unknown_property_is_answered_with_its_number() -> None:
    refusal = read('{"method":"GET_PROPERTY","params":["colour"],"id":7}')
    assert isinstance(refusal, Refusal)
    assert json.loads(refusal.text()) == {"code": 0, "msg": "Unknown property", "id": 7}


@pytest.mark.parametrize("number", ["1", '"abc1"', "null", "-5"])
def test_documented_numbers_are_taken(number: str) -> None:
    command = read(f'{{"method":"SUBSCRIBE","params":["a@trade"],"id":{number}}}')
    assert command == Command("SUBSCRIBE", ["a@trade"], json.loads(number))


def test_a_result_bears_the_number_of_its_question() -> None:
    assert result(None, 1) == '{"result":null,"id":1}'
    assert result(["a"], "x") == '{"result":["a"],"id":"x"}'


WORDS = st.sampled_from(["method", "params", "id", "SUBSCRIBE", "SET_PROPERTY", "combined", "a@trade"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORDS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=8,
)


@given(JSON.map(json.dumps) | st.text(max_size=20))
def test_nothing_that_a_client_says_is_left_without_a_judgement(said: str) -> None:
    judged = read(said)
    if isinstance(judged, Refusal):
        json.loads(judged.text())
    else:
        json.loads(result(None, judged.number))
