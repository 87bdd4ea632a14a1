"""Which actors run, what each is told, and who listens to whom."""

import socket
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec

from actors.prices.registry import build
from actors.prices.settings import PricesSettings
from cli.config import EXCHANGES, Config, section_of
from cli.errors import WrongUsageError
from cli.wording import did_you_mean
from simulator.kalshi.keys import DemoKey, make_demo_key
from simulator.settings import Settings as SimulatorSettings
from supervisor import ChildSpec

VENUES = ("kalshi", *EXCHANGES)
SIMULATOR = "simulator"
POLYMARKET = "polymarket"
OPTIONAL = (POLYMARKET,)
"""Feeds that run only where they are asked for: by their setting `enabled`, or by `--only`."""
STORE = "store"
ACTORS = ("logger", STORE, *VENUES, *OPTIONAL, "brti", "signal", "paper")
"""In start order, and stopped in reverse: the logger is the last to stop, so that it records everybody's
last words; of the others, whoever listens comes after those it listens to."""

STARTS = {
    SIMULATOR: "simulator.main:start",
    "kalshi": "actors.kalshi.main:start",
    **dict.fromkeys(EXCHANGES, "actors.prices.main:start"),
    POLYMARKET: "actors.polymarket.main:start",
    "brti": "actors.brti.main:start",
    "signal": "actors.signal.main:start",
    "paper": "actors.paper.main:start",
    "logger": "actors.logger.main:start",
    STORE: "actors.store.main:start",
}
LISTENS: dict[str, tuple[str, ...]] = {
    # It reads kalshi's log too; the few records that concern it can wait for the next grid time, and the bell
    # would ring for every change of a contract's book.
    "brti": EXCHANGES,
    "signal": ("kalshi", "brti", POLYMARKET),
    "paper": ("kalshi", "signal"),
}


class Simulation(NamedTuple):
    """What the actors must know of the simulator: where each venue is, how fast its clock runs, its key."""

    ports: dict[str, int]
    speed: float
    key: DemoKey


def choose(only: Sequence[str], without: Sequence[str], simulated: bool) -> list[str]:
    """Names of the actors to run, in start order. Raises WrongUsageError."""
    for option, names in (("--only", only), ("--without", without)):
        for name in names:
            if name == SIMULATOR and simulated:
                message = (
                    f"{option} {SIMULATOR}: with --sim the simulator always runs; leave it out of the list"
                )
                raise WrongUsageError(message)
            if name not in ACTORS:
                hint = did_you_mean(name, ACTORS) or f"; there are: {', '.join(ACTORS)}"
                message = f"{option}: there is no actor {name!r}{hint}"
                raise WrongUsageError(message)
    chosen = [name for name in ACTORS if (not only or name in only) and name not in without]
    if not chosen:
        message = "--only, --without and the setting `without` leave no actor to run"
        raise WrongUsageError(message)
    return [SIMULATOR, *chosen] if simulated else chosen


def unasked(config: Config, only: Sequence[str]) -> list[str]:
    """Actors that their setting `enabled` leaves out, and that nobody has asked for."""
    enabled = {POLYMARKET: config.actors.polymarket.enabled, STORE: config.actors.store.enabled}
    return [name for name, is_on in enabled.items() if name not in only and not is_on]


def specs(config: Config, names: Sequence[str], simulation: Simulation | None) -> list[ChildSpec]:
    """Child specs for these actors. simulation: in place of the real venues."""
    return [
        ChildSpec(
            name=name,
            start=STARTS[name],
            settings=settings_of(config, name, simulation),
            listens=_listens(config, name, names),
            gates=name == SIMULATOR,
            **msgspec.structs.asdict(getattr(config.supervisor, name)),
        )
        for name in names
    ]


def preload(names: Sequence[str]) -> list[str]:
    """Modules to import once for all children."""
    return sorted({STARTS[name].split(":")[0] for name in names})


def settings_of(config: Config, name: str, simulation: Simulation | None) -> dict[str, Any]:
    """What an actor is told: its section of the configuration, turned to the simulator if there is one."""
    settings: dict[str, Any] = msgspec.to_builtins(section_of(config, name))
    for file in ("key_file", "calibration_file"):
        if settings.get(file):
            settings[file] = str(Path(settings[file]).expanduser().absolute())
    if simulation is None:
        return settings
    if name == SIMULATOR:
        return settings | {"ports": simulation.ports, "keys": _accepted(settings["keys"], simulation.key)}
    if name in (*VENUES, *OPTIONAL):
        settings |= addresses(config, simulation.ports)[name]
    if name == "kalshi":
        settings |= {"key_id": simulation.key.key_id, "key_file": str(simulation.key.private_file)}
    if "speed" in settings:
        settings["speed"] = simulation.speed
    return settings


def simulation(config: Config, data_dir: Path, names: Sequence[str] = VENUES) -> Simulation:
    """Find a free port for every venue whose port is left open, and make the demo key in the data folder.

    names: of the actors that will run; an optional venue is simulated for its actor alone.
    """
    said = {venue: port for venue, port in config.simulator.ports.items() if port}
    venues = (*VENUES, *(name for name in OPTIONAL if name in names))
    ports = {venue: said.get(venue) or free for venue, free in free_ports(venues).items()}
    return Simulation(ports, config.simulator.speed, make_demo_key(data_dir / "keys"))


def with_demo_key(settings: SimulatorSettings, key: DemoKey) -> SimulatorSettings:
    """The same simulator, which accepts this key too."""
    return msgspec.structs.replace(settings, keys=_accepted(settings.keys, key))


def _accepted(keys: dict[str, str], key: DemoKey) -> dict[str, str]:
    return keys | {key.key_id: str(key.public_file)}


def addresses(config: Config, ports: Mapping[str, int]) -> dict[str, dict[str, str]]:
    """Stream and REST address of each simulated venue: those of the real one, on this machine's ports."""
    return {
        name: {
            "url": on_loopback(url, port),
            "rest_url": on_loopback(rest_url, port),
        }
        for name, port in ports.items()
        for url, rest_url in [own_urls(name, msgspec.to_builtins(section_of(config, name)))]
    }


def own_urls(name: str, settings: dict[str, Any]) -> tuple[str, str]:
    """Stream and REST address that an actor would use by itself."""
    if name in ("kalshi", *OPTIONAL):
        return settings["url"], settings["rest_url"]
    adapter = build(msgspec.convert(settings, PricesSettings))
    return settings["url"] or adapter.stream_url, settings["rest_url"] or adapter.public_rest_url


def on_loopback(url: str, port: int) -> str:
    """The same path on a server of this machine, without TLS."""
    parts = urlsplit(url)
    scheme = "ws" if parts.scheme.startswith("ws") else "http"
    return parts._replace(scheme=scheme, netloc=f"127.0.0.1:{port}").geturl()


def free_ports(names: Sequence[str]) -> dict[str, int]:
    """A free loopback port for each name, all different."""
    with ExitStack() as stack:
        held = [stack.enter_context(socket.socket()) for _ in names]
        for listener in held:
            listener.bind(("127.0.0.1", 0))
        return {name: listener.getsockname()[1] for name, listener in zip(names, held, strict=True)}


def _listens(config: Config, name: str, names: Sequence[str]) -> list[str]:
    if name == "logger":
        return [*(other for other in names if other != "logger"), "supervisor"]
    if name == "signal":
        return [heard for heard in (*LISTENS[name], *config.actors.signal.lead_venues) if heard in names]
    return [heard for heard in LISTENS.get(name, ()) if heard in names]
