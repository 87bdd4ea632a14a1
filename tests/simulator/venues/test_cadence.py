from simulator.venues.cadence import Every

S = 1_000_000_000


def test_each_period_is_told_once() -> None:
    every = Every(5)
    told = [second for second in range(100, 120) if every.begun(second * S)]
    assert told == [100, 105, 110, 115]


def test_a_late_call_loses_no_period() -> None:
    every = Every(5)
    assert [every.begun(second * S) for second in (100, 104, 107, 109, 112)] == [
        True, False, True, False, True
    ]  # fmt: skip
