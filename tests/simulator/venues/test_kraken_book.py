from zlib import crc32

from simulator.venues.depth_view import Level
from simulator.venues.kraken_book import checksum
from tests.simulator.venues.client import samples


def test_the_checksum_is_that_of_the_official_example() -> None:
    (example,) = samples("kraken", "checksum_worked_example.json")

    def levels(side: str) -> list[Level]:
        return [(int(price.replace(".", "")), int(size.replace(".", ""))) for price, size in example[side]]

    assert checksum(levels("bids"), levels("asks")) == example["crc32"]


def test_the_checksum_takes_asks_first_and_ten_levels_a_side() -> None:
    bids = [(price, 7) for price in range(50, 30, -1)]
    asks = [(price, 5) for price in range(51, 71)]
    text = "".join(f"{price}5" for price in range(51, 61)) + "".join(
        f"{price}7" for price in range(50, 40, -1)
    )
    assert checksum(bids, asks) == crc32(text.encode())
