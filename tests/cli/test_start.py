"""A whole instance: started, looked at, disturbed, stopped."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

from cli.roster import ACTORS
from tests.cli.commands import Home, is_sentence


def test_in_the_foreground_it_says_a_line_per_change_and_ends_cleanly_on_ctrl_c(
    home: Home, eventually: Callable[..., None]
) -> None:
    data = str(home.data)
    with home.spawn(
        "start", "--sim", "--speed", "60", "--only", "coinbase,brti,logger", "--data", data
    ) as process:
        eventually(lambda: home.run("status", "--data", data).code == 0)
        eventually(lambda: all(actor["fresh"] for actor in home.status()["actors"]))
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (0, "")
    lines = out.splitlines()
    for name in ("simulator", "logger", "coinbase", "brti"):
        assert [words for words in lines if f"{name}: running" in words]
    stops = [line.split()[1] for line in lines if ": stopped" in line]
    assert stops == ["brti:", "coinbase:", "logger:", "simulator:"]
    assert lines[-1].startswith("stopped; session ")


def test_the_settings_and_the_option_leave_out_together(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("without: [kraken, bitstamp]\n")
    only = ("--only", "coinbase,kraken,bitstamp,gemini", "--without", "gemini")
    started = home.run("start", "--sim", "--detach", *only, "--config", str(file), "--data", str(home.data))
    assert started.code == 0, started.err
    assert [actor["name"] for actor in home.status()["actors"]] == ["simulator", "coinbase"]
    refused = home.run("start", "--sim", "--only", "kraken", "--config", str(file), "--data", f"{home.data}2")
    assert (refused.code, refused.out) == (2, "")
    assert is_sentence(refused.err)
    assert "`without`" in refused.err


def test_polymarket_runs_on_its_own_simulated_venue_where_the_settings_ask_for_it(
    home: Home, tmp_path: Path, eventually: Callable[..., None]
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("actors: {polymarket: {enabled: true}}\nwithout: [lmax]\n")
    others = ",".join(name for name in ACTORS if name not in ("coinbase", "polymarket"))
    arguments = ("--sim", "--detach", "--without", others, "--config", str(file), "--data", str(home.data))
    started = home.run("start", *arguments)
    assert started.code == 0, started.err
    assert [actor["name"] for actor in home.status()["actors"]] == ["simulator", "coinbase", "polymarket"]
    eventually(lambda: all(actor["fresh"] for actor in home.status()["actors"]))
    told = home.run("tail", "polymarket", "--kind", "PolymarketDefined", "-n", "1", "--data", str(home.data))
    assert "settles on a different source, never riskless" in told.out


def test_of_two_starts_at_once_one_wins_and_the_other_says_so(
    home: Home, eventually: Callable[..., None]
) -> None:
    arguments = ("start", "--sim", "--detach", "--only", "coinbase", "--data", str(home.data))
    both = [home.spawn(*arguments), home.spawn(*arguments)]
    outcomes = [(*process.communicate(timeout=40), process.returncode) for process in both]
    assert sorted(code for _, _, code in outcomes) == [0, 4]
    assert all(is_sentence(err) for _, err, code in outcomes if code == 4)
    assert home.run("stop", "--data", str(home.data)).code == 0


def test_after_a_sigkill_of_the_supervisor_the_next_start_takes_over(home: Home) -> None:
    arguments = ("start", "--sim", "--detach", "--only", "coinbase", "--data", str(home.data))
    assert home.run(*arguments).code == 0
    os.kill(home.status()["supervisor"]["pid"], signal.SIGKILL)
    assert home.run("status", "--data", str(home.data)).code == 3
    assert home.run(*arguments).code == 0
    assert home.run("stop", "--data", str(home.data)).code == 0


def test_a_calibration_that_the_signal_actor_would_refuse_is_refused_before_anything_runs(
    home: Home, tmp_path: Path
) -> None:
    calibration, file = tmp_path / "calibration.json", tmp_path / "mine.yaml"
    file.write_text(f"actors: {{signal: {{calibration_file: {calibration}}}}}\n")
    arguments = ("start", "--sim", "--detach", "--only", "coinbase", "--config", str(file), "--data")
    for content, why in ((None, "cannot be read"), ("{}", "is no calibration file")):
        if content is not None:
            calibration.write_text(content)
        refused = home.run(*arguments, str(home.data))
        assert (refused.code, refused.out) == (2, "")
        assert is_sentence(refused.err)
        assert f"{calibration} {why}" in refused.err
        assert not home.data.exists()
