from actors.adapter import Output
from actors.prices.shape import MOST_KEY_SETS, ShapeWatch
from messages import DriftSeen


def test_documented_fields_in_any_order_and_number_say_nothing() -> None:
    shape = ShapeWatch("here", {"book": "bids asks time"})
    out: list[Output] = []
    for record in ({"bids": 1, "asks": 2}, {"time": 1, "asks": 2, "bids": 3}, {}):
        shape.fields("book", record, 5, out)
    assert out == []
    assert shape.total() == 0


def test_an_unknown_field_is_named_once_and_counted_always() -> None:
    shape = ShapeWatch("here", {"book": "bids"})
    out: list[Output] = []
    for _ in range(3):
        shape.fields("book", {"bids": 1, "mood": 2}, 5, out)
    assert out == [DriftSeen("here", 5, "field", "book.mood", 1)]
    assert shape.total() == 3


def test_the_memory_of_key_orders_is_bounded() -> None:
    names = [f"f{number}" for number in range(MOST_KEY_SETS + 50)]
    shape = ShapeWatch("here", {"book": " ".join(names)})
    for name in names:
        shape.fields("book", {name: 1}, 5, [])
    assert len(shape._familiar["book"]) == MOST_KEY_SETS
    assert shape.total() == 0
