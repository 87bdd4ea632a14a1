"""`kalshi-actors fit`: a calibration, fitted on recorded markets and tested on later ones."""

import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import options
from cli.moments import moment

if TYPE_CHECKING:
    from replay.fit.fitting import Fitted, Method


@click.command(short_help="Fit a calibration on recorded markets.")
@click.argument("names", metavar="[SESSION]...", nargs=-1)
@click.option(
    "--train-to", "train_to_ns", callback=moment, required=True, metavar="T", help="Fit on what closed by T."
)
@click.option(
    "--test-from",
    "test_from_ns",
    callback=moment,
    required=True,
    metavar="T",
    help="Test on what began from T.",
)
@click.option(
    "--method",
    type=click.Choice(("logistic", "isotonic")),
    default="logistic",
    show_default=True,
    help="logistic: probability, market and indicators. isotonic: the probability alone.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the calibration there. Without it only its score is shown.",
)
@options.data
@options.config_only_checked
@options.as_json
def fit(
    names: tuple[str, ...],
    train_to_ns: int,
    test_from_ns: int,
    method: "Method",
    out: Path | None,
    data_dir: Path | None,
    as_json: bool,
) -> None:
    """Fit what the fair probability should have been on what was recorded up to a time, and say how it did
    on markets that began later. All recorded sessions, or those named.

    Times are UTC: 2026-11-23T08:00. The test may not begin before the training ends. Markets that lie across
    or between the two are in neither.

    The signal actor uses the file where its setting calibration_file names it. Fitting needs scikit-learn.
    """
    from cli.errors import CommandError, WrongUsageError

    if out is not None and not out.absolute().parent.is_dir():  # before the long reading, not after it
        message = f"there is no folder {out.absolute().parent}; make it, or name another FILE with --out"
        raise WrongUsageError(message)
    fitted = _fit(names, train_to_ns, test_from_ns, method, data_dir)
    if out is not None:
        from actors.signal.calibration_file import encode
        from replay.fit.fitting import write

        try:
            write(out, encode(fitted.file))
        except OSError as error:
            message = f"{out} could not be written ({error.strerror}); name another FILE with --out"
            raise CommandError(message) from None
    click.echo(_as_json(fitted, out) if as_json else _as_text(fitted, out))


def _fit(
    names: tuple[str, ...], train_to_ns: int, test_from_ns: int, method: "Method", data_dir: Path | None
) -> "Fitted":
    """Raises CommandError; WrongUsageError where the spans overlap or a session is not there."""
    from cli.errors import CommandError, WrongUsageError
    from cli.instance import find
    from cli.progress import Progress
    from replay.errors import ReplayError, UnknownSessionError
    from replay.fit.errors import OverlapError
    from replay.fit.spans import refuse_overlap
    from replay.recording import recording
    from replay.sessions import choose, sessions, span

    folder = find(data_dir).data_dir
    try:
        from replay.fit.dataset import collect
        from replay.fit.fitting import fit as fit_markets
    except ModuleNotFoundError as error:
        if error.name != "sklearn":
            raise
        message = (
            "to fit needs scikit-learn, which is not installed here; "
            f"`{sys.executable} -m pip install 'scikit-learn>=1.5,<2'` installs it"
        )
        raise CommandError(message) from None
    try:
        refuse_overlap(train_to_ns, test_from_ns)
        chosen = choose(sessions(folder), names, folder)
        with (
            recording(folder, *span(chosen)) as recorded,
            closing(Progress("reading the logs")) as progress,
        ):
            markets = collect(recorded, chosen, progress.tell)
        return fit_markets(markets, method, train_to_ns, test_from_ns)
    except (OverlapError, UnknownSessionError) as error:
        raise WrongUsageError(str(error)) from None
    except ReplayError as error:
        raise CommandError(str(error)) from None


def _as_text(fitted: "Fitted", out: Path | None) -> str:
    from cli.fit_text import as_text

    return as_text(fitted, out)


def _as_json(fitted: "Fitted", out: Path | None) -> str:
    import orjson

    from cli.fit_text import as_fields

    return orjson.dumps(as_fields(fitted, out)).decode()
