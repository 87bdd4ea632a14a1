"""`kalshi-actors export`: recorded messages as files that every tool reads."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from cli import options
from cli.moments import moment

if TYPE_CHECKING:
    from actors.store.tables import Table
    from replay.export.exporting import Place

USUAL_OUT = Path("export")


@click.command(short_help="Recorded messages as CSV, Parquet or JSON lines.")
@click.option("--session", metavar="SESSION", help="Only what was recorded in this session.")
@click.option("--from", "from_ns", callback=moment, metavar="T", help="Only what was recorded from T on.")
@click.option("--to", "to_ns", callback=moment, metavar="T", help="Only what was recorded before T.")
@click.option(
    "--table",
    "tables",
    multiple=True,
    metavar="NAME",
    help="A message type, like BookChanged. More than once: all of these. Default: every one there is.",
)
@click.option(
    "--format",
    "ending",
    type=click.Choice(("csv", "parquet", "jsonl")),
    default="csv",
    show_default=True,
    help="CSV has lists as JSON text; jsonl is one JSON object a line.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=USUAL_OUT,
    show_default=True,
    metavar="DIR",
    help="Folder of the files, one a table.",
)
@click.option("--force", is_flag=True, help="Overwrite files of an earlier export.")
@click.option(
    "--clickhouse",
    "server",
    metavar="URL",
    help="To tables of a ClickHouse server instead of files: http://user@host:8123/database.",
)
@options.data
@options.config_only_checked
@options.as_json
def export(
    session: str | None,
    from_ns: int | None,
    to_ns: int | None,
    tables: tuple[str, ...],
    ending: str,
    out: Path,
    force: bool,
    server: str | None,
    data_dir: Path | None,
    as_json: bool,
) -> None:
    """Write recorded messages to files, one a table, each record once, by the time it was appended.

    \b
    kalshi-actors export --table BookChanged --table TradePrinted --from 2026-11-23T08:00 --format parquet

    A table is a message type; docs/tables.md has every column with its unit. What the store has compacted is
    taken from there, the rest from the logs, also while they are being written. Raw frames are not exported:
    the table FrameReceived has all but their bytes. On a ClickHouse server rows that are there already stay
    there once.
    """
    from actors.store.errors import StoreError
    from cli.errors import CommandError
    from cli.export_text import as_fields, as_text
    from cli.instance import find
    from cli.progress import Progress
    from replay.errors import ReplayError
    from replay.export.exporting import Files, Tells
    from replay.export.exporting import export as write
    from replay.export.span import Span

    folder = find(data_dir).data_dir
    files = Files(out, ending, force=force, named=bool(tables))
    notes: list[str] = []
    chosen = _named(tables)
    try:
        span = Span(*_between(folder, session, from_ns, to_ns), chosen)
        with (
            _server(server) if server is not None else nullcontext(files) as place,
            closing(Progress("reading the record")) as reading,
            closing(Progress("writing the rows")) as writing,
        ):
            exported = write(folder, span, place, Tells(reading.tell, writing.tell, notes.append))
    except (ReplayError, StoreError, OSError) as error:
        raise CommandError(str(error)) from None
    for note in notes:
        click.echo(f"kalshi-actors: {note}", err=True)
    if as_json:
        import orjson

        click.echo(orjson.dumps(as_fields(exported, notes, folder)))
    else:
        click.echo("\n".join(as_text(exported, str(out) if server is None else server)))


@contextmanager
def _server(url: str) -> "Iterator[Place]":
    """Tables of a server. Raises WrongUsageError, ClickHouseError."""
    from actors.store.address import check_url, name_of
    from actors.store.clickhouse import ClickHouse
    from cli.errors import WrongUsageError
    from replay.export.exporting import OnServer

    try:
        check_url(url)
    except ValueError as error:
        raise WrongUsageError(str(error)) from None
    with closing(ClickHouse(url)) as server, TemporaryDirectory() as folder:
        yield OnServer(server, name_of(url), Path(folder))


def _between(folder: Path, session: str | None, from_ns: int | None, to_ns: int | None) -> tuple[int, int]:
    from cli.errors import WrongUsageError
    from replay.errors import UnknownSessionError
    from replay.sessions import EVER_NS, choose, sessions

    first, last = from_ns or 0, EVER_NS if to_ns is None else to_ns
    if session is not None:
        try:
            (chosen,) = choose(sessions(folder), [session], folder)
        except UnknownSessionError as error:
            raise WrongUsageError(str(error)) from None
        first, last = max(first, chosen.from_ns), min(last, chosen.to_ns)
    if first >= last:
        message = "that span is empty: it ends before it begins"
        raise WrongUsageError(message)
    return first, last


def _named(tables: Sequence[str]) -> "list[Table]":
    from actors.store.tables import BY_NAME
    from cli.errors import WrongUsageError
    from cli.wording import did_you_mean

    for name in tables:
        if name not in BY_NAME:
            message = f"docs/tables.md has no table {name!r}{did_you_mean(name, BY_NAME)}"
            raise WrongUsageError(message)
    return [table for table in BY_NAME.values() if not tables or table.name in tables]
