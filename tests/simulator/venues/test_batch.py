from simulator.book import ASK, BID
from simulator.venues.batch import Batch


def test_a_batch_tells_the_newest_size_of_each_level_once() -> None:
    batch = Batch(10)
    for change in [(BID, 100, 5), (ASK, 103, 7), (BID, 101, 1), (BID, 100, 0)]:
        batch.add(*change)
    assert batch.take(14) == (10, [(101, 1), (100, 0)], [(103, 7)])
    assert batch.last == 14
    assert batch.take(15) == (14, [], [])
