"""`explain`: on what a real run recorded, whole and tampered with, and where there is nothing to explain."""

import json
import shutil
from pathlib import Path

import msgspec
import pytest

from messages import FairValue, MarketQuoteChanged
from tests.cli.commands import Home, is_sentence
from tests.integration.recording import records
from tests.replay.real import damage, record_a_run, replace


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a real run in which the signal actor was killed once. Not to be changed."""
    data_dir = tmp_path_factory.mktemp("recorded") / "data"
    record_a_run(data_dir)
    return data_dir


@pytest.fixture
def copied(recorded: Path, home: Home) -> Path:
    shutil.copytree(recorded / "log", home.data / "log")
    return home.data


def priced(data_dir: Path) -> tuple[int, FairValue]:
    """The newest fair value that was not withheld."""
    found = [(r.seq, r.message()) for r in records(data_dir / "log" / "signal", FairValue)]
    for seq, fair in reversed(found):
        if isinstance(fair, FairValue) and not fair.withheld:
            return seq, fair
    raise AssertionError


def test_a_real_record_is_shown_with_its_sources_and_comes_out_the_same(home: Home, recorded: Path) -> None:
    seq, fair = priced(recorded)
    outcome = home.run("explain", str(seq), "--data", str(recorded))
    assert (outcome.code, outcome.err) == (0, "")
    lines = outcome.out.splitlines()
    assert lines[0].startswith(f"FairValue {seq} of signal, ")
    for log, number in fair.inputs:
        assert any(line.strip().startswith(f"{log} {number} ") and " ms  " in line for line in lines)
    assert any(line.strip().startswith("kalshi") and "FrameReceived: ws" in line for line in lines)
    assert any("Played again from the start of its run" in line for line in lines)
    assert any("begun with what it had said before: VolatilityState" in line for line in lines)
    assert any("all came out the same" in line for line in lines)
    assert lines[-1] == "Recomputed from these records alone, it came out bit for bit the same."

    told = json.loads(home.run("explain", "FairValue", "--json", "--data", str(recorded)).out)
    assert (told["holds"], told["recomputed"]["same"], told["missing"]) == (True, True, [])
    assert told["recomputed"]["record"] == told["record"]
    assert told["recomputed"]["compared"] > 0
    assert told["record"]["type"] == "FairValue"
    assert [(s["log"], s["seq"]) for s in told["sources"]] == [tuple(i) for i in told["record"]["inputs"]]
    assert home.run("explain", "last", "--data", str(recorded)).code == 0


def test_a_flipped_number_is_found_and_shown(home: Home, copied: Path) -> None:
    seq, fair = priced(copied)
    log_dir = copied / "log" / "signal"
    replace(log_dir, seq, lambda said: msgspec.structs.replace(said, index_usd=84_321.5))
    outcome = home.run("explain", str(seq), "--data", str(copied))
    assert (outcome.code, outcome.err) == (5, "")
    assert f"  index_usd: recorded 84321.5, recomputed {fair.index_usd!r}" in outcome.out
    assert "It did NOT come out the same" in outcome.out.splitlines()[-1]
    told = json.loads(home.run("explain", str(seq), "--json", "--data", str(copied)).out)
    assert told["recomputed"]["differences"] == [
        {"field": "index_usd", "recorded": 84321.5, "recomputed": fair.index_usd}
    ]
    assert not told["holds"]


def test_a_damaged_source_and_a_damaged_record_are_named(home: Home, copied: Path) -> None:
    seq, fair = priced(copied)
    (quote,) = (
        r.seq
        for r in records(copied / "log" / "kalshi", MarketQuoteChanged)
        if ("kalshi", r.seq) in [tuple(i) for i in fair.inputs]
    )
    damage(copied / "log" / "kalshi", quote)
    outcome = home.run("explain", str(seq), "--data", str(copied))
    assert outcome.code == 5
    assert f"record {quote} of kalshi cannot be read: " in outcome.out
    assert "CANNOT BE READ" in outcome.out
    assert "1 record that it came from cannot be read any more" in outcome.out.splitlines()[-1]

    damage(copied / "log" / "signal", seq)
    outcome = home.run("explain", str(seq), "--data", str(copied))
    assert (outcome.code, outcome.out) == (5, "")
    assert is_sentence(outcome.err)
    assert "is damaged at byte" in outcome.err


@pytest.mark.parametrize(
    ("which", "code", "words"),
    [
        ("99999999", 1, "there is no record 99999999 of signal"),
        ("1", 1, "is of type ActorStarted"),
        ("SettlementMismatch", 1, "holds no SettlementMismatch"),
        ("momentum-7", 2, "nothing is called 'momentum-7'"),
        ("", 2, "nothing is called ''"),
    ],
)
def test_what_cannot_be_explained_is_one_sentence(
    home: Home, recorded: Path, which: str, code: int, words: str
) -> None:
    outcome = home.run("explain", which, "--data", str(recorded))
    assert (outcome.code, outcome.out) == (code, "")
    assert is_sentence(outcome.err)
    assert words in outcome.err


def test_where_nothing_was_said_it_says_so(home: Home) -> None:
    home.data.mkdir()
    outcome = home.run("explain", "last", "--data", str(home.data))
    assert (outcome.code, outcome.out) == (1, "")
    assert "signal has said nothing in" in outcome.err
    outcome = home.run("explain", "--data", str(home.data))
    assert outcome.code == 2
