from simulator.venues.limits import TokenBucket

S = 1_000_000_000


def test_a_burst_is_served_and_then_the_rate() -> None:
    bucket = TokenBucket(rate_per_s=10.0, burst=15.0)
    assert [bucket.take(S) for _ in range(16)] == [True] * 15 + [False]
    assert not bucket.take(S + S // 20)
    assert bucket.take(S + S // 10)


def test_a_long_rest_gives_no_more_than_the_burst() -> None:
    bucket = TokenBucket(rate_per_s=10.0, burst=2.0)
    assert [bucket.take(3_600 * S) for _ in range(3)] == [True, True, False]


def test_a_clock_that_steps_back_costs_nothing_and_gives_nothing() -> None:
    bucket = TokenBucket(rate_per_s=1.0, burst=1.0)
    assert bucket.take(10 * S)
    assert not bucket.take(5 * S)
    assert bucket.take(11 * S)


def test_a_refused_request_is_not_paid_for() -> None:
    bucket = TokenBucket(rate_per_s=1.0, burst=3.0)
    assert not bucket.take(S, cost=4.0)
    assert bucket.take(S, cost=3.0)
