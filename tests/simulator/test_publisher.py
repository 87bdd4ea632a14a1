import random
from typing import Any

import pytest

from simulator.book import SimBook
from simulator.kalshi.clock import MarketClock
from simulator.publisher import Publisher
from simulator.settings import IndexSettings
from tests.simulator import plain_index

SECOND = 1_000_000_000
START = 1_795_380_000 * SECOND
STEP = 2_000_000


def _market(price: float = 84_000.0, seed: int = 1, decimals: int = 2) -> tuple[SimBook, random.Random]:
    rng = random.Random(seed)
    return SimBook(10.0**-decimals, 8_000_000, 300, 0.5 * 10**decimals, price, rng), rng


def _publisher(speed: float = 1.0, settings: IndexSettings | None = None) -> Publisher:
    publisher = Publisher(speed, settings or IndexSettings())
    publisher.turn(START, 84_000.0, 0)
    return publisher


def _plain_cents(described: dict[str, Any] | None, cap_sample: str = "min50", uncross: bool = True) -> int:
    assert described is not None
    index = plain_index.compute(described["books"], cap_sample, uncross)
    assert index is not None
    return index.cents


def test_a_value_stands_on_every_fifth_of_a_market_second() -> None:
    publisher = _publisher()
    book, _ = _market()
    publisher.follow("coinbase", book, 2, 0)
    for now_ns in range(START, START + 2 * SECOND + 1, STEP):
        publisher.turn(now_ns + 300_000, 84_000.0, 0)
    assert [value.stamp_ns - START for value in publisher.values] == [n * SECOND // 5 for n in range(11)]
    assert list(publisher.seconds) == [START, START + SECOND, START + 2 * SECOND]
    newest = publisher.values[-1].number
    assert publisher.since(newest - 3) == list(publisher.values)[-3:]
    assert publisher.since(newest) == []


@pytest.mark.parametrize(
    "settings", [IndexSettings(), IndexSettings(cap_sample="max50"), IndexSettings(uncross=False)]
)
def test_a_seconds_value_is_that_of_the_books_as_they_stood_before_it(settings: IndexSettings) -> None:
    publisher, markets = _publisher(settings=settings), []
    for n, venue in enumerate(("coinbase", "kraken", "itbit")):
        book, rng = _market(84_000.0 + 3 * n, seed=n, decimals=2 if n else 1)
        publisher.follow(venue, book, 2 if n else 1, 0)
        markets.append((book, rng))
    for second in range(1, 6):
        before = [book.bids() for book, _ in markets]
        publisher.turn(START + second * SECOND + 1, 0.0, START + second * SECOND - 10)
        for n, (book, rng) in enumerate(markets):
            book.evolve(84_000.0 + 3 * n + second, rng, 5)
        described = publisher.describe(None)
        assert described is not None
        assert (described["stamp_ns"], described["flushed_ns"]) == (
            START + second * SECOND,
            START + second * SECOND - 10,
        )
        shown: Any = described["books"]
        assert [len(shown[venue]["bids"]) for venue in shown] == [len(levels) for levels in before]
        cents = _plain_cents(described, settings.cap_sample, settings.uncross)
        assert described["official"] == f"{cents // 100}.{cents % 100:02d}"
        assert publisher.describe(START + second * SECOND) == described
    assert publisher.describe(START - SECOND) is None


def test_only_what_the_public_is_shown_of_a_constituent_counts() -> None:
    publisher = _publisher()
    book, _ = _market()
    stranger, _ = _market(90_000.0, seed=2)
    publisher.follow("bitstamp", book, 2, 100)
    publisher.follow("binance", stranger, 2, 0)
    publisher.turn(START + SECOND, 0.0, 0)
    described: Any = publisher.describe(None)
    assert list(described["books"]) == ["bitstamp"]
    sides = described["books"]["bitstamp"]
    assert sides["bids"] == [[f"{p / 100:.2f}", f"{s / 1e8:.8f}"] for p, s in book.bids(100)]
    assert sides["asks"] == [[f"{p / 100:.2f}", f"{s / 1e8:.8f}"] for p, s in book.asks(100)]


def test_without_a_constituent_the_path_is_the_index() -> None:
    publisher = _publisher()
    publisher.turn(START + SECOND, 84_123.456, 0)
    assert publisher.values[-1].cents == 8_412_346
    assert publisher.describe(None) == {
        "stamp_ns": START + SECOND,
        "official": "84123.46",
        "flushed_ns": 0,
        "books": {},
    }


@pytest.mark.parametrize("speed", [60.0, 900.0])
def test_no_whole_second_is_left_out_at_any_speed(speed: float) -> None:
    publisher, clock = _publisher(speed), MarketClock(speed)
    book, rng = _market()
    publisher.follow("coinbase", book, 2, 0)
    published: list[int] = []
    for now_ns in range(START, START + SECOND // 4, STEP):
        newest = publisher.values[-1].number if publisher.values else 0
        publisher.turn(now_ns, 0.0, 0)
        published += [value.number // 5 for value in publisher.since(newest) if value.number % 5 == 0]
        book.evolve(84_000.0 + len(published), rng, 3)
    first = clock.second(START)
    assert published == list(range(first + 1, first + len(published) + 1))
    assert published[-1] >= clock.second(START + SECOND // 4 - STEP)
    assert len(publisher.seconds) == min(len(published) + 1, 120)


def test_between_whole_seconds_a_fast_market_is_computed_at_most_every_five_milliseconds() -> None:
    publisher = _publisher(60.0)
    book, rng = _market()
    publisher.follow("coinbase", book, 2, 0)
    newest, last_ns, left_out = 0, 0, 0
    for now_ns in range(START, START + SECOND, STEP):
        book.evolve(84_000.0, rng, 3)
        publisher.turn(now_ns, 0.0, 0)
        fresh = publisher.since(newest)
        if fresh:
            newest = fresh[-1].number
            assert now_ns - last_ns >= 5_000_000 or any(value.number % 5 == 0 for value in fresh)
            last_ns = now_ns
        else:
            left_out += 1
    assert left_out > 250


def test_the_present_value_follows_the_books_and_is_at_most_five_milliseconds_old() -> None:
    publisher = _publisher()
    book, rng = _market()
    publisher.follow("coinbase", book, 2, 0)
    first = publisher.value_usd(START, 0.0)
    for _ in range(20):
        book.evolve(84_050.0, rng, 5)
    assert publisher.value_usd(START + 4_000_000, 0.0) == first
    assert publisher.value_usd(START + 5_000_000, 0.0) > first + 20.0


def test_a_clock_that_was_set_back_publishes_nothing_twice() -> None:
    publisher = _publisher()
    publisher.turn(START + 3 * SECOND, 84_000.0, 0)
    published = list(publisher.values)
    publisher.turn(START + SECOND, 84_000.0, 0)
    publisher.turn(START + 3 * SECOND, 84_000.0, 0)
    assert list(publisher.values) == published


def test_after_a_long_stop_only_the_last_two_minutes_are_remembered() -> None:
    publisher = _publisher()
    publisher.turn(START + 3_600 * SECOND, 84_000.0, 0)
    assert len(publisher.values) == 600
    assert len(publisher.seconds) == 120
    assert publisher.values[-1].stamp_ns == START + 3_600 * SECOND
