"""`kalshi-actors logs`: what happened, in words; from the files that the logger writes."""

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import options

if TYPE_CHECKING:
    from cli.log_files import Shown

POLL_S = 0.1
LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]


@click.command(short_help="What happened, in words.")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@options.follow
@options.limit
@click.option("--level", type=click.Choice(LEVELS, case_sensitive=False), help="This level and graver.")
@options.data
@options.config_only_checked
@options.as_json
def logs(
    names: tuple[str, ...], follow: bool, limit: int, level: str | None, data_dir: Path | None, as_json: bool
) -> None:
    """Show the readable logs of all actors or of those named, merged by time (UTC).

    Works on a stopped instance too. The messages themselves: `kalshi-actors tail`.
    """
    from cli.instance import find
    from cli.log_files import LogFile, from_level

    folder = find(data_dir).data_dir / "logs"
    wanted = from_level(level)
    files = [LogFile(folder / f"{name}.log", wanted) for name in _known(names, folder)]
    show = _as_json if as_json else _as_text
    try:
        shown = [line for file in files for line in file.newest(limit)]
        shown = sorted(shown, key=lambda line: line.at_ns)[-limit:] if limit else []
        if not shown and not follow:
            print(f"kalshi-actors: nothing to show in {folder}; the logger fills it.", file=sys.stderr)
        while True:
            for line in shown:
                print(show(line))
            sys.stdout.flush()
            if not follow:
                return
            time.sleep(0.0 if shown else POLL_S)
            shown = sorted((line for file in files for line in file.more()), key=lambda line: line.at_ns)
    except KeyboardInterrupt:
        if not follow:
            raise
    finally:
        for file in files:
            file.close()


def _known(names: tuple[str, ...], folder: Path) -> list[str]:
    from cli.instance import named_actors

    return named_actors(names, (path.name.removesuffix(".log") for path in folder.glob("*.log")), folder)


def _as_text(shown: "Shown") -> str:
    return shown.text


def _as_json(shown: "Shown") -> str:
    line = shown.line
    if line is None:
        return json.dumps({"actor": shown.actor, "text": shown.text})
    told = {"at_ns": line.at_ns, "level": line.level, "actor": line.actor, "event": line.event}
    return json.dumps(told | {"fields": line.fields, "seq": line.seq if line.seq >= 0 else None})
