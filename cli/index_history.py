"""`kalshi-actors index history`: past markets as they were settled, against what was recorded of them."""

import json
import os
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import options

if TYPE_CHECKING:
    from actors.brti.accuracy.settled import Settled as Judged
    from actors.kalshi.history import History, Settled
    from cli.config import Config
    from cli.progress import Progress

USUAL_MARKETS = 96
MOST_MARKETS = 100_000


@click.command(short_help="What settled markets say of it.")
@click.option(
    "--markets",
    type=click.IntRange(1, MOST_MARKETS),
    default=USUAL_MARKETS,
    metavar="N",
    help=f"The last N settled markets ({USUAL_MARKETS}: one day).",
)
@options.data
@options.config
@options.as_json
def history(markets: int, data_dir: Path | None, config_file: Path | None, as_json: bool) -> None:
    """Fetch settled markets from Kalshi's public REST and compare them with what was recorded.

    A market settles at the index's average over its last minute, and that is the next one's strike. So
    each is an exact reference, with a key or without; on a simulated instance it is the simulator's.
    """
    from cli.config_reading import load
    from cli.index_history_text import as_text, plain
    from cli.progress import Progress

    config = load(config_file, os.environ, {}).config
    folder, rest_url = _where(data_dir, config)
    with closing(Progress("asking Kalshi for settled markets")) as progress:
        found = _fetch(rest_url, markets, config, progress)
    with closing(Progress("reading the log")) as progress:
        judged = _judge(folder, found.markets(), progress)
    if as_json:
        click.echo(
            json.dumps(
                {"rest_url": rest_url, "data_dir": str(folder) if folder else None, **plain(found, judged)}
            )
        )
    else:
        click.echo(as_text(found, judged, rest_url))


def _where(data_dir: Path | None, config: "Config") -> tuple[Path | None, str]:
    """Where the recorded data lies, if any, and where to ask. Raises NotRunningError."""
    from cli.errors import NotRunningError
    from cli.instance import find, recorded_mode, running
    from cli.roster import on_loopback
    from supervisor import client

    rest_url = config.actors.kalshi.rest_url
    try:
        folder = find(data_dir).data_dir
    except NotRunningError:
        if data_dir is not None:
            raise
        return None, rest_url
    if recorded_mode(folder) != "sim":
        return folder, rest_url
    # Simulated markets are known to their own simulator only, and go with it.
    status = client.ask(running(data_dir or folder).data_dir, {"cmd": "status"})["status"]
    details = [actor["detail"] for actor in status["actors"] if actor["name"] == "simulator"]
    urls: dict[str, str] = details[0].get("urls", {}) if details else {}
    if "kalshi" not in urls:
        message = f"the simulator of {folder} does not answer yet; try again in a moment"
        raise NotRunningError(message)
    return folder, on_loopback(rest_url, int(urls["kalshi"].rpartition(":")[2]))


def _fetch(rest_url: str, markets: int, config: "Config", progress: "Progress") -> "History":
    from actors.errors import ActorsError
    from actors.kalshi.history import SERIES, fetch
    from cli.errors import CommandError

    try:
        return fetch(
            rest_url,
            SERIES,
            markets,
            config.actors.kalshi.requests_per_s,
            lambda known: progress.tell(known / markets),
        )
    except ActorsError as error:
        message = f"the settled markets could not be fetched from {rest_url}: {error}"
        raise CommandError(message) from None


def _judge(folder: Path | None, markets: list["Settled"], progress: "Progress") -> "Judged":
    """What the recorded methods made of these markets."""
    from actors.brti.accuracy.settled import compare_settled, settled
    from actors.market_seconds import MarketSeconds
    from cli.errors import CommandError
    from cli.index_reading import look, read_minutes, read_settled

    compared = []
    speed = 1.0
    if folder is not None:
        try:
            span = look(folder)
        except CommandError:
            return settled([], MarketSeconds(speed))
        speed = span.speed
        wanted = {market.ticker for market in markets}
        compared = [one for one in read_settled(folder, progress.tell) if one.ticker in wanted]
        known = {one.ticker for one in compared}
        rest = [m for m in markets if m.ticker not in known and m.close_ns > span.oldest_ns]
        minutes = [
            (market.close_ns - round(62e9 / speed), market.close_ns + round(2e9 / speed)) for market in rest
        ]
        series, official = read_minutes(folder, minutes, progress.tell)
        compared += compare_settled(rest, series, official, MarketSeconds(speed), span.newest_ns)
    return settled(compared, MarketSeconds(speed))
