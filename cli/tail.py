"""`kalshi-actors tail`: the messages themselves, as actors say them."""

import sys
import time
from pathlib import Path

import click

from cli import options

POLL_S = 0.1


@click.command(short_help="The messages themselves, as actors say them.")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@options.follow
@options.limit
@click.option("--kind", "kinds", multiple=True, metavar="TYPE", help="Only this type; may be given often.")
@click.option("--raw", is_flag=True, help="Show raw frames and the turns of listeners too.")
@options.data
@options.config_only_checked
@options.as_json
def tail(
    names: tuple[str, ...],
    follow: bool,
    limit: int,
    kinds: tuple[str, ...],
    raw: bool,
    data_dir: Path | None,
    as_json: bool,
) -> None:
    """Show what actors say, one line each, merged by time (UTC). Works on a stopped instance too.

    With --json one object per line: log, seq, type and the message's fields in their exact units; at_ns
    is the message's own, or when it was written down.
    """
    from cli.instance import find
    from cli.lines import json_line, text_line
    from cli.log_reading import Logs

    folder = find(data_dir).data_dir
    logs = Logs(folder, _logs_named(names, folder), _kinds_named(kinds, raw))
    show = json_line if as_json else text_line
    try:
        entries = logs.newest(limit)
        while True:
            for entry in entries:
                print(show(entry.log, entry.record, entry.message()))
            sys.stdout.flush()
            if not follow:
                return
            entries = logs.more()
            if not entries:
                time.sleep(POLL_S)
    except KeyboardInterrupt:
        if not follow:
            raise
    finally:
        logs.close()


def _logs_named(names: tuple[str, ...], data_dir: Path) -> list[str]:
    from cli.instance import named_actors

    logs = (data_dir / "log").glob("*/")
    return named_actors(names, (entry.name for entry in logs), data_dir)


def _kinds_named(types: tuple[str, ...], raw: bool) -> frozenset[int]:
    from cli.errors import WrongUsageError
    from cli.wording import did_you_mean
    from messages import KINDS, FrameReceived, Turn

    if not types:
        return frozenset(KINDS) - (frozenset() if raw else {FrameReceived.kind, Turn.kind})
    by_name = {cls.__name__.lower(): kind for kind, cls in KINDS.items()}
    chosen = set()
    for name in types:
        if name.lower() not in by_name:
            known = [cls.__name__ for cls in KINDS.values()]
            hint = did_you_mean(name, known) or f"; there are: {', '.join(known)}"
            message = f"--kind: there is no message type {name!r}{hint}"
            raise WrongUsageError(message)
        chosen.add(by_name[name.lower()])
    return frozenset(chosen)
