"""The records that a message names, down to the raw frame."""

from pathlib import Path

from messages import (
    Decision,
    DecisionWithheld,
    FairValue,
    FrameReceived,
    IndexValue,
    Indicators,
    MarketQuoteChanged,
    Message,
    QuoteChanged,
    Share,
)
from messages.log import LogWriter
from replay.lineage import sources, stamp_of
from tests.messages.log.samples import QUIET, volume

MS = 1_000_000
FAIR = FairValue(
    "M", 100 * MS, 1, 0.5, 1.0, 1, 1.0, 0, 0.0, 1.0, 1, 1, 1, 1, 0.0, 0.0,
    [("brti", 1), ("kalshi", 2)], [7, 9], "",
)  # fmt: skip
INDICATORS = Indicators("M", 100 * MS, 1, 1, [], [], [("kalshi", 2), ("kraken", 1)])
DECISION = Decision(
    "M", 100 * MS, 1, "yes", 1, 1, 1, 1, 0.5, 0.1, 1.0, [], "", 1, 2, [("brti", 1), ("gone", 3)], [7, 5]
)
WITHHELD = DecisionWithheld("M", 100 * MS, 1, "yes", 1, 0.1, 1.0, "book", "old", 1, 2)


def write(data_dir: Path) -> None:
    logs: dict[str, list[Message]] = {
        "signal": [FAIR, INDICATORS, DECISION, WITHHELD],
        "kalshi": [
            FrameReceived(1, 90 * MS, "ws", b"{}"),
            MarketQuoteChanged("M", 1, 91 * MS, 0, 1, 1, 1, 1),
        ],
        "brti": [
            IndexValue(
                "BRTI", "cme-cf", 93 * MS, 1, 84_000.0, [Share("kraken", 1.0, 1.0, False, 1, 1)], [], True, ""
            )
        ],
        "kraken": [QuoteChanged("kraken", "BTC-USD", 0, 80 * MS, 0, 1, 1, 1, 1)],
    }
    for log, said in logs.items():
        with LogWriter(data_dir / "log" / log, QUIET) as writer:
            for message in said:
                writer.append([message], stamp_of(message))


def test_own_records_come_first_then_inputs_each_once_with_their_ages(tmp_path: Path) -> None:
    write(tmp_path)
    found = sources(tmp_path, "signal", DECISION, 0)
    assert [(source.log, source.seq, source.age_ms) for source in found] == [
        ("signal", 1, 0),
        ("signal", 2, 0),
        ("brti", 1, 7),
        ("gone", 3, 5),
        ("kalshi", 2, 9),
        ("kraken", 1, 20),
    ]
    assert [source.message for source in found[:2]] == [FAIR, INDICATORS]


def test_what_names_no_inputs_itself_rests_on_those_of_its_fair_value(tmp_path: Path) -> None:
    write(tmp_path)
    found = sources(tmp_path, "signal", WITHHELD, 0)
    assert [(source.log, source.seq) for source in found] == [
        ("signal", 1),
        ("signal", 2),
        ("brti", 1),
        ("kalshi", 2),
        ("kraken", 1),
    ]


def test_behind_a_quote_is_its_frame_and_behind_an_index_value_are_its_venues(tmp_path: Path) -> None:
    write(tmp_path)
    brti, kalshi = sources(tmp_path, "signal", FAIR, 0)
    assert [(origin.log, origin.seq, origin.age_ms) for origin in brti.origins] == [("kraken", 1, 20)]
    assert [(origin.log, origin.seq, origin.age_ms) for origin in kalshi.origins] == [("kalshi", 1, 10)]
    assert isinstance(kalshi.origins[0].message, FrameReceived)


def test_a_record_that_is_not_there_says_why(tmp_path: Path) -> None:
    write(tmp_path)
    (gone,) = (source for source in sources(tmp_path, "signal", DECISION, 0) if source.log == "gone")
    assert (gone.message, gone.trouble, gone.origins) == (None, "no log of gone", [])


def test_what_names_nothing_came_from_nothing(tmp_path: Path) -> None:
    assert sources(tmp_path, "signal", volume(3), 5) == []
    assert stamp_of(volume(3)) == 3
