from actors.signal.market.trades import Trades
from messages import MarketTraded


def trade(price_e6: int, count_e2: int) -> MarketTraded:
    return MarketTraded("M", 0, 7, 0, "t", price_e6, count_e2, taker_buys_yes=True, is_block=False)


def test_trades_are_summed_up_exactly() -> None:
    trades = Trades()
    assert (trades.count, trades.last_e6, trades.seq) == (0, -1, 0)
    trades.take(trade(410_000, 150), 5)
    trades.take(trade(420_000, 50), 9)
    assert (trades.count, trades.count_e2, trades.last_e6, trades.seq) == (2, 200, 420_000, 9)
    assert trades.cost_e8 == 410_000 * 150 + 420_000 * 50
    assert trades.stamp_ns == 7
