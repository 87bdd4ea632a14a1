import pytest

from actors.store.address import PASSWORD, check_url, database_of, name_of


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://localhost:8123/mine", "localhost:8123/mine"),
        ("https://user@ch.example", "ch.example/default"),
        ("http://[::1]:8123/a%20b/", "::1:8123/a b"),
    ],
)
def test_an_address_names_server_and_database(url: str, name: str) -> None:
    check_url(url)
    assert name_of(url) == name
    assert name.endswith(database_of(url))


@pytest.mark.parametrize(
    "url", ["", "localhost:8123", "ftp://x/y", "http://", "http://x:99999/y", "http://[x/"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="the address of a ClickHouse server is like"):
        check_url(url)


def test_a_password_is_refused_and_not_shown() -> None:
    with pytest.raises(ValueError, match=PASSWORD) as refused:
        check_url("http://me:secret@host:8123/db")
    assert "secret" not in str(refused.value)
