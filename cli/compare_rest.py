"""`kalshi-actors compare-rest`: the same market by REST and by WebSocket at the same time."""

import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli import options

if TYPE_CHECKING:
    from replay.compare.comparison import Comparison

USUAL_MINUTES = 5.0
USUAL_EVERY_S = 1.0
FOLDER = "compare-rest"


@click.command("compare-rest", short_help="What a REST poller would see late, or never.")
@click.option(
    "--minutes",
    type=click.FloatRange(0.05, 24 * 60),
    default=USUAL_MINUTES,
    metavar="N",
    help=f"How long ({USUAL_MINUTES:g}); Ctrl-C ends it early with what there is.",
)
@click.option(
    "--every",
    "every_s",
    type=click.FloatRange(0.2, 60.0),
    default=USUAL_EVERY_S,
    metavar="S",
    help=f"Seconds between readings ({USUAL_EVERY_S:g}). Slower pollers are judged from the same.",
)
@click.option("--series", default="KXBTC15M", metavar="NAME", help="Whose running market (KXBTC15M).")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the plot goes, an HTML page. Default: the folder compare-rest in the data folder.",
)
@options.data
@options.config_only_checked
@options.as_json
def compare_rest(
    minutes: float, every_s: float, series: str, out: Path | None, data_dir: Path | None, as_json: bool
) -> None:
    """Poll the running market's book by REST while the running system streams it, and compare.

    How late each side is, how often each changes, what the poller missed, and which of the signals made
    meanwhile it would have seen too late. docs/compare-rest.md says how each figure is made.
    """
    from cli.compare_rest_text import compare_rest_text
    from cli.errors import CommandError
    from cli.instance import running
    from cli.progress import Progress
    from replay.compare.comparison import compare
    from replay.compare.plot import page
    from replay.compare.polling import poll
    from replay.compare.streamed import RunningMarket

    folder = running(data_dir).data_dir
    rest_url = _streaming_from(folder)
    with (
        closing(RunningMarket(folder, series)) as market,
        closing(Progress("asking by REST, listening to the stream")) as progress,
    ):
        readings = poll(rest_url, every_s, minutes * 60, market.ticker, progress.tell)
    found = compare(folder, readings, every_s)
    if found is None:
        why = f"; the last request: {readings.trouble}" if readings.trouble else ""
        message = f"no running market of {series} could be read twice in that time{why}"
        raise CommandError(message)
    target = out or folder / FOLDER / f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}.html"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(page(found), encoding="utf-8")
    except OSError as error:
        message = f"the plot could not be written to {target}: {error.strerror}; name another file with --out"
        raise CommandError(message) from None
    if as_json:
        import orjson

        click.echo(orjson.dumps({"rest_url": rest_url, "plot": str(target), **_plain(found)}))
    else:
        click.echo("\n".join([*compare_rest_text(found), "", f"Plot: {target}"]))


def _streaming_from(folder: Path) -> str:
    """The REST address of the running Kalshi feed. Raises CommandError where it does not stream."""
    from cli.errors import CommandError
    from messages import ActorStarted, kinds
    from replay.records import newest_before
    from replay.sessions import settings_of
    from supervisor import client

    status = client.ask(folder, {"cmd": "status"})["status"]
    feeds = [actor for actor in status["actors"] if actor["name"] == "kalshi"]
    mode = feeds[0].get("detail", {}).get("mode", "") if feeds else ""
    record = newest_before(folder, "kalshi", kinds(ActorStarted)) if feeds else None
    if record is None:
        message = "the system runs without its kalshi feed, so there is no stream to compare with"
        raise CommandError(message)
    if mode == "poll":
        message = "kalshi polls REST itself, because it has no key: there is no stream to compare with"
        raise CommandError(message)
    started = record.message()
    return str(settings_of(started)["rest_url"]) if isinstance(started, ActorStarted) else ""


def _plain(found: "Comparison") -> dict[str, Any]:
    """For scripts: all figures, the markets by their names."""
    import msgspec

    plain: dict[str, Any] = msgspec.to_builtins(found)
    plain["markets"] = [
        {"ticker": market.ticker, "from_ns": market.from_ns, "to_ns": market.to_ns, "failed": market.failed}
        for market in found.markets
    ]
    return plain
