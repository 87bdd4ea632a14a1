"""`config`: the settings in force, and who said so."""

import json

import pytest

from cli.config_command import TABLES, settings
from tests.cli.commands import Home, is_sentence


def test_a_setting_is_a_leaf_and_a_table_that_the_user_fills_in_is_one() -> None:
    (table,) = [key for key in TABLES if key[-1] == "ports"]
    said = {"simulator": {"speed": 2.0, "ports": {"kalshi": 7001, "gemini": 7002}}, "screen": {}}
    assert dict(settings(said)) == {
        ("simulator", "speed"): 2.0,
        table: {"kalshi": 7001, "gemini": 7002},
        ("screen",): {},
    }


def test_config_shows_where_each_setting_comes_from_and_no_secret(home: Home) -> None:
    home.env["KALSHI_API_KEY_ID"] = "a-key-id-that-is-mine-alone"
    home.env["KALSHI_ACTORS__SIMULATOR__SEED"] = "11"
    outcome = home.run("config", "--json", "--changed")
    assert "mine-alone" not in outcome.out
    told = json.loads(outcome.out)
    assert told["simulator.seed"] == {"value": 11, "source": "KALSHI_ACTORS__SIMULATOR__SEED"}
    assert set(told) == {"actors.kalshi.key_id", "simulator.seed"}


def test_for_people_it_is_a_line_per_setting_and_the_file_is_named(home: Home) -> None:
    home.data.mkdir()
    file = home.data / "mine.yaml"
    file.write_text("simulator: {ports: {kalshi: 7001}}\n")
    outcome = home.run("config", "--config", str(file), "--data", str(home.data))
    assert (outcome.code, outcome.err) == (0, "")
    lines = outcome.out.splitlines()
    assert f'simulator.ports = {{"kalshi": 7001}}  ({file})' in lines
    assert "simulator.speed = 1.0  (default)" in lines
    assert not [line for line in lines if line.startswith("actors.coinbase.venue")]


def test_nothing_changed_is_nothing_shown(home: Home) -> None:
    assert home.run("config", "--changed") == (0, "", "")
    assert home.run("config", "--changed", "--json") == (0, "{}\n", "")


@pytest.mark.parametrize("value", ["fast", "0", "{"])
def test_what_cannot_be_is_refused_with_the_variable_that_says_it(home: Home, value: str) -> None:
    home.env["KALSHI_ACTORS__SIMULATOR__SPEED"] = value
    outcome = home.run("config")
    assert (outcome.code, outcome.out) == (2, "")
    assert is_sentence(outcome.err)
    assert "KALSHI_ACTORS__SIMULATOR__SPEED" in outcome.err
