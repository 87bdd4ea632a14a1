"""`kalshi-actors report`: one page on a session or a day."""

from contextlib import closing
from pathlib import Path

import click

from cli import options


@click.command(short_help="One page on a session or a day, with plots.")
@click.argument("which", metavar="SESSION|DAY")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="File to write, or a folder for it. Default: report-SESSION.html here.",
)
@click.option(
    "--no-audit", is_flag=True, help="Without the certificate, for which everything is read once more."
)
@options.data
@options.config_only_checked
@options.as_json
def report(which: str, out: Path | None, no_audit: bool, data_dir: Path | None, as_json: bool) -> None:
    """Write one HTML page on a SESSION (`last`: the newest) or a DAY in UTC (2026-11-23).

    The page needs no network and no other file: index and venues, errors, Kalshi's market with fair value,
    signals and fills, latencies, gaps and restarts, calibration, PnL, and the certificate. A session that
    still runs is told as far as it stands. A page that is there already is written anew.
    """
    from cli.errors import CommandError, WrongUsageError
    from cli.instance import find
    from cli.progress import Progress
    from cli.report_text import as_fields, as_text
    from cli.score import USUAL_LATENCY_MS
    from replay.errors import ReplayError, UnknownSessionError
    from replay.report.choosing import choose
    from replay.report.report import report as make
    from replay.report.writing import target, write
    from replay.sessions import sessions

    folder = find(data_dir).data_dir
    try:
        chosen = choose(sessions(folder), which, folder)
        path = target(out, chosen.name)
        with closing(Progress("reading the logs")) as progress:
            certified = [] if no_audit else chosen.whole
            made = make(folder, chosen.title, chosen.sessions, certified, USUAL_LATENCY_MS, progress.tell)
    except UnknownSessionError as error:
        raise WrongUsageError(str(error)) from None
    except ReplayError as error:
        raise CommandError(str(error)) from None
    write(path, made.html)
    if as_json:
        import orjson

        click.echo(orjson.dumps(as_fields(made, chosen, path)))
    else:
        click.echo(as_text(made, path))
