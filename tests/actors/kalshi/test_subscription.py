import orjson

from actors.adapter import Output, Send
from actors.kalshi.commands import CommandLedger
from actors.kalshi.subscription import RETRY_NS, Subscription

S = 1_000_000_000


def params(outputs: list[Output]) -> list[dict[str, object]]:
    return [orjson.loads(output.data)["params"] for output in outputs if isinstance(output, Send)]


def test_markets_are_subscribed_once_then_added_and_dropped_one_command_at_a_time() -> None:
    ledger = CommandLedger(5 * S)
    trade = Subscription("trade", {}, takes_markets=True)
    assert trade.reconcile([], ledger, 0) == []
    assert params(trade.reconcile(["A"], ledger, 0)) == [{"channels": ["trade"], "market_tickers": ["A"]}]
    assert trade.reconcile(["A", "B"], ledger, 1) == []
    ledger.answered(1)
    trade.sid = 9
    added = {"sid": 9, "action": "add_markets", "market_tickers": ["B"]}
    assert params(trade.reconcile(["A", "B"], ledger, 2)) == [added]
    ledger.answered(2)
    dropped = {"sid": 9, "action": "delete_markets", "market_tickers": ["A"]}
    assert params(trade.reconcile(["B"], ledger, 3)) == [dropped]
    ledger.answered(3)
    assert trade.reconcile(["B"], ledger, 4) == []


def test_the_last_market_stays_until_there_is_another() -> None:
    ledger = CommandLedger(5 * S)
    trade = Subscription("trade", {}, takes_markets=True)
    trade.sid, trade.told = 9, {"A"}
    assert trade.reconcile([], ledger, 0) == []


def test_a_channel_without_markets_is_subscribed_once() -> None:
    ledger = CommandLedger(5 * S)
    lifecycle = Subscription("market_lifecycle_v2", {}, takes_markets=False)
    assert params(lifecycle.reconcile(["A"], ledger, 0)) == [{"channels": ["market_lifecycle_v2"]}]
    ledger.answered(1)
    lifecycle.sid = 4
    assert lifecycle.reconcile(["A", "B"], ledger, 1) == []


def test_a_refused_command_is_tried_again_after_a_while() -> None:
    ledger = CommandLedger(5 * S)
    trade = Subscription("trade", {}, takes_markets=True)
    trade.reconcile(["A"], ledger, 0)
    command = ledger.answered(1)
    assert command is not None
    trade.refused(command, 0)
    assert trade.reconcile(["A"], ledger, RETRY_NS - 1) == []
    assert len(trade.reconcile(["A"], ledger, RETRY_NS)) == 1
    trade.unavailable = "gone"
    assert trade.reconcile(["A"], ledger, 9 * S) == []
