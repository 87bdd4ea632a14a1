"""Settled markets as text: the table, the chain, what was recorded of them."""

import json

from actors.brti.accuracy.settled import settled
from actors.kalshi.history import SERIES, History
from actors.market_seconds import MarketSeconds
from cli.index_history_text import as_text, plain
from messages import MethodAverage, SettlementCompared
from tests.actors.kalshi.test_history import market, page

URL = "http://127.0.0.1:9/trade-api/v2"


def history(*markets: object) -> History:
    found = History(SERIES, 50)
    found.take(200, page(*markets))  # type: ignore[arg-type]
    return found


def compared(number: int, known: int = 60) -> SettlementCompared:
    averages = [MethodAverage("cme-cf", 60_001.0 + number, known, 0.125)]
    return SettlementCompared(
        f"{SERIES}-26NOV22{number:02d}-00",
        1,
        2,
        (60_000 + number) * 10**6,
        (60_001 + number) * 10**6,
        "yes",
        averages,
    )


def judged(*messages: SettlementCompared):  # type: ignore[no-untyped-def]
    return settled(messages, MarketSeconds(1.0))


def test_the_table_goes_from_the_oldest_to_the_newest_with_the_error_of_what_was_recorded() -> None:
    text = as_text(history(market(2), market(1), market(0)), judged(compared(1), compared(2, known=58)), URL)
    rows = [line.split() for line in text.splitlines()]
    assert rows[0] == ["MARKET", "CLOSE", "UTC", "STRIKE", "SETTLED", "AT", "RESULT", "CHAIN", "cme-cf"]
    assert [row[0][-5:] for row in rows[1:4]] == ["00-00", "01-00", "02-00"]
    assert rows[1][1:] == ["2026-11-22", "00:15:00", "$60,000.00", "$60,001.00", "yes", "-", "-"]
    assert rows[2][5:] == ["yes", "holds", "+0.12"]
    assert rows[3][5:] == ["yes", "holds", "+0.12", "(58", "of", "60)"]
    assert "chain: of 2 markets that follow another, 2 have its settlement as their strike" in text
    assert "rule: of 3 markets 3 paid as settlement >= strike says" in text
    assert "recorded here: 2 of these minutes, 1 were not" in text


def test_a_broken_chain_and_a_wrong_result_are_named() -> None:
    found = history(market(1, floor_strike=60_500, result="no"), market(0, result="no"), {"ticker": 5})
    text = as_text(found, judged(), URL)
    assert "BROKEN" in text
    assert f"{SERIES}-26NOV2201-00 has the strike $60,500.00, but {SERIES}-26NOV2200-00 settled at" in text
    assert "rule: of 2 markets 1 paid" in text
    assert "1 could not be read" in text
    assert "of none of these minutes was anything recorded here" in text


def test_without_any_market_that_is_said() -> None:
    assert as_text(history(), judged(), URL) == f"{URL} knows no settled market yet."


def test_for_scripts_everything_is_exact_and_named() -> None:
    told = json.loads(json.dumps(plain(history(market(1), market(0)), judged(compared(1)))))
    assert told["markets"][0]["strike_e6"] == 60_001_000_000
    assert told["chain"] == [
        {
            "before": f"{SERIES}-26NOV2200-00",
            "after": f"{SERIES}-26NOV2201-00",
            "expiration_e6": 60_001_000_000,
            "strike_e6": 60_001_000_000,
            "holds": True,
        }
    ]
    assert told["recorded"]["methods"][0]["method"] == "cme-cf"
    assert told["unreadable"] == 0
