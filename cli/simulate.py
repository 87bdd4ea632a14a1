"""`kalshi-actors simulate`: the simulated venues alone, so that any client can be tried on them."""

import json
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli import options

if TYPE_CHECKING:
    from cli.config import Config, Key
    from simulator.kalshi.keys import DemoKey
    from simulator.main import Running


@click.command(short_help="The simulated venues alone, for any client.")
@click.option("--speed", type=float, metavar="N", help="A quarter hour lasts 900/N seconds.")
@click.option("--seed", type=int, metavar="N", help="The same seed gives the same prices again.")
@click.option(
    "--fault", "faults", multiple=True, metavar="KIND:VENUE:…", help="Misbehave; may be given often."
)
@options.config
@click.option(
    "--data",
    "data_dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep the key in this data folder, as `start --sim` does. Default: a place of its own.",
)
@options.as_json
def simulate(
    speed: float | None,
    seed: int | None,
    faults: tuple[str, ...],
    config_file: Path | None,
    data_dir: Path | None,
    as_json: bool,
) -> None:
    """Run the simulated venues in the foreground and print their addresses; Ctrl-C ends it.

    The simulated Kalshi checks signatures; the key that it accepts is printed too. A fault is written
    KIND:VENUE:key=value,… for example `deaf:coinbase:after_s=20` or `close:*`.
    """
    from cli.config_reading import load
    from cli.errors import CommandError, WrongUsageError
    from cli.instance import default_data_dir
    from cli.roster import with_demo_key
    from simulator.faults import FaultError
    from simulator.kalshi.keys import make_demo_key
    from simulator.main import running_simulator

    said = {"speed": speed, "seed": seed, "faults": list(faults) or None}
    overrides: dict[Key, tuple[Any, str]] = {
        ("simulator", name): (value, f"--{name.removesuffix('s')}")
        for name, value in said.items()
        if value is not None
    }
    config = load(config_file, os.environ, overrides).config
    key = make_demo_key(
        data_dir.absolute() / "keys" if data_dir else default_data_dir("sim").parent / "simulate"
    )
    try:
        with running_simulator(with_demo_key(config.simulator, key)) as running:
            about = {"seed": running.settings.seed, "speed": running.settings.speed}
            clock = f"seed {about['seed']}, a quarter hour lasts {900 / running.settings.speed:g} s"
            announce(running, key, config, as_json, about, f"{clock}; Ctrl-C ends it")
            threading.Event().wait()
    except KeyboardInterrupt:
        return
    except FaultError as error:
        message = f"--fault: {error}"
        raise WrongUsageError(message) from None
    except OSError as error:
        message = f"the simulator cannot listen ({error.strerror}); choose other ports in `simulator.ports`"
        raise CommandError(message) from None


def announce(
    running: "Running",
    key: "DemoKey",
    config: "Config",
    as_json: bool,
    about: Mapping[str, object],
    last: str,
) -> None:
    """Print where every venue is and the key that Kalshi accepts.

    about: what the JSON says besides. last: the line for people that ends it.
    """
    from cli.roster import addresses

    venues = addresses(config, running.ports)
    if as_json:
        key_fields = {"kalshi_key_id": key.key_id, "kalshi_key_file": str(key.private_file)}
        click.echo(json.dumps({**about, "pid": os.getpid(), "venues": venues, **key_fields}))
        return
    for name, urls in venues.items():
        click.echo(f"{name:<10} {urls['url']:<42} {urls['rest_url']}")
    click.echo(f"Kalshi key: id {key.key_id}, private key {key.private_file}")
    click.echo(last)
