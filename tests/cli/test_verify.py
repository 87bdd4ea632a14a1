"""`verify`: on what a real run recorded, whole and tampered with, and where there is nothing to verify."""

import json
import shutil
from pathlib import Path

import msgspec
import pytest

from tests.cli.commands import Home, is_sentence
from tests.replay.conftest import recorded  # noqa: F401 - the fixture
from tests.replay.real import replace
from tests.replay.test_explain import newest_fair


@pytest.fixture
def copied(recorded: Path, home: Home) -> Path:  # noqa: F811
    shutil.copytree(recorded / "log", home.data / "log")
    return home.data


def test_a_real_session_comes_out_the_same(home: Home, recorded: Path) -> None:  # noqa: F811
    outcome = home.run("verify", "last", "--data", str(recorded))
    assert (outcome.code, outcome.err) == (0, "")
    lines = outcome.out.splitlines()
    assert lines[-1].startswith("Every word came out bit for bit the same: ")
    assert any(line.split()[:2] == ["brti", "IndexValue"] for line in lines)
    assert any(line.startswith("signal: 2 runs, ") for line in lines)

    told = json.loads(home.run("verify", "last", "--actor", "signal", "--json", "--data", str(recorded)).out)
    assert told["holds"]
    assert [one["actor"] for one in told["actors"]] == ["signal"]
    (signal,) = told["actors"]
    assert signal["types"]["FairValue"]["same"] == signal["types"]["FairValue"]["recorded"] > 0
    assert signal["first_difference"] is None


def test_a_changed_number_is_found_with_its_inputs(home: Home, copied: Path) -> None:
    record = newest_fair(copied)
    replace(
        copied / "log" / "signal", record.seq, lambda said: msgspec.structs.replace(said, index_usd=84_321.5)
    )
    outcome = home.run("verify", "last", "--data", str(copied))
    assert (outcome.code, outcome.err) == (5, "")
    lines = outcome.out.splitlines()
    assert any(line.startswith(f"First difference of signal: FairValue {record.seq}, ") for line in lines)
    assert any(line.startswith("  index_usd: recorded 84321.5, recomputed 8") for line in lines)
    assert any(line.strip().startswith("brti ") and "IndexValue: BRTI" in line for line in lines)
    assert lines[-1].startswith("It did NOT come out the same: 1 word of ")
    told = json.loads(home.run("verify", "last", "--json", "--data", str(copied)).out)
    (signal,) = (one for one in told["actors"] if one["actor"] == "signal")
    assert (told["holds"], signal["differing"]) == (False, 1)
    assert [d["field"] for d in signal["first_difference"]["differences"]] == ["index_usd"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nowhen",), "there is no session 'nowhen'"),
        (("last", "--actor", "logger"), "'logger' is no listener that can be played"),
        (("last", "--actor", "paper"), "no run of paper began in session"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    home: Home,
    recorded: Path,  # noqa: F811
    arguments: tuple[str, ...],
    words: str,
) -> None:
    outcome = home.run("verify", *arguments, "--data", str(recorded))
    assert (outcome.code, outcome.out) == (2, "")
    assert is_sentence(outcome.err)
    assert words in outcome.err
