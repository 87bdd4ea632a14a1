"""The command group: every command under its name, each loaded only when it is the one that runs."""

import click
import pytest

from cli.group import COMMANDS, kalshi_actors
from messages.version import VERSION


def context() -> click.Context:
    return click.Context(kalshi_actors, info_name="kalshi-actors")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_where_it_is_said_to_be_and_says_what_it_does(name: str) -> None:
    command = kalshi_actors.get_command(context(), name)
    assert command is not None
    assert command.name == name
    assert command.get_short_help_str().endswith((".", "?"))


def test_the_help_lists_the_commands_in_the_order_in_which_one_meets_them() -> None:
    listed = context().get_help().split("Commands:")[1].split()
    places = [listed.index(name) for name in COMMANDS]
    assert places == sorted(places)


def test_a_command_that_there_is_not_is_none_for_the_shell_and_a_hint_for_the_user() -> None:
    assert kalshi_actors.get_command(context(), "stat") is None
    with pytest.raises(click.UsageError, match="did you mean 'status'"):
        kalshi_actors.resolve_command(context(), ["statis"])
    with pytest.raises(click.UsageError, match=r"there is no command 'xyz'$"):
        kalshi_actors.resolve_command(context(), ["xyz"])


def test_the_version_is_the_projects(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(click.exceptions.Exit) as ended:
        kalshi_actors.make_context("kalshi-actors", ["--version"])
    assert ended.value.exit_code == 0
    assert capsys.readouterr().out == f"kalshi-actors {VERSION}\n"


def test_no_command_is_wrong_usage_and_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    with (
        kalshi_actors.make_context("kalshi-actors", []) as made,
        pytest.raises(click.exceptions.Exit) as ended,
    ):
        kalshi_actors.invoke(made)
    assert ended.value.exit_code == 2
    assert "Exit codes: 0 done, 1 failed" in capsys.readouterr().out
