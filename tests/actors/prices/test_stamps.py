from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.prices.stamps import Rfc3339, sane_ns

SECOND_NS = 1_783_465_097_000_000_000


@given(at=st.datetimes(datetime(2010, 1, 1), datetime(2100, 1, 1)), digits=st.integers(1, 9))
def test_a_stamp_is_read_to_the_last_digit(at: datetime, digits: int) -> None:
    fraction = f"{at.microsecond:06d}000"[:digits]
    wanted = int(at.replace(microsecond=0, tzinfo=UTC).timestamp()) * 10**9 + int(fraction.ljust(9, "0"))
    assert Rfc3339().ns(f"{at:%Y-%m-%dT%H:%M:%S}.{fraction}Z") == wanted


def test_the_second_that_is_kept_does_not_leak_into_another() -> None:
    stamps = Rfc3339()
    assert stamps.ns("2026-07-07T22:58:17.5Z") == SECOND_NS + 500_000_000 - 0
    assert stamps.ns("2026-07-07T22:58:18Z") == SECOND_NS + 1_000_000_000
    assert stamps.ns("2026-07-07T22:58:17.25Z") == SECOND_NS + 250_000_000


def test_the_year_one_is_no_stamp() -> None:
    assert Rfc3339().ns("0001-01-01T00:00:00.000000Z") == 0


@pytest.mark.parametrize(
    "text", ["", "Z", "yesterday", "2026-07-07T22:58:17+02:00", "2026-07-07T22:58:17.0123456789Z"]
)
def test_what_is_no_utc_stamp_is_refused(text: str) -> None:
    with pytest.raises((ValueError, IndexError)):
        Rfc3339().ns(text)


@pytest.mark.parametrize(("at_ns", "wanted"), [(SECOND_NS, SECOND_NS), (0, 0), (-5, 0), (17, 0), (2**64, 0)])
def test_only_a_possible_time_is_passed_on(at_ns: int, wanted: int) -> None:
    assert sane_ns(at_ns) == wanted
