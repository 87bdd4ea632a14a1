"""`kalshi-actors backtest`: recorded sessions under other settings, with choices that are tested ahead."""

import os
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import options
from cli.moments import moment

if TYPE_CHECKING:
    from replay.backtest.engine import Engine
    from replay.backtest.points import Point
    from replay.backtest.report import Report

FOLDER = "backtest"
"""In the data folder, where no other is named: so every point ever tried on it is counted."""
FAILED = 1


@click.command(short_help="Sessions under other settings, walked forward.")
@click.option("--from", "from_ns", callback=moment, metavar="T", help="Only what was recorded from T on.")
@click.option("--to", "to_ns", callback=moment, metavar="T", help="Only what was recorded before T.")
@click.option(
    "--grid",
    multiple=True,
    metavar="KEY=A,B,…",
    help="Try these values of a setting. More than once: every combination.",
)
@click.option(
    "--folds",
    type=click.IntRange(min=2, max=1000),
    default=5,
    show_default=True,
    metavar="N",
    help="Cut the windows into N stretches, and choose for each by those before it.",
)
@click.option(
    "--by",
    "objective",
    type=click.Choice(("pnl", "sharpe")),
    default="pnl",
    show_default=True,
    help="What the best has most of: paper PnL per window, or that over its standard deviation.",
)
@click.option(
    "--engine",
    type=click.Choice(("local", "ray")),
    default="local",
    show_default=True,
    help="ray: the cluster of RAY_ADDRESS, else a Ray of this machine.",
)
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Processes at once. Default: all.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Folder of the table of results. Default: `backtest` in the data folder.",
)
@options.config
@options.data
@options.as_json
def backtest(
    from_ns: int | None,
    to_ns: int | None,
    grid: tuple[str, ...],
    folds: int,
    objective: str,
    engine: str,
    jobs: int | None,
    out: Path | None,
    config_file: Path | None,
    data_dir: Path | None,
    as_json: bool,
) -> int:
    """Run recorded sessions anew under the settings, or under every point of a grid of settings.

    \b
    kalshi-actors backtest --grid actors.signal.decision.least_edge_usd=0.01,0.02,0.04

    Index, signals and paper account are the same code as live, and so is the score. Every finished run is
    kept in the table of results: whatever ended the command, the same one goes on with the rest.

    Exit code 1: a point could not be run over a session; the others are told.
    """
    from cli.backtest_grid import read_grid, read_points
    from cli.errors import CommandError
    from cli.instance import find
    from replay.errors import ReplayError
    from replay.sessions import EVER_NS

    points = read_points(config_file, os.environ, read_grid(grid))
    folder = find(data_dir).data_dir
    span = (from_ns or 0, EVER_NS if to_ns is None else to_ns)
    table = (out or folder / FOLDER).absolute()
    try:
        found = _run(folder, span, points, folds, objective, _engine(engine, jobs), table)
    except ReplayError as error:
        raise CommandError(str(error)) from None
    if as_json:
        import msgspec
        import orjson

        told = {"data_dir": str(folder), "table": str(table), **msgspec.to_builtins(found)}
        click.echo(orjson.dumps(told))
    else:
        from cli.backtest_text import as_text

        click.echo("\n".join(as_text(found, table)))
    return FAILED if found.failures else 0


def _run(
    folder: Path,
    span: tuple[int, int],
    points: "Sequence[Point]",
    folds: int,
    objective: str,
    engine: "Engine",
    table: Path,
) -> "Report":
    """Raises ReplayError, WrongUsageError where nothing was recorded in the span."""
    from cli.progress import Progress
    from replay.backtest.report import report
    from replay.backtest.running import WORK, plan, run
    from replay.backtest.span import sessions_between
    from replay.backtest.table import Results
    from replay.recording import recording

    with recording(folder, *span) as recorded:
        parts = sessions_between(recorded, *span)
        if not parts:
            raise _nothing(recorded, folder)
        planned = plan(recorded, parts, points, table / WORK)
        with Results(table) as results:
            what = f"backtesting {len(planned.tasks):,} runs"
            try:
                with closing(Progress(what)) as progress:
                    ran = run(planned, results, engine, progress.tell)
            except KeyboardInterrupt:
                kept = sum(key in results for key in planned.tasks)
                click.echo(
                    f"kalshi-actors: stopped; {kept:,} of {len(planned.tasks):,} runs are done and kept in "
                    f"{table}, the same command goes on with the rest.",
                    err=True,
                )
                raise
            return report(parts, points, planned, results, ran, folds, objective)


def _engine(name: str, jobs: int | None) -> "Engine":
    """Raises EngineError."""
    from replay.backtest.engine import LocalEngine, processors

    if name == "local":
        return LocalEngine(jobs or processors())
    from replay.backtest.ray_engine import RayEngine

    return RayEngine(jobs or processors())


def _nothing(recorded: Path, folder: Path) -> Exception:
    """What to say where the span holds no session."""
    from cli.errors import WrongUsageError
    from cli.wording import moment_utc
    from replay.backtest.span import sessions_between
    from replay.sessions import EVER_NS

    parts = sessions_between(recorded, 0, EVER_NS)
    if not parts:
        return WrongUsageError(f"no session is recorded in {folder}")
    first, last = moment_utc(parts[0].cut.from_ns), moment_utc(parts[-1].cut.to_ns)
    return WrongUsageError(f"no session lies in that span; {folder} holds them from {first} to {last} UTC")
