"""What another configuration said, for people and for scripts."""

import json
from pathlib import Path

import orjson

from cli.rerun_text import as_fields, as_text
from replay.pipeline.changes import Changes, Decided
from replay.pipeline.delays import Delays
from replay.pipeline.run import Outcome
from replay.records import Missing
from replay.score.outcomes import Outcomes
from replay.score.paper import PaperLedger
from replay.sessions import Session
from tests.replay.pipeline.test_changes import trades

SESSION = Session("one", "sim", 0, 10, 1.0)


def outcome(*missing: Missing) -> Outcome:
    delays = {"signal": {"one": Delays(250_000, 100_000)}}
    said = {"signal": {"Decision": 3, "Signal": 5}}
    return Outcome(Path("/there"), [SESSION], delays, said, {"signal": 1200}, 40_000, list(missing))


def changed(pnl_e6: int = -462_500) -> Changes:
    ledger = PaperLedger()
    for message in trades(pnl_e6):
        ledger.take(message)
    counts = {"signal": {"Decision": (4, 3), "Signal": (5, 5)}}
    return Changes(counts, Decided(2, 2, 1), ledger.sum_up(Outcomes()), None)


def test_counts_decisions_and_money_are_told() -> None:
    assert as_text(outcome(), changed(), 2.0, None) == [
        "ACTOR   TYPE      RECORDED  NOW  MORE",
        "signal  Decision         4    3    -1",
        "signal  Signal           5    5     -",
        "",
        "Decisions, by market and side: 2 as then, 1 new, 2 not taken any more.",
        "",
        "Paper account, recorded: -$0.46 in 1 settled markets; 1 orders, 1 fills, fees $0.02",
        "Paper account, now:      nothing",
        "",
        "Delays, to wake up + to speak: signal 0.25 + 0.10 ms.",
        "40,000 recorded messages and 1,200 turns in 2.0 s, 20,000/s.",
    ]
    gain = as_text(outcome(), changed(1_500_000), 2.0, None)
    assert gain[6].startswith("Paper account, recorded: +$1.50 in ")


def test_what_is_missing_and_where_it_stands_is_told() -> None:
    holes = [Missing("kraken", 5, 9, "damaged"), Missing("coinbase", 1, 1, "gone")]
    *_, one, two, place = as_text(outcome(*holes), changed(), 2.0, Path("/my words"))
    assert one == "kraken: stepped over records 5 to 9, which cannot be read: damaged"
    assert two == "coinbase: stepped over record 1, which cannot be read: gone"
    assert place.endswith("`score`, `explain` and `verify` take --data '/my words'.")
    many = as_text(outcome(*holes * 15), changed(), 2.0, None)
    assert many[-1] == "… and 10 more such places; --json names all."


def test_where_nobody_speaks_that_is_said() -> None:
    nothing = Changes({"brti": {}}, None, None, None)
    assert as_text(outcome(), nothing, 0.0, None)[0] == "Nobody says anything, nor did then."


def test_scripts_get_the_same() -> None:
    hole = Missing("kraken", 5, 9, "damaged")
    fields = json.loads(orjson.dumps(as_fields("one", outcome(hole), changed(), 2.0, Path("/there"))))
    assert fields["counts"]["signal"]["Decision"] == {"recorded": 4, "now": 3}
    assert fields["decisions"] == {"both": 2, "then": 2, "now": 1}
    assert fields["paper"]["recorded"]["pnl_usd"] == -0.4625
    assert fields["paper"]["now"] is None
    assert fields["delays_ns"]["signal"]["one"] == {"wake_ns": 250_000, "work_ns": 100_000}
    assert fields["missing"] == [{"log": "kraken", "first": 5, "last": 9, "why": "damaged"}]
    assert (fields["session"], fields["passed"], fields["out"]) == ("one", 40_000, "/there")
