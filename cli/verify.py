"""`kalshi-actors verify`: whether what was said in a session comes out again, bit for bit."""

from contextlib import closing
from pathlib import Path

import click

from cli import options

CHECK_FAILED = 5


@click.command(short_help="Whether a session comes out again, bit for bit.")
@click.argument("session")
@click.option("--actor", "actors", multiple=True, metavar="NAME", help="Only this one; may be given often.")
@options.data
@options.config_only_checked
@options.as_json
def verify(session: str, actors: tuple[str, ...], data_dir: Path | None, as_json: bool) -> int:
    """Play the recorded inboxes of a SESSION through the same actors, and compare all that they say.

    SESSION is a name from `sessions`, or `last`. Every index value, fair value, signal and paper fill is
    compared byte by byte with the record. Of the first difference it shows the inputs. Exit code 5: something
    did not come out the same, or cannot be played any more.
    """
    import time

    from cli.errors import CommandError, WrongUsageError
    from cli.instance import find
    from cli.progress import Progress
    from cli.verify_text import as_fields, as_text
    from replay.errors import ReplayError, UnknownNameError, UnknownSessionError
    from replay.playing import listeners_in
    from replay.recording import recording
    from replay.sessions import choose, sessions
    from replay.verify import verify as play_and_compare

    folder = find(data_dir).data_dir
    begun_s = time.monotonic()
    try:
        (chosen,) = choose(sessions(folder), [session], folder)
        with (
            recording(folder, chosen.from_ns, chosen.to_ns) as recorded,
            closing(Progress("playing the recorded inboxes")) as progress,
        ):
            logs = listeners_in(recorded, chosen, actors)
            verified = play_and_compare(recorded, chosen, logs, progress.tell)
    except (UnknownSessionError, UnknownNameError) as error:
        raise WrongUsageError(str(error)) from None
    except ReplayError as error:
        raise CommandError(str(error)) from None
    took_s = time.monotonic() - begun_s
    if as_json:
        import orjson

        click.echo(orjson.dumps(as_fields(chosen, verified, folder, took_s)))
    else:
        click.echo("\n".join(as_text(chosen, verified, took_s)))
    return 0 if all(one.holds for one in verified) else CHECK_FAILED
