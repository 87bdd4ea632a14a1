"""`compare-rest`: beside a running simulation, and where there is nothing to compare."""

import json
from pathlib import Path

from tests.cli.commands import Home, is_sentence


def test_beside_a_running_system_both_sides_are_told(home: Home, tmp_path: Path) -> None:
    data, plot = str(home.data), tmp_path / "plot.html"
    names = "kalshi,coinbase,kraken,brti,signal"
    started = home.run("start", "--sim", "--speed", "10", "--detach", "--only", names, "--data", data)
    assert started.code == 0, started.err
    short = ("compare-rest", "--minutes", "0.05", "--every", "0.25", "--data", data)
    told = json.loads(home.run(*short, "--json", "--out", str(plot)).out)
    assert told["stream"]["changes"] > 0
    assert told["pollers"][0]["polls"] >= 5
    assert told["pollers"][0]["unknown"] == 0
    assert told["failed"] == 0
    assert "REST bid" in plot.read_text()
    outcome = home.run(*short, "--series", "KXETH15M")
    assert (outcome.code, outcome.out) == (1, "")
    assert "no running market of KXETH15M" in outcome.err
    assert home.run("stop", "--data", data).code == 0
    outcome = home.run(*short)
    assert (outcome.code, outcome.out) == (3, "")
    assert is_sentence(outcome.err)


def test_without_the_kalshi_feed_there_is_no_stream(home: Home) -> None:
    data = str(home.data)
    started = home.run("start", "--sim", "--detach", "--only", "kraken,brti", "--data", data)
    assert started.code == 0, started.err
    outcome = home.run("compare-rest", "--minutes", "0.05", "--data", data)
    assert (outcome.code, outcome.out) == (1, "")
    assert "without its kalshi feed" in outcome.err
    assert is_sentence(outcome.err)
    assert home.run("stop", "--data", data).code == 0
