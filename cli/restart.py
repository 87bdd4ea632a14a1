"""`kalshi-actors restart NAME…`: a fresh process for each actor named; nobody else notices."""

import time
from pathlib import Path

import click

from cli import options
from cli.changes import Actor, by_name
from cli.errors import CommandError

LIMIT_S = 60.0


@click.command(short_help="Give actors a fresh process each.")
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@options.data
@options.config_only_checked
def restart(names: tuple[str, ...], data_dir: Path | None) -> None:
    """Restart actors and wait until they run again."""
    from cli.instance import running
    from cli.stop import request, require_actors
    from supervisor import client

    folder = running(data_dir).data_dir
    before = client.ask(folder, {"cmd": "status"})["status"]
    require_actors(names, before)
    begun_s = time.monotonic()
    request(folder, {"cmd": "restart", "names": list(names)})
    _wait_for_new_processes(folder, names, by_name(before), begun_s)


def _wait_for_new_processes(
    folder: Path, names: tuple[str, ...], before: dict[str, Actor], begun_s: float
) -> None:
    from supervisor import client

    remaining = set(names)
    actors = before
    for status in client.watch(folder, LIMIT_S):
        actors = by_name(status)
        for name in sorted(remaining):
            actor = actors[name]
            if actor["state"] == "running" and actor["pid"] != before[name]["pid"]:
                took_s = time.monotonic() - begun_s
                click.echo(f"{name}: running again after {took_s:.1f} s, process {actor['pid']}")
                remaining.discard(name)
        if not remaining:
            return
        if time.monotonic() > begun_s + LIMIT_S:
            break
    name = min(remaining)
    why = actors[name]["reason"] or actors[name]["last_error"] or "no reason is known"
    message = (
        f"{name} does not run yet: it is {actors[name]['state']} ({why}); see `kalshi-actors logs {name}`"
    )
    raise CommandError(message)
