"""`kalshi-actors start`: the command's own process becomes the supervisor."""

import dataclasses
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli import options

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cli.config import Config, Key
    from supervisor import Plan


def _split(ctx: click.Context, option: click.Parameter, value: str) -> list[str]:
    return [name.strip() for name in value.split(",") if name.strip()]


@click.command(short_help="Start the actors and show them live.")
@click.option("--sim", is_flag=True, help="On simulated venues: no key, no network.")
@click.option("--speed", type=float, metavar="N", help="With --sim: a quarter hour lasts 900/N seconds.")
@click.option("--seed", type=int, metavar="N", help="With --sim: the same seed gives the same prices again.")
@click.option("--detach", is_flag=True, help="Run in the background; return when all actors are ready.")
@click.option("--only", metavar="A,B", default="", callback=_split, help="Run only these actors.")
@click.option("--without", metavar="A,B", default="", callback=_split, help="Run all but these actors.")
@options.config
@options.data
def start(
    sim: bool,
    speed: float | None,
    seed: int | None,
    detach: bool,
    only: list[str],
    without: list[str],
    config_file: Path | None,
    data_dir: Path | None,
) -> int:
    """Start the actors and show them live; Ctrl-C stops everything cleanly.

    Live (the default) it watches Kalshi and the exchanges; without a Kalshi key it polls Kalshi's public
    data. With --sim it brings its own venues. What runs already in a data folder is not started twice.
    """
    from cli.detach import in_background
    from cli.instance import claim, default_data_dir, refuse_running
    from cli.roster import STORE
    from messages.log.retention import release

    mode = "sim" if sim else "live"
    config = _configuration(sim, {"speed": speed, "seed": seed}, config_file)
    folder = (data_dir or default_data_dir(mode)).absolute()
    names = _names(config, only, [*without, *config.without], sim)
    refuse_running(folder)
    claim(folder, mode)
    if STORE not in names:
        release(folder / "log", STORE)
    plan = _plan(config, folder, sim, names)
    redraws_per_s = config.screen.redraws_per_s
    if detach:
        return in_background(folder, lambda: _supervise(plan, redraws_per_s))
    return _supervise(plan, redraws_per_s)


def _configuration(sim: bool, said: "Mapping[str, float | int | None]", config_file: Path | None) -> "Config":
    from cli.config_reading import KALSHI_VARIABLES, load
    from cli.errors import WrongUsageError

    said = {name: value for name, value in said.items() if value is not None}
    if said and not sim:
        message = f"--{next(iter(said))} is for the simulator; add --sim"
        raise WrongUsageError(message)
    overrides: dict[Key, tuple[Any, str]] = {
        ("simulator", name): (value, f"--{name}") for name, value in said.items()
    }
    environment = {k: v for k, v in os.environ.items() if not (sim and k in KALSHI_VARIABLES)}
    config = load(config_file, environment, overrides).config
    key_file = Path(config.actors.kalshi.key_file).expanduser()
    if not sim and config.actors.kalshi.key_file and not os.access(key_file, os.R_OK):
        message = f"actors.kalshi.key_file: {key_file} cannot be read; name a PEM file that you may read"
        raise WrongUsageError(message)
    if config.actors.signal.calibration_file:
        _check_calibration(Path(config.actors.signal.calibration_file).expanduser())
    return config


def _check_calibration(file: Path) -> None:
    """Raises WrongUsageError where the signal actor would refuse it."""
    from actors.errors import ConfigurationError
    from actors.signal.calibration import load
    from cli.errors import WrongUsageError

    try:
        load(file, time.time_ns())
    except ConfigurationError as error:
        message = f"actors.signal.calibration_file: {error}"
        raise WrongUsageError(message) from None


def _names(config: "Config", only: list[str], without: list[str], sim: bool) -> list[str]:
    from cli.roster import choose, unasked

    return choose(only, [*without, *unasked(config, only)], sim)


def _supervise(plan: "Plan", redraws_per_s: float) -> int:
    from cli.display import beside
    from supervisor import run

    with beside(plan.data_dir, redraws_per_s) as tell:
        code = run(dataclasses.replace(plan, on_change=tell))
    left_hard = "; some actors had to be killed" if code else ""
    click.echo(f"stopped; session {plan.session} is in {plan.data_dir}{left_hard}")
    return code


def _plan(config: "Config", data_dir: Path, sim: bool, names: list[str]) -> "Plan":
    import msgspec

    from cli import roster
    from messages.version import VERSION
    from supervisor import Plan

    simulation = roster.simulation(config, data_dir, names) if sim else None
    return Plan(
        specs=roster.specs(config, names, simulation),
        data_dir=data_dir,
        session=time.strftime("%Y-%m-%dT%H-%M-%SZ", time.gmtime()),
        mode="sim" if sim else "live",
        version=VERSION,
        preload=roster.preload(names),
        stop_limit_s=config.supervisor.stop_limit_s,
        log=msgspec.to_builtins(config.log),
    )
