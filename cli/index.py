"""`kalshi-actors index`: what the index is made of right now, and how far off it was."""

import json
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from cli import options
from cli.errors import WrongUsageError
from cli.index_history import history

if TYPE_CHECKING:
    from actors.brti.accuracy.report import Report
    from cli.index_reading import Recorded

USUAL_MINUTES = 15.0


@click.group(short_help="What the index is made of, and its error.", invoke_without_command=True)
@click.option(
    "--minutes",
    type=click.FloatRange(min=0, min_open=True),
    metavar="N",
    help="Judge the error by the last N minutes that were recorded (15).",
)
@click.option("--session", is_flag=True, help="Judge it by the whole of the last session.")
@options.data
@options.config_only_checked
@options.as_json
@click.pass_context
def index(
    ctx: click.Context, minutes: float | None, session: bool, data_dir: Path | None, as_json: bool
) -> None:
    """Show each method's value, every venue's part in it, and the error against the official value.

    Read from the logs of brti and kalshi, so it works on a stopped instance too; it says how old they
    are. Without an official value, `index history` tells what settled markets say.
    """
    if ctx.invoked_subcommand is None:
        _show(data_dir, minutes, session, as_json)
    elif any(ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE for name in ctx.params):
        message = f"`index {ctx.invoked_subcommand}` takes its options behind its own name"
        raise WrongUsageError(message)


index.add_command(history)


def _show(data_dir: Path | None, minutes: float | None, session: bool, as_json: bool) -> None:
    from actors.brti.accuracy.report import report
    from cli.index_reading import look, read
    from cli.instance import find
    from cli.progress import Progress

    if session and minutes is not None:
        message = "--minutes and --session exclude each other; name one"
        raise WrongUsageError(message)
    instance = find(data_dir)
    span = look(instance.data_dir)
    from_ns = span.newest_ns - round((minutes or USUAL_MINUTES) * 60e9)
    from_ns = max(from_ns, span.oldest_ns)
    if session:
        from_ns = span.begun_ns
    with closing(Progress("reading the logs")) as progress:
        recorded = read(instance.data_dir, span, from_ns, progress.tell)
    found = report(recorded.compared, recorded.settled, recorded.series, recorded.official, span.speed)
    show = _as_json if as_json else _as_text
    click.echo(show(recorded, found, instance.data_dir, instance.runs, time.time_ns()))


def _as_text(recorded: "Recorded", found: "Report", data_dir: Path, runs: bool, now_ns: int) -> str:
    from cli.index_text import now_text, report_text
    from cli.wording import age, clock_utc

    span = recorded.span
    state = "runs" if runs else "does not run any more"
    head = [
        f"session {span.session or '?'} in {data_dir} {state}; brti last spoke "
        f"{age((now_ns - span.newest_ns) / 1e9)} ago, read from {clock_utc(recorded.from_ns, 0)} UTC on",
        "",
    ]
    if not recorded.newest:
        return "\n".join([*head, "No value of the index was recorded in this time."])
    return "\n".join([*head, *now_text(recorded, now_ns), "", *report_text(found)])


def _as_json(recorded: "Recorded", found: "Report", data_dir: Path, runs: bool, now_ns: int) -> str:
    from actors.brti.accuracy.report import plain
    from cli.index_text import composition_fields, value_fields
    from messages import to_json_fields

    span, composed = recorded.span, recorded.composed
    told: dict[str, Any] = {
        "session": span.session,
        "data_dir": str(data_dir),
        "runs": runs,
        "at_ns": now_ns,
        "newest_ns": span.newest_ns,
        "from_ns": recorded.from_ns,
        "speed": span.speed,
        "method": composed.method if composed else None,
        "values": [value_fields(value) for value in recorded.newest.values()],
        "composition": composition_fields(composed) if composed else None,
        "official": to_json_fields(recorded.official[-1]) if recorded.official else None,
        "compared": to_json_fields(recorded.compared[-1]) if recorded.compared else None,
        "accuracy": plain(found),
    }
    return json.dumps(told)
