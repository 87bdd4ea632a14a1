"""What the store does, in words."""

from cli.sayings import say
from cli.store_sayings import WORDS
from messages import SegmentStored, StoreTrimmed, StoreTroubled


def test_a_stored_segment_says_how_small_it_became() -> None:
    stored = SegmentStored("kraken", 1, 900, 5, 900, 0, 64_000_000, 6_000_000, 5_200_000, 4_210.0)
    assert say(stored) == "kraken 1 to 900 stored: 900 records, 64.0 MB as 11.2 MB in 4.2 s"
    assert set(WORDS) == {SegmentStored, StoreTrimmed, StoreTroubled}


def test_damage_in_it_is_said() -> None:
    stored = SegmentStored("kraken", 1, 900, 5, 897, 3, 64_000_000, 6_000_000, 5_200_000, 4_210.0)
    assert say(stored).endswith(", 3 DAMAGED records lost")


def test_a_deleted_one_says_which_limit_asked_for_it() -> None:
    trimmed = StoreTrimmed("kraken", 1, 900, 5, 11_200_000, "age")
    assert say(trimmed) == "kraken 1 to 900 deleted by the limit of age: 11.2 MB free"


def test_trouble_says_what_waits_and_when_it_is_over() -> None:
    assert say(StoreTroubled("kraken", 7, 5, "the disk is full")) == (
        "kraken from 7 on is not stored: the disk is full"
    )
    assert say(StoreTroubled("kraken", 7, 5, "")) == "kraken from 7 on can be stored again"
