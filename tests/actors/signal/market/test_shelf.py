from typing import Any

import msgspec

from actors.signal.market.shelf import Shelf
from messages import MarketDefined, MarketRoleChanged

S = 1_000_000_000


def define(shelf: Shelf, ticker: str, close_s: int, **changes: Any) -> None:
    plain = MarketDefined(
        ticker,
        "E",
        "KXBTC15M",
        S,
        0,
        close_s * S,
        "active",
        "greater_or_equal",
        1,
        "rest",
        "",
        -1,
        [],
        "",
        "",
    )
    shelf.market(ticker).define(msgspec.structs.replace(plain, **changes), 1)


def role(running: str, upcoming: str = "", at_s: int = 0, series: str = "KXBTC15M") -> MarketRoleChanged:
    return MarketRoleChanged(series, at_s * S, running, upcoming)


def test_a_market_is_made_when_it_is_first_named() -> None:
    shelf = Shelf(["KXBTC15M"], 1.0)
    assert shelf.market("A") is shelf.market("A")
    assert list(shelf.markets) == ["A"]


def test_only_a_change_of_a_priced_series_is_news() -> None:
    shelf = Shelf(["KXBTC15M"], 1.0)
    assert shelf.take_role(role("")) == (True, [])
    assert shelf.take_role(role("A")) == (True, [])
    assert shelf.take_role(role("A", "B")) == (False, [])
    assert shelf.take_role(role("H", series="KXBTCD")) == (False, [])
    assert shelf.running == {"KXBTC15M": "A"}
    assert shelf.runs("A")
    assert not shelf.runs("H")


def test_a_market_is_kept_until_it_has_settled_and_then_dropped() -> None:
    shelf = Shelf(["KXBTC15M"], 1.0)
    define(shelf, "A", 900)
    define(shelf, "B", 1800)
    shelf.market("never defined")
    assert shelf.take_role(role("B", at_s=900))[1] == []
    assert shelf.take_role(role("B", at_s=1501))[1] == ["A"]
    assert list(shelf.markets) == ["B", "never defined"]


def test_under_a_fast_clock_a_market_is_kept_for_a_real_minute() -> None:
    shelf = Shelf(["KXBTC15M"], 60.0)
    define(shelf, "A", 900)
    assert shelf.take_role(role("B", at_s=959))[1] == []
    assert shelf.take_role(role("B", at_s=961))[1] == ["A"]


def test_the_running_market_is_never_dropped() -> None:
    shelf = Shelf(["KXBTC15M"], 1.0)
    define(shelf, "A", 900)
    shelf.take_role(role("A"))
    assert shelf.take_role(role("A", at_s=9000))[1] == []
