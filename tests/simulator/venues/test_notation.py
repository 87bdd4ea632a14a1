from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from simulator.venues.notation import padded, rfc3339_ms, rfc3339_ns, rfc3339_s, rfc3339_us, trimmed

AT_NS = 1_783_465_098_000_001_000


def test_numbers_are_padded_to_all_decimals() -> None:
    assert padded(6_350_767, 2) == "63507.67"
    assert padded(100_000, 8) == "0.00100000"
    assert padded(0, 8) == "0.00000000"


def test_numbers_are_trimmed_to_the_decimals_they_need() -> None:
    assert trimmed(6_352_600, 2) == "63526"
    assert trimmed(6_352_830, 2) == "63528.3"
    assert trimmed(0, 8) == "0"


@given(units=st.integers(0, 10**15), decimals=st.integers(1, 10))
def test_both_spellings_mean_the_same_number(units: int, decimals: int) -> None:
    meant = Decimal(units).scaleb(-decimals)
    assert Decimal(padded(units, decimals)) == meant
    assert Decimal(trimmed(units, decimals)) == meant


def test_times_are_written_as_the_venues_write_them() -> None:
    assert rfc3339_us(AT_NS) == "2026-07-07T22:58:18.000001Z"
    assert rfc3339_ns(AT_NS) == "2026-07-07T22:58:18.000001Z"
    assert rfc3339_ns(AT_NS - 1_000) == "2026-07-07T22:58:18Z"
    assert rfc3339_ms(AT_NS + 47_999_999) == "2026-07-07T22:58:18.048Z"
    assert rfc3339_s(AT_NS) == "2026-07-07T22:58:18Z"


@given(st.integers(0, 4_000_000_000_000_000_000))
def test_a_written_time_reads_back_to_the_microsecond(at_ns: int) -> None:
    read = datetime.fromisoformat(rfc3339_us(at_ns))
    assert round(read.replace(microsecond=0).timestamp()) == at_ns // 1_000_000_000
    assert read.microsecond == at_ns % 1_000_000_000 // 1_000
    assert read.tzinfo == UTC
