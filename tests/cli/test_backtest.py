"""`backtest` on a recording of which the profit of every latency is known."""

import json
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.cli.commands import Home, is_sentence
from tests.conftest import wait_until
from tests.replay.backtest import recording

WINDOWS = 12
LATENCIES = ("--grid", "actors.paper.latency_ms=200,50")


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("known"))
    recording.record(home.data, WINDOWS)
    return home


def told(home: Home, *arguments: str) -> dict[str, Any]:
    outcome = home.run("backtest", *arguments, "--data", str(home.data), "--json")
    assert (outcome.code, outcome.err) == (0, "")
    found: dict[str, Any] = json.loads(outcome.out)
    return found


def test_the_quicker_account_is_chosen_and_its_profit_is_what_it_must_be(known: Home, tmp_path: Path) -> None:
    found = told(known, *LATENCIES, "--folds", "3", "--jobs", "2", "--out", str(tmp_path))
    best, other = found["points"]
    assert best["point"] == "actors.paper.latency_ms=50"
    assert best["values"] == {"actors.paper.latency_ms": 50}
    assert found["windows"] == WINDOWS
    fees = found["score"]["fees_usd"]
    gain = sum(recording.pnl_usd(window, recording.BEFORE_E6) for window in range(WINDOWS))
    assert best["pnl_usd"] == pytest.approx(gain - fees)
    assert other["pnl_usd"] < best["pnl_usd"]
    assert [fold["chosen"] for fold in found["walked"]["folds"]] == ["actors.paper.latency_ms=50"] * 2
    assert found["walked"]["optimism_usd"] == 0.0
    assert found["sessions"][0]["anew"] == ["paper"]
    assert (found["tried"], found["done"], found["kept"]) == (2, 2, 0)


def test_the_same_command_goes_on_with_the_rest_and_gives_the_same(known: Home, tmp_path: Path) -> None:
    told(known, "--grid", "actors.paper.latency_ms=50", "--out", str(tmp_path))
    first = told(known, *LATENCIES, "--out", str(tmp_path))
    assert (first["done"], first["kept"]) == (1, 1)
    again = told(known, *LATENCIES, "--out", str(tmp_path), "--jobs", "1")
    assert (again["done"], again["kept"]) == (0, 2)
    assert {**first, "done": 0, "kept": 2} == again
    rows = (tmp_path / "results.jsonl").read_bytes().splitlines()
    assert len(rows) == 2


def test_people_are_told_in_lines_and_the_table_lies_in_the_data_folder(known: Home) -> None:
    outcome = known.run("backtest", "--data", str(known.data))
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("The paper account brought ")
    assert (
        f"12 settled windows; left out: 0 markets that did not settle\n  {recording.SESSION}" in outcome.out
    )
    assert (known.data / "backtest" / "results.jsonl").is_file()


def test_a_span_takes_the_windows_that_closed_in_it(known: Home, tmp_path: Path) -> None:
    found = told(known, "--from", "2026-11-23T01:00", "--to", "2026-11-23T02:05", "--out", str(tmp_path))
    assert found["windows"] == 4
    assert found["not_walked"].startswith("there is nothing to choose from")


def test_ctrl_c_leaves_what_is_done_and_nobody_behind(known: Home, tmp_path: Path) -> None:
    values = ",".join(str(latency_ms) for latency_ms in range(1, 400))
    table = tmp_path / "results.jsonl"
    arguments = ("--grid", f"actors.paper.latency_ms={values}", "--out", str(tmp_path), "--jobs", "2")
    with known.spawn("backtest", *arguments, "--data", str(known.data)) as process:
        try:
            wait_until(lambda: table.exists() and table.stat().st_size > 0, 30)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=30)
        except BaseException:
            process.kill()
            raise
    assert (process.returncode, out) == (130, "")
    assert "runs are done and kept in" in err
    assert is_sentence(err)
    done = table.read_bytes().count(b"\n")
    assert 0 < done < 399
    assert not (tmp_path / "work").exists()
    again = told(known, "--grid", "actors.paper.latency_ms=1,2", "--out", str(tmp_path))
    assert again["kept"] + again["done"] == 2


@pytest.mark.parametrize(
    ("arguments", "code", "why"),
    [
        (("--grid", "actors.paper.latency=1,2"), 2, "did you mean 'latency_ms'?"),
        (("--grid", "actors.paper.latency_ms=1,x"), 2, "must be a number, not 'x'"),
        (("--from", "2027-01-01"), 2, "no session lies in that span"),
        (("--from", "noon"), 2, "'noon' is no time"),
        (("--folds", "1"), 2, "--folds"),
        (("--engine", "moon"), 2, "--engine"),
        (("--grid", "actors.signal.calibration_file=/nowhere"), 1, ""),
    ],
)
def test_what_cannot_be_done_is_said(
    known: Home, tmp_path: Path, arguments: tuple[str, ...], code: int, why: str
) -> None:
    outcome = known.run("backtest", *arguments, "--out", str(tmp_path), "--data", str(known.data))
    assert outcome.code == code
    assert why in outcome.err
    if code == 2:
        assert is_sentence(outcome.err)
        assert not (tmp_path / "results.jsonl").exists()
    else:
        assert "1 run failed; points with one are left out" in outcome.out
        assert "/nowhere" in outcome.out


def test_nothing_recorded_is_said(home: Home) -> None:
    home.data.mkdir()
    outcome = home.run("backtest", "--data", str(home.data))
    assert outcome.code == 2
    assert f"no session is recorded in {home.data}" in outcome.err


def test_a_table_that_is_none_is_named(known: Home, tmp_path: Path) -> None:
    (tmp_path / "results.jsonl").write_text("shopping: milk\n")
    outcome = known.run("backtest", "--out", str(tmp_path), "--data", str(known.data))
    assert outcome.code == 1
    assert "results.jsonl line 1 is no result of a backtest" in outcome.err
    assert is_sentence(outcome.err)
