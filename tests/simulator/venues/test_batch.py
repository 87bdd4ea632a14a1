from simulator.book import ASK, BID, Change
from simulator.venues.batch import Batch


def test_a_batch_tells_the_newest_size_of_each_level_once() -> None:
    batch = Batch(10)
    batch.add([Change(BID, 100, 5), Change(ASK, 103, 7)])
    batch.add([Change(BID, 101, 1), Change(BID, 100, 0)])
    assert len(batch) == 3
    assert batch.take(14) == (10, [(101, 1), (100, 0)], [(103, 7)])
    assert batch.last == 14
    assert batch.take(15) == (14, [], [])


def test_changes_keep_the_order_in_which_their_levels_came_first() -> None:
    batch = Batch()
    batch.add([Change(ASK, 103, 7), Change(BID, 100, 5), Change(ASK, 103, 0)])
    assert batch.changes() == [Change(ASK, 103, 0), Change(BID, 100, 5)]
    assert not batch
