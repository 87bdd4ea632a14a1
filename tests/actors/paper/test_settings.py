import pytest

from actors.paper.settings import Settings


def test_by_default_it_waits_a_hundred_milliseconds_and_holds_to_settlement() -> None:
    assert (Settings().latency_ms, Settings().exit, Settings().fee_rounding) == (100.0, "hold", "direct")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("latency_ms", -1.0),
        ("latency_ms", float("nan")),
        ("book_stale_s", 0.0),
        ("exit_edge_usd", 2.0),
        ("max_contracts", -1.0),
        ("max_open_cost_usd", float("inf")),
        ("max_orders", -1),
        ("speed", 0.5),
    ],
)
def test_what_cannot_be_is_refused_by_name(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=name):
        Settings(**{name: value})  # type: ignore[arg-type]
