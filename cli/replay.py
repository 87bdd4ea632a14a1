"""`kalshi-actors replay`: a recorded session once more."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import options
from cli.moments import moment

if TYPE_CHECKING:
    from replay.pace import Pace
    from replay.playing import Playing

MAX = "max"


def speed_of(ctx: click.Context, param: click.Parameter, told: str) -> float:
    """Read a speed: a number above 0, or `max`, which is 0.0."""
    if told == MAX:
        return 0.0
    try:
        speed = float(told)
    except ValueError:
        speed = -1.0
    if not 0.0 < speed < 1e9:
        message = f"{told!r} is no speed; say how many times faster than recorded, like 1 or 60, or {MAX}"
        raise click.BadParameter(message, ctx, param)
    return speed


@click.command(short_help="Play a recorded session again.")
@click.argument("session")
@click.option(
    "--speed",
    callback=speed_of,
    default="1",
    metavar="N|max",
    help="So many times faster than it was recorded (1); max: as fast as can be.",
)
@click.option("--from", "from_ns", callback=moment, metavar="T", help="Show what was said from this time on.")
@click.option("--to", "to_ns", callback=moment, metavar="T", help="Show what was said before this time.")
@click.option("--actor", "actors", multiple=True, metavar="NAME", help="Only this one; may be given often.")
@click.option(
    "--serve", "is_served", is_flag=True, help="Let the simulator play it on the venues' own protocols."
)
@click.option(
    "--with",
    "with_file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Run index, signals and paper account anew under this settings file, and tell what changes.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Keep what --with makes them say, as a data folder.",
)
@click.option("-q", "--quiet", is_flag=True, help="Only the counts and rates at the end.")
@options.data
@options.config_only_checked
@options.as_json
def replay(
    session: str,
    speed: float,
    from_ns: int | None,
    to_ns: int | None,
    actors: tuple[str, ...],
    is_served: bool,
    with_file: Path | None,
    out: Path | None,
    quiet: bool,
    data_dir: Path | None,
    as_json: bool,
) -> None:
    """Play the recorded inboxes of a SESSION through the same actors, and show what they say, as `tail` does.

    SESSION is a name from `sessions`, or `last`. With --from, what led there is played first, in silence. The
    last lines tell how much was played, how fast, and whether it was what had been recorded; `verify` shows
    the first difference.

    With --with they do not repeat what they read then: each takes in what the feeds said as it would live, as
    fast as can be, with the delays that the session shows; docs/pipeline.md.

    With --serve nothing is computed: the simulated venues play the session's books, trades and markets, so
    that any client can be tried on them; --actor then names venues. Ctrl-C ends it.
    """
    from cli.errors import CommandError, WrongUsageError
    from cli.instance import find
    from replay.errors import ReplayError, UnknownNameError, UnknownSessionError
    from replay.pace import Pace
    from replay.playing import Playing, listeners_in
    from replay.recording import recording
    from replay.sessions import EVER_NS, choose, sessions

    if with_file is not None and is_served:
        raise WrongUsageError("--with and --serve exclude each other")
    if out is not None and with_file is None:
        raise WrongUsageError("--out keeps what --with makes; name a settings file, too")
    folder = find(data_dir).data_dir
    begun_s = time.monotonic()
    try:
        (chosen,) = choose(sessions(folder), [session], folder)
        if is_served:
            from cli.serving import serve

            serve(folder, chosen, speed, from_ns, to_ns, actors, as_json)
            return
        if with_file is not None:
            from cli.rerun import rerun

            span = (from_ns or 0, to_ns if to_ns is not None else EVER_NS)
            rerun(folder, chosen, with_file, out, span, actors, as_json)
            return
        with recording(folder, chosen.from_ns, chosen.to_ns) as recorded:
            logs = listeners_in(recorded, chosen, actors)
            playing = Playing(recorded, chosen, logs, from_ns or 0, to_ns if to_ns is not None else EVER_NS)
            if quiet:
                playing.count()
            else:
                _show(playing, Pace(speed), as_json)
    except (UnknownSessionError, UnknownNameError) as error:
        raise WrongUsageError(str(error)) from None
    except ReplayError as error:
        raise CommandError(str(error)) from None
    _tell(playing, time.monotonic() - begun_s, as_json)


def _show(playing: "Playing", pace: "Pace", as_json: bool) -> None:
    from cli.lines import json_line, text_line
    from messages import encode
    from messages.log import Record

    line = json_line if as_json else text_line
    for word in playing.words():
        _wait(pace, word.at_ns)
        record = Record(word.seq, word.at_ns, word.message.kind, encode(word.message))
        print(line(word.log, record, word.message))


def _wait(pace: "Pace", at_ns: int) -> None:
    wait_s = pace.wait_s(at_ns, time.monotonic())
    if wait_s > 0.0:
        sys.stdout.flush()
        time.sleep(wait_s)


def _tell(playing: "Playing", took_s: float, as_json: bool) -> None:
    from cli.replay_text import as_fields, as_text

    if as_json:
        import orjson

        click.echo(orjson.dumps(as_fields(playing, took_s)))
    else:
        click.echo("\n".join(as_text(playing, took_s)))
