from typing import Any

import pytest

from actors.kalshi.requests import Requests
from actors.kalshi.trades import PAGE, TradeTape
from messages import MarketTraded

S = 1_000_000_000
START_NS = 1_786_941_960 * S


def row(name: str, second: int) -> dict[str, Any]:
    at = f"2026-08-17T04:{46 + second // 60:02d}:{second % 60:02d}Z"
    return {"trade_id": name, "ticker": "M", "count_fp": "1.00", "yes_price_dollars": "0.5000",
            "taker_side": "yes", "created_time": at}  # fmt: skip


def names(outputs: list[Any]) -> list[str]:
    return [output.trade_id for output in outputs if isinstance(output, MarketTraded)]


def test_a_page_is_told_oldest_first_and_each_trade_once() -> None:
    tape = TradeTape(Requests(4.0))
    tape.start("M", START_NS)
    assert names(tape.take_page("M", {"trades": [row("b", 5), row("a", 4)]}, 0, 0)) == ["a", "b"]
    assert names(tape.take_page("M", {"trades": [row("c", 6), row("b", 5)]}, 0, 0)) == ["c"]


def test_only_what_is_new_is_asked_for() -> None:
    requests = Requests(4.0)
    tape = TradeTape(requests)
    tape.start("M", START_NS)
    tape.ask("M")
    assert requests.due(S)[0].path == f"/markets/trades?ticker=M&min_ts={START_NS // S - 2}&limit=1000"


def test_a_full_page_of_news_is_a_gap() -> None:
    tape = TradeTape(Requests(4.0))
    tape.start("M", START_NS)
    tape.take_page("M", {"trades": [row(str(n), 5) for n in range(PAGE)], "cursor": "more"}, 0, 0)
    assert tape.gaps == 1


def test_a_market_that_was_let_go_tells_nothing() -> None:
    tape = TradeTape(Requests(4.0))
    tape.start("M", START_NS)
    tape.stop("M")
    assert tape.take_page("M", {"trades": [row("a", 4)]}, 0, 0) == []


@pytest.mark.parametrize("trades", [[5], [{"trade_id": "a"}], "x", [{**row("a", 4), "trade_id": None}]])
def test_what_is_no_trade_is_refused(trades: Any) -> None:
    tape = TradeTape(Requests(4.0))
    tape.start("M", START_NS)
    with pytest.raises(ValueError, match=r".+"):
        tape.take_page("M", {"trades": trades}, 0, 0)
