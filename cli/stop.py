"""`kalshi-actors stop`: everything, or the actors named."""

import time
from pathlib import Path
from typing import Any

import click

from cli import options
from cli.changes import Status, by_name, sentences
from cli.errors import CommandError

LIMIT_S = 60.0


@click.command(short_help="Stop everything, or the actors named.")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@options.data
@options.config_only_checked
def stop(names: tuple[str, ...], data_dir: Path | None) -> None:
    """Stop the instance, or only the actors named; wait until they have stopped.

    An actor that was stopped by name stays stopped until `restart NAME`.
    """
    from cli.instance import running
    from supervisor import client

    folder = running(data_dir).data_dir
    if names:
        require_actors(names, client.ask(folder, {"cmd": "status"})["status"])
        request(folder, {"cmd": "stop", "names": list(names)})
        _wait_for_stopped(folder, names)
        return
    watched = client.watch(folder, LIMIT_S)
    before = next(watched)
    request(folder, {"cmd": "stop"})
    for after in watched:
        for line in sentences(before, after):
            click.echo(line)
        before = after
    if not client.wait_until_stopped(folder, LIMIT_S):
        message = (
            "the actors have stopped, but the supervisor has not ended; look with `kalshi-actors status`"
        )
        raise CommandError(message)
    click.echo(f"stopped; session {before['session']} is in {folder}")


def request(folder: Path, command: dict[str, Any]) -> None:
    """Have a command carried out. Raises CommandError if the supervisor refuses."""
    from supervisor import client

    reply = client.ask(folder, command)
    if not reply["ok"]:
        raise CommandError(str(reply["error"]))


def require_actors(names: tuple[str, ...], found: Status) -> None:
    """Refuse names that this instance does not have. Raises WrongUsageError."""
    from cli.errors import WrongUsageError
    from cli.wording import did_you_mean

    known = list(by_name(found))
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known) or f"; there are: {', '.join(known)}"
            message = f"there is no actor {name!r} in this session{hint}"
            raise WrongUsageError(message)


def _wait_for_stopped(folder: Path, names: tuple[str, ...]) -> None:
    from supervisor import client

    remaining = set(names)
    deadline_s = time.monotonic() + LIMIT_S
    for status in client.watch(folder, LIMIT_S):
        for name in sorted(remaining):
            if by_name(status)[name]["state"] == "stopped":
                click.echo(f"{name}: stopped; `kalshi-actors restart {name}` starts it again")
                remaining.discard(name)
        if not remaining:
            return
        if time.monotonic() > deadline_s:
            break
    message = f"{', '.join(sorted(remaining))} did not stop; look with `kalshi-actors status`"
    raise CommandError(message)
