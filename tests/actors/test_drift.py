from actors.drift import DriftCounter


def test_a_name_is_said_when_new_and_at_powers_of_ten() -> None:
    drift = DriftCounter("x")
    said = [message.count for i in range(1, 1201) for message in drift.seen("type", "odd", i)]
    assert said == [1, 10, 100, 1000]
    assert drift.total == 1200


def test_what_and_name_are_counted_apart() -> None:
    drift = DriftCounter("x")
    assert drift.seen("type", "a", 0)
    assert drift.seen("field", "a", 0)
    assert not drift.seen("field", "a", 0)


def test_a_venue_that_sends_random_names_cannot_fill_the_memory() -> None:
    drift = DriftCounter("x", most_names=10)
    names = {message.name for i in range(1000) for message in drift.seen("field", str(i), 0)}
    assert names == {*map(str, range(10)), "…"}


def test_long_names_are_cut() -> None:
    assert len(DriftCounter("x").seen("type", "y" * 1000, 0)[0].name) == 80
