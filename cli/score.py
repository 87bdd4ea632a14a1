"""`kalshi-actors score`: whether the signals of recorded sessions have paid."""

from contextlib import closing
from pathlib import Path

import click

from cli import options

USUAL_LATENCY_MS = 100.0


@click.command(short_help="Whether signals and decisions have paid.")
@click.argument("session", nargs=-1)
@click.option(
    "--latency-ms",
    type=click.FloatRange(min=0.0, max=60_000.0),
    default=USUAL_LATENCY_MS,
    metavar="MS",
    help="How long after a signal an order arrives, in market time (100).",
)
@click.option(
    "--kind", "kinds", multiple=True, metavar="KIND", help="Tell this kind of signal in full (the composite)."
)
@options.data
@options.config_only_checked
@options.as_json
def score(
    session: tuple[str, ...],
    latency_ms: float,
    kinds: tuple[str, ...],
    data_dir: Path | None,
    as_json: bool,
) -> None:
    """Judge the signals and decisions of recorded SESSIONs, of all of them where none is named.

    The first line says whether the evidence supports an edge. The market's own mid is the reference, fees
    are paid, and windows that close together are one observation. docs/score.md says how.
    """
    from cli.errors import CommandError, WrongUsageError
    from cli.instance import find
    from cli.progress import Progress
    from cli.score_text import score_text
    from replay.errors import ReplayError, UnknownSessionError
    from replay.recording import recording
    from replay.score.reading import read
    from replay.score.report import plain, report
    from replay.sessions import choose, sessions, span

    instance = find(data_dir)
    try:
        chosen = choose(sessions(instance.data_dir), session, instance.data_dir)
        with (
            recording(instance.data_dir, *span(chosen)) as folder,
            closing(Progress("reading the logs")) as progress,
        ):
            recorded = read(folder, chosen, latency_ms, progress.tell)
    except UnknownSessionError as error:
        raise WrongUsageError(str(error)) from None
    except ReplayError as error:
        raise CommandError(str(error)) from None
    found = report(recorded, latency_ms)
    known = [kind.kind for kind in found.kinds]
    for kind in kinds:
        if kind not in known:
            there = f"; there are: {', '.join(known)}" if known else ""
            message = f"no signal of kind {kind!r} was recorded{there}"
            raise WrongUsageError(message)
    if as_json:
        import orjson

        click.echo(orjson.dumps({"data_dir": str(instance.data_dir), **plain(found)}))
    else:
        click.echo("\n".join(score_text(found, kinds)))
