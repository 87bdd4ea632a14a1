import pytest

from replay.compare.views import Poll, Quote, is_offered, offered_e6, recognise, thin
from tests.replay.compare.samples import POLLS, QUOTES, at, reading


@pytest.mark.parametrize(
    ("prices", "side", "cost_e6"),
    [
        ((400_000, 420_000), "yes", 420_000),
        ((400_000, 420_000), "no", 600_000),
        ((400_000, -1), "yes", -1),
        ((-1, 420_000), "no", -1),
    ],
)
def test_a_side_costs_the_ask_or_what_the_bid_leaves(
    prices: tuple[int, int], side: str, cost_e6: int
) -> None:
    assert offered_e6(prices, side) == cost_e6
    assert is_offered(prices, side, 700_000) == (cost_e6 >= 0)


def test_a_reading_is_recognised_by_its_prices_while_it_was_under_way() -> None:
    assert [one.quote for one in recognise(QUOTES, POLLS)] == [0, 2, 4]


def test_a_reading_that_the_stream_never_showed_is_not() -> None:
    strange = Poll(at(2.4), at(2.5), 111_000, 999_000)
    long_over = reading(4.0, 1)
    assert [one.quote for one in recognise(QUOTES, [strange, long_over])] == [-1, -1]


def test_a_stream_that_lags_a_little_is_still_recognised() -> None:
    early = reading(2.7, 3)
    assert [one.quote for one in recognise(QUOTES, [early])] == [3]


def test_of_readings_a_slower_poller_keeps_some() -> None:
    polls = [reading(n, 0) for n in range(10)]
    assert [poll.sent_ns for poll in thin(polls, 3.0)] == [at(0), at(3), at(6), at(9)]
    assert thin(polls, 1.0) == polls


def test_prices_that_come_again_are_recognised_as_those_that_stood_then() -> None:
    back_and_forth = [Quote(at(n / 10), *QUOTES[n % 2].prices) for n in range(10)]
    assert [
        one.quote for one in recognise(back_and_forth, [reading(0.45, 0, 0.02), reading(0.35, 1, 0.02)])
    ] == [4, 3]
