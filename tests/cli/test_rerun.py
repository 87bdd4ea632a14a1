"""`replay --with`: a real recording under another configuration."""

import json
from pathlib import Path

from tests.cli.commands import Home, is_sentence
from tests.replay.conftest import recorded  # noqa: F401 - the fixture

SETTINGS = "actors: {signal: {decision: {required: [edge], limit_edge_usd: 0.03}}}"


def test_a_session_is_run_anew_and_its_words_are_kept(home: Home, recorded: Path, tmp_path: Path) -> None:  # noqa: F811
    config, out = tmp_path / "other.yaml", tmp_path / "kept"
    config.write_text(SETTINGS)
    arguments = ("replay", "last", "--with", str(config), "--data", str(recorded))
    outcome = home.run(*arguments, "--out", str(out))
    assert (outcome.code, outcome.err) == (0, "")
    lines = outcome.out.splitlines()
    assert lines[0].split() == ["ACTOR", "TYPE", "RECORDED", "NOW", "MORE"]
    assert any(line.startswith("Decisions, by market and side: ") for line in lines)
    assert (out / "mode").read_text() == "sim\n"
    verified = home.run("verify", "last", "--data", str(out))
    assert verified.code == 0, verified.out
    again = home.run(*arguments, "--out", str(out))
    assert (again.code, again.out) == (1, "")
    assert "holds something already" in again.err
    assert is_sentence(again.err)


def test_one_listener_alone_in_json(home: Home, recorded: Path, tmp_path: Path) -> None:  # noqa: F811
    config = tmp_path / "other.yaml"
    config.write_text(SETTINGS)
    arguments = ("replay", "last", "--with", str(config), "--actor", "signal", "--json")
    told = json.loads(home.run(*arguments, "--data", str(recorded)).out)
    assert list(told["counts"]) == ["signal"]
    assert told["counts"]["signal"]["FairValue"]["now"] > 0
    assert told["delays_ns"]["signal"][told["session"]]["wake_ns"] > 0
    assert (told["type"], told["out"], told["missing"]) == ("Rerun", None, [])


def test_what_cannot_be_is_one_sentence(home: Home, recorded: Path, tmp_path: Path) -> None:  # noqa: F811
    config = tmp_path / "other.yaml"
    config.write_text("actors: {signal: {tresholds_usd: 1}}")
    file = str(config)
    for arguments, said in (
        (("--with", file), "did you mean"),
        (("--with", str(tmp_path / "none.yaml")), "none.yaml"),
        (("--with", file, "--serve"), "exclude each other"),
        (("--out", str(tmp_path)), "name a settings file"),
    ):
        outcome = home.run("replay", "last", *arguments, "--data", str(recorded))
        assert (outcome.code, outcome.out) == (2, "")
        assert said in outcome.err
        assert is_sentence(outcome.err)
    config.write_text("")
    wrong = home.run("replay", "last", "--with", file, "--actor", "kalshi", "--data", str(recorded))
    assert wrong.code == 2
    assert "'kalshi' cannot be run anew; there are: brti, signal, paper" in wrong.err
