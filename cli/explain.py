"""`kalshi-actors explain`: what a signal came from, and whether it comes out the same again."""

from contextlib import closing
from pathlib import Path

import click

from cli import options

CHECK_FAILED = 5


@click.command(short_help="What a signal came from, recomputed.")
@click.argument("which", metavar="SIGNAL")
@options.data
@options.config_only_checked
@options.as_json
def explain(which: str, data_dir: Path | None, as_json: bool) -> int:
    """Show the log records that a signal came from, and recompute it from the recorded inbox.

    SIGNAL is a record's number in the log of signal (`tail signal` has them with --json), `last` for the
    newest signal or decision, or a kind for the newest of it: a type like FairValue, or a kind of signal
    like edge.

    The run of the signal actor is played again from its beginning up to the record. Exit code 5: it did not
    come out bit for bit the same, or a record that it came from cannot be read any more.
    """
    from cli.errors import CommandError, WrongUsageError
    from cli.explain_text import as_fields, as_text
    from cli.instance import find
    from cli.progress import Progress
    from replay import explain as replaying
    from replay.errors import DamagedRecordError, ReplayError, UnknownNameError
    from replay.recording import recording

    folder = find(data_dir).data_dir
    try:
        with (
            recording(folder, *replaying.span(folder, which)) as recorded,
            closing(Progress("playing the recorded inbox")) as progress,
        ):
            record = replaying.find(recorded, which)
            explained = replaying.explain(recorded, record, progress.tell)
    except DamagedRecordError as error:
        click.echo(f"kalshi-actors: {error}; it cannot be explained.", err=True)
        return CHECK_FAILED
    except UnknownNameError as error:
        raise WrongUsageError(str(error)) from None
    except ReplayError as error:
        raise CommandError(str(error)) from None
    if as_json:
        import orjson

        click.echo(orjson.dumps(as_fields(explained, folder)))
    else:
        click.echo(as_text(explained))
    return 0 if explained.holds else CHECK_FAILED
