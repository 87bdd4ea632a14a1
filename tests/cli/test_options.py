"""The options that every command takes after its own name."""

from pathlib import Path

import click
import pytest

from cli.errors import WrongUsageError
from cli.group import COMMANDS, kalshi_actors

NEEDED = {
    "restart": ["coinbase"],
    "explain": ["last"],
    "verify": ["last"],
    "replay": ["last"],
    "report": ["last"],
    "fit": ["--train-to", "2026-11-01", "--test-from", "2026-11-02"],
}
"""What these commands cannot do without."""
ONLY_CHECKED = ("stop", "restart", "logs", "tail", "sessions")


def command(name: str) -> click.Command:
    found = kalshi_actors.get_command(click.Context(kalshi_actors), name)
    assert found is not None
    return found


def parse(name: str, *arguments: str) -> dict[str, object]:
    """What the command would be called with."""
    with command(name).make_context(name, [*arguments, *NEEDED.get(name, [])]) as context:
        return context.params


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "config.yaml"
    file.write_text("simulator: {speed: 2}\n")
    return file


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_takes_a_data_folder_and_a_settings_file(
    name: str, tmp_path: Path, config: Path
) -> None:
    parse(name, "--data", str(tmp_path), "--config", str(config))


@pytest.mark.parametrize("name", ONLY_CHECKED)
def test_a_command_without_settings_still_refuses_a_file_that_cannot_be(name: str, config: Path) -> None:
    config.write_text("simulator: {sped: 2}\n")
    with pytest.raises(WrongUsageError, match=r"^simulator\.sped: "):
        parse(name, "--config", str(config))
    with pytest.raises(WrongUsageError, match="cannot be read"):
        parse(name, "--config", str(config.with_name("absent.yaml")))


@pytest.mark.parametrize("name", ONLY_CHECKED)
def test_a_file_that_nobody_named_keeps_nobody_from_looking_or_stopping(
    name: str, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.write_text("nonsense: 1\n")
    monkeypatch.setenv("KALSHI_ACTORS_CONFIG", str(config))
    parse(name)


@pytest.mark.parametrize("name", ["start", "status", "simulate", "config"])
def test_a_command_with_settings_takes_the_file_from_the_environment_too(
    name: str, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KALSHI_ACTORS_CONFIG", str(config))
    assert parse(name)["config_file"] == config
    assert parse(name, "--config", "/other")["config_file"] == Path("/other")


def test_the_data_folder_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KALSHI_ACTORS_DATA", "/somewhere")
    assert parse("status")["data_dir"] == Path("/somewhere")


def test_a_shell_that_completes_a_line_is_not_told_of_a_bad_file(config: Path) -> None:
    config.write_text("nonsense: 1\n")
    command("stop").make_context("stop", ["--config", str(config)], resilient_parsing=True).close()
