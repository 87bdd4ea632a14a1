"""Against the simulated Kalshi, which answers, limits and fails as the real one does."""

import pytest

from replay.compare.polling import Readings, poll
from simulator.kalshi.keys import DemoKey, make_demo_key
from tests.simulator.kalshi.client import REST, World, kalshi_world


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> DemoKey:
    return make_demo_key(tmp_path_factory.mktemp("keys"))


def polled(world: World, ticker: str, every_s: float = 0.2, lasts_s: float = 1.0) -> Readings:
    return poll(f"{world.root}{REST}", every_s, lasts_s, lambda: ticker, lambda share: None)


def test_readings_are_the_books_touch_with_the_time_of_asking_and_answer(key: DemoKey) -> None:
    with kalshi_world(key) as world:
        ticker = world.running_market()["ticker"]
        world.sim("pause")
        true = world.sim("books")["books"][ticker]
        found = polled(world, ticker)
    assert (found.failed, found.trouble) == ({}, "")
    readings = found.polls[ticker]
    assert len(readings) >= 3
    assert {one.prices for one in readings} == {
        (round(float(true["bids"][0][0]) * 1e6), round(float(true["asks"][0][0]) * 1e6))
    }
    assert all(one.sent_ns < one.recv_ns for one in readings)


def test_a_refusal_is_counted_and_told_and_its_retry_after_obeyed(key: DemoKey) -> None:
    with kalshi_world(key) as world:
        ticker = world.running_market()["ticker"]
        world.sim("fault", kind="refuse", status=429, retry_after=3600, count=100)
        found = polled(world, ticker)
    assert (found.polls, found.failed) == ({}, {ticker: 1})
    assert found.trouble == "answered with status 429"


def test_without_a_running_market_nothing_is_asked(key: DemoKey) -> None:
    with kalshi_world(key) as world:
        assert polled(world, "", lasts_s=0.3) == Readings({}, {}, "")


def test_a_server_that_is_gone_is_told_in_words() -> None:
    found = poll("http://127.0.0.1:9/trade-api/v2", 0.2, 0.3, lambda: "T", lambda share: None)
    assert "refused" in found.trouble
