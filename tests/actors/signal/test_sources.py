from actors.signal.sources import rollback_s, wanted
from messages import IndexCompared, MarketTraded, QuoteChanged, TradePrinted


def test_venues_that_may_lead_are_read_before_the_market_and_the_index() -> None:
    logs = wanted(["coinbase", "binance"])
    assert list(logs) == ["coinbase", "binance", "polymarket", "kalshi", "brti"]
    assert QuoteChanged.kind in logs["coinbase"]
    assert TradePrinted.kind not in logs["coinbase"]
    assert MarketTraded.kind in logs["kalshi"]
    assert IndexCompared.kind in logs["brti"]


def test_every_log_is_read_from_before_the_longest_window_that_rests_on_it() -> None:
    assert rollback_s(["coinbase"], 1.0) == {
        "coinbase": 15.0, "polymarket": 15.0, "kalshi": 75.0, "brti": 150.0,
    }  # fmt: skip
    assert rollback_s([], 60.0) == {"polymarket": 15.0, "kalshi": 16.0, "brti": 32.0}
    assert set(rollback_s(["binance"], 1.0)) == set(wanted(["binance"]))
