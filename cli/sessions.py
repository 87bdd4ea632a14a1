"""`kalshi-actors sessions`: what was recorded, and how whole it is."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import options
from cli.wording import age

if TYPE_CHECKING:
    from actors.logger.record import SessionRecord


OF_THE_LOGGER = frozenset({"progress", "outputs"})
"""What the record holds for the logger's own restarts."""


@click.command(short_help="The recorded sessions.")
@options.data
@options.config_only_checked
@options.as_json
def sessions(data_dir: Path | None, as_json: bool) -> None:
    """List the recorded sessions, oldest first: length, records, gaps, restarts, and how each ended.

    With --json one object per line, with the counts and latencies of every actor.
    """
    import msgspec

    from actors.logger.record import load_record
    from cli.instance import find

    instance = find(data_dir)
    folders = sorted((instance.data_dir / "sessions").glob("*/"))
    records = [record for record in map(load_record, folders) if record is not None]
    if as_json:
        for record in records:
            told = msgspec.to_builtins(record)
            click.echo(json.dumps({key: value for key, value in told.items() if key not in OF_THE_LOGGER}))
        return
    for record in records:
        click.echo(_line(record, runs=instance.runs and record is records[-1]))
    if not records:
        click.echo(f"no session in {instance.data_dir} has a record yet; the logger writes it", err=True)


def _line(record: "SessionRecord", runs: bool) -> str:
    newest_ns = max([record.ended_ns, record.saved_ns, *(log.last_ns for log in record.logs.values())])
    logs = record.logs.values()
    ended = record.ended or ("running" if runs else "cut off")
    return (
        f"{record.session}  {record.mode:<4}  {age((newest_ns - record.started_ns) / 1e9):>7}  "
        f"{sum(log.total for log in logs):>10,} records  {sum(log.gaps.count for log in logs):>3} gaps "
        f"({age(sum(log.gaps.total_s for log in logs))})  {sum(log.restarts for log in logs):>3} restarts  "
        f"{sum(log.lost for log in logs)} lost  {ended}"
    )
