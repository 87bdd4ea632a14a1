import pytest

from actors.adapter import Get
from actors.errors import AddressRefusedError
from actors.polymarket.pages import Pages

S = 1_000_000_000
GET = Get("/events?slug=a", "a")


def test_one_question_is_asked_at_a_time() -> None:
    pages = Pages()
    assert pages.ask("a", S) == GET
    assert pages.ask("b", S) is None
    assert pages.answered(GET, 200, b"[]", 0.0, 2 * S)
    assert pages.ask("b", 2 * S) == Get("/events?slug=b", "b")


@pytest.mark.parametrize(("retry_after_s", "quiet_s"), [(0.0, 10), (30.0, 30)])
def test_a_refusal_is_followed_by_silence(retry_after_s: float, quiet_s: int) -> None:
    pages = Pages()
    pages.ask("a", S)
    assert not pages.answered(GET, 429, b"slow down", retry_after_s, S)
    assert pages.trouble == "its pages answer 429"
    assert pages.ask("a", S + quiet_s * S - 1) is None
    assert pages.ask("a", S + quiet_s * S) == GET


def test_a_network_that_fails_is_told_in_its_own_words() -> None:
    pages = Pages()
    pages.ask("a", S)
    assert not pages.answered(GET, 0, b"connection refused", 0.0, S)
    assert pages.trouble == "its pages cannot be reached: connection refused"
    pages.answered(GET, 200, b"[]", 0.0, S)
    assert pages.trouble == ""


def test_an_address_that_is_refused_ends_the_feed_with_what_to_do() -> None:
    with pytest.raises(AddressRefusedError, match="--without polymarket"):
        Pages().answered(GET, 403, b"", 0.0, S)
