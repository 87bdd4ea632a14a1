import orjson

from actors.kalshi.commands import CommandLedger

S = 1_000_000_000


def test_commands_are_numbered_from_one() -> None:
    ledger = CommandLedger(5 * S)
    sent = [orjson.loads(ledger.subscribe("trade", {"market_tickers": ["M"]}, 0).data) for _ in range(2)]
    assert sent[0] == {
        "id": 1,
        "cmd": "subscribe",
        "params": {"channels": ["trade"], "market_tickers": ["M"]},
    }
    assert sent[1]["id"] == 2


def test_an_update_names_its_subscription() -> None:
    update = orjson.loads(CommandLedger(S).update("trade", 7, "add_markets", ["M"], 0).data)
    assert update["cmd"] == "update_subscription"
    assert update["params"] == {"sid": 7, "action": "add_markets", "market_tickers": ["M"]}


def test_an_answer_belongs_to_one_command_and_once() -> None:
    ledger = CommandLedger(S)
    ledger.update("trade", 7, "add_markets", ["M"], 0)
    assert ledger.is_open("trade", "add_markets")
    command = ledger.answered(1)
    assert command is not None
    assert (command.action, command.tickers) == ("add_markets", ["M"])
    assert ledger.answered(1) is None
    assert ledger.answered(None) is None
    assert not ledger.is_open("trade", "add_markets")


def test_what_stays_unanswered_is_overdue_once_and_may_be_sent_again() -> None:
    ledger = CommandLedger(5 * S)
    ledger.subscribe("trade", {}, 0)
    assert ledger.overdue(5 * S) == []
    late = ledger.overdue(5 * S + 1)
    assert [command.id for command in late] == [1]
    assert ledger.overdue(99 * S) == []
    again = orjson.loads(ledger.again(late[0], 6 * S).data)
    assert again == {"id": 2, "cmd": "subscribe", "params": {"channels": ["trade"]}}
    assert [command.tries for command in ledger.overdue(99 * S)] == [2]
