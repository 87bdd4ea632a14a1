"""What is said of an error that libraries have wrapped."""

import socket

import pytest
import requests

from actors.errors import because


def test_the_number_and_the_wrapping_are_left_out() -> None:
    with pytest.raises(requests.ConnectionError) as refused:
        requests.get("http://127.0.0.1:1/a/path?with=a+query", timeout=5)
    assert because(refused.value) == "Connection refused"


def test_a_name_that_does_not_resolve_is_told_in_the_systems_words() -> None:
    assert because(socket.gaierror(-2, "Name or service not known")) == "Name or service not known"


@pytest.mark.parametrize(
    ("error", "words"),
    [(TimeoutError("timed out"), "timed out"), (ValueError("one\ntwo"), "one two"), (EOFError(), "EOFError")],
)
def test_an_error_without_words_of_the_system_speaks_for_itself(error: Exception, words: str) -> None:
    assert because(error) == words
