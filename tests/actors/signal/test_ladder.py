import random

from actors.signal.ladder import EMPTY, Ladder

BIDS = [(480_000, 300), (500_000, 100), (490_000, 200)]
ASKS = [(520_000, 150), (540_000, 50)]


def held() -> Ladder:
    ladder = Ladder()
    ladder.replace(1, BIDS, ASKS)
    return ladder


def test_the_touch_is_the_highest_bid_and_the_lowest_ask_with_their_counts() -> None:
    assert held().touch == (500_000, 100, 520_000, 150)


def test_levels_are_read_best_first() -> None:
    ladder = held()
    assert ladder.bids.best(2) == [(500_000, 100), (490_000, 200)]
    assert ladder.asks.best(9) == [(520_000, 150), (540_000, 50)]


def test_an_order_meets_the_best_levels_first_and_no_more_than_stands() -> None:
    ladder = held()
    assert ladder.asks.fills(160) == [(520_000, 150), (540_000, 10)]
    assert ladder.bids.fills(10_000) == [(500_000, 100), (490_000, 200), (480_000, 300)]
    assert ladder.asks.fills(0) == []


def test_a_change_sets_a_level_and_zero_removes_it() -> None:
    ladder = held()
    ladder.change(2, True, 500_000, 0)
    ladder.change(3, True, 495_000, 70)
    ladder.change(4, False, 520_000, 10)
    ladder.change(5, False, 530_000, 0)
    assert ladder.touch == (495_000, 70, 520_000, 10)
    assert ladder.recv_ns == 5


def test_an_empty_side_is_told_as_such() -> None:
    ladder = held()
    ladder.replace(2, [], ASKS)
    assert ladder.touch == (-1, 0, 520_000, 150)
    ladder.replace(3, [], [])
    assert ladder.touch == EMPTY
    assert ladder.bids.fills(100) == []


def test_nothing_stands_before_the_first_snapshot_and_after_a_withdrawal() -> None:
    ladder = Ladder()
    ladder.change(1, True, 500_000, 100)
    assert not ladder.stands
    assert ladder.touch == EMPTY
    ladder.replace(2, BIDS, ASKS)
    ladder.withdraw()
    ladder.change(3, True, 510_000, 100)
    assert not ladder.stands
    assert ladder.touch == EMPTY
    ladder.replace(4, BIDS, ASKS)
    assert ladder.stands
    assert ladder.touch == (500_000, 100, 520_000, 150)


def test_any_order_of_changes_leads_to_the_book_that_a_plain_dictionary_has() -> None:
    rng = random.Random(3)
    ladder = Ladder()
    ladder.replace(1, [], [])
    bids: dict[int, int] = {}
    for turn in range(2000):
        price, count = rng.randrange(1, 60) * 10_000, rng.choice((0, 0, rng.randrange(1, 900)))
        bids[price] = count
        ladder.change(turn, True, price, count)
        plain = sorted(((p, c) for p, c in bids.items() if c), reverse=True)
        assert ladder.bids.best(100) == plain
        assert ladder.bids.best_counts(3) == [count for _, count in plain[:3]]
        assert ladder.touch[:2] == (plain[0] if plain else (-1, 0))
