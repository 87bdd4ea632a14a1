from actors.prices.acks import LIMIT_NS, Acknowledgements


def test_what_does_not_come_in_time_is_named_once() -> None:
    acks = Acknowledgements(10)
    for name in ("trades", "book"):
        acks.expect(name)
    assert acks.late(10 + LIMIT_NS) == []
    assert acks.late(11 + LIMIT_NS) == ["book", "trades"]
    assert acks.late(12 + LIMIT_NS) == []


def test_what_came_is_never_late() -> None:
    acks = Acknowledgements(10)
    acks.expect("book")
    acks.came("book")
    acks.came("something else")
    assert acks.late(99 * LIMIT_NS) == []
