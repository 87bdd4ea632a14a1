"""`kalshi-actors status`: can I trust what I see right now?"""

import json
import os
import shutil
import sys
from pathlib import Path

import click

from cli import options
from cli.changes import Status, headline, note, sentences, troubles
from cli.display import is_terminal
from cli.wording import age, milliseconds, number

HEADINGS = (
    "ACTOR",
    "STATE",
    "FRESH",
    "AGE",
    "IN",
    "OUT",
    "LAG",
    "P50/P99 ms",
    "RESTARTS",
    "UP",
    "CPU %",
    "MB",
    "",
)
KALSHI_MODES = {"stream": "streaming", "poll": "polling (no key)"}


@click.command(short_help="Can I trust what I see right now?")
@options.data
@options.config
@options.as_json
@click.option("--watch", is_flag=True, help="Stay, and show every change; Ctrl-C ends it.")
def status(data_dir: Path | None, config_file: Path | None, as_json: bool, watch: bool) -> None:
    """Show each actor's state, freshness, ages, counts and last error.

    With --json one object; with --json --watch one object per line, at every change. Of the settings only
    `screen` matters here, to --watch on a terminal.
    """
    from cli.instance import running
    from supervisor import client

    if config_file is not None:
        options.check(config_file)
    folder = running(data_dir).data_dir
    if not watch:
        found = client.ask(folder, {"cmd": "status"})["status"]
        click.echo(json.dumps(found) if as_json else "\n".join(table(found)))
        return
    try:
        if is_terminal() and not as_json:
            _show_screen(folder, config_file)
        else:
            _follow(folder, as_json)
    except KeyboardInterrupt:
        return


def _show_screen(folder: Path, config_file: Path | None) -> None:
    from cli.config_reading import load
    from cli.screen import show

    show(folder, load(config_file, os.environ, {}).config.screen.redraws_per_s)


def _follow(folder: Path, as_json: bool) -> None:
    from supervisor import client

    before: Status = {}
    for after in client.watch(folder):
        for line in [json.dumps(after)] if as_json else sentences(before, after):
            click.echo(line)
        sys.stdout.flush()
        before = after


def table(found: Status) -> list[str]:
    """The status object as aligned text, cut to the width of the terminal."""
    rows = [HEADINGS, *(_row(actor) for actor in found["actors"])]
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEADINGS))]
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 10_000
    lines = ["  ".join(_cell(cell, widths[i], i) for i, cell in enumerate(row)) for row in rows]
    head = [headline(found), f"data in {found['data_dir']}", *_kalshi(found), *troubles(found), ""]
    return head + [line.rstrip()[:width] for line in lines]


def _kalshi(found: Status) -> list[str]:
    """Which of the two it is: Kalshi's stream, or polling without a key."""
    modes = [actor["detail"].get("mode") for actor in found["actors"] if actor["name"] == "kalshi"]
    return [f"Kalshi: {KALSHI_MODES[mode]}" for mode in modes if mode in KALSHI_MODES]


def _cell(text: str, width: int, column: int) -> str:
    return text.ljust(width) if HEADINGS[column] in ("ACTOR", "STATE", "FRESH", "") else text.rjust(width)


def _row(actor: Status) -> tuple[str, ...]:
    runs = actor["state"] == "running"
    latency = actor["latency_ms"]
    return (
        actor["name"],
        actor["state"],
        ("yes" if actor["fresh"] else "NO") if runs else "-",
        age(actor["data_age_s"]) if runs else "-",
        str(actor["in"]),
        str(actor["out"]),
        str(actor["lag"]),
        f"{milliseconds(latency['p50'])}/{milliseconds(latency['p99'])}" if runs else "-",
        str(actor["restarts"]),
        age(actor["uptime_s"]) if runs else "-",
        number(actor["cpu_pct"], 1) if runs else "-",
        number(actor["rss_mb"], 0) if runs else "-",
        note(actor),
    )
