"""`kalshi-actors replay SESSION --serve`: a recorded session on the venues' own protocols."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.errors import CommandError, WrongUsageError
from cli.wording import clock_utc

if TYPE_CHECKING:
    from replay.sessions import Session
    from simulator.recorded.main import Playing

LEAST_SPEED = 0.01
MOST_SPEED = 1000.0


def serve(
    data_dir: Path,
    session: "Session",
    speed: float,
    from_ns: int | None,
    to_ns: int | None,
    names: Sequence[str],
    as_json: bool,
) -> None:
    """Serve a session until it is over or Ctrl-C is pressed, and say what was played.

    speed: recorded seconds per second; 0.0, as fast as can be, is refused: clients live in real time.
    names: only these venues; none: all that were recorded.
    """
    import msgspec

    from cli.config_reading import load
    from cli.instance import default_data_dir
    from cli.roster import with_demo_key
    from cli.simulate import announce
    from messages.errors import MessagesError
    from replay.errors import ReplayError
    from replay.recording import recording as recorded
    from simulator.faults import FaultError
    from simulator.kalshi.keys import make_demo_key
    from simulator.recorded.main import Recording, running_recording

    if not LEAST_SPEED <= speed <= MOST_SPEED:
        message = f"--serve needs a pace that clients can follow: --speed {LEAST_SPEED:g} to {MOST_SPEED:g}"
        raise WrongUsageError(message)
    config = load(None, os.environ, {}).config
    key = make_demo_key(default_data_dir("sim").parent / "simulate")
    try:
        with recorded(data_dir, session.from_ns, session.to_ns) as folder:
            what = Recording(
                folder / "log",
                session.from_ns,
                session.to_ns if to_ns is None else min(to_ns, session.to_ns),
                session.from_ns if from_ns is None else max(from_ns, session.from_ns),
                speed,
                session.speed,
            )
            ports = _ports(what.venues(), config.simulator.ports, names, session.name)
            settings = msgspec.structs.replace(with_demo_key(config.simulator, key), ports=ports)
            with running_recording(what, settings, lambda said: click.echo(said, err=True)) as (
                live,
                playing,
            ):
                about = {"session": session.name, "speed": speed, "market_speed": speed * session.speed}
                clock = f"session {session.name} from {clock_utc(what.from_ns, 0)} UTC on, at {speed:g} times"
                announce(live, key, config, as_json, about, f"{clock} its pace; Ctrl-C ends it")
                playing.over.wait()
            _tell_end(playing, as_json)
    except KeyboardInterrupt:
        return
    except FaultError as error:
        message = f"simulator.faults: {error}"
        raise WrongUsageError(message) from None
    except (MessagesError, ReplayError) as error:
        raise CommandError(str(error)) from None
    except OSError as error:
        message = (
            f"the recording cannot be served ({error.strerror}); choose other ports in `simulator.ports`"
        )
        raise CommandError(message) from None


def _ports(
    recorded: Sequence[str], ports: Mapping[str, int], names: Sequence[str], session: str
) -> dict[str, int]:
    """The ports of the venues to be served."""
    for name in names:
        if name not in recorded:
            there = f"there are: {', '.join(recorded)}" if recorded else "there is none"
            message = f"no venue {name!r} was recorded in session {session}; {there}"
            raise WrongUsageError(message)
    chosen = {name: ports[name] for name in recorded if name in ports and (not names or name in names)}
    if not chosen:
        message = f"session {session} holds nothing of a venue that could be served"
        raise CommandError(message)
    return chosen


def _tell_end(playing: "Playing", as_json: bool) -> None:
    import orjson

    described = playing.describe()
    if as_json:
        click.echo(orjson.dumps(described))
        return
    played = described["played"]
    records = sum(played.values())
    click.echo(f"the recording is over: {records:,} records of {len(played)} venues were played")
    for name, count in described["unshown"].items():
        click.echo(f"{name}: {count:,} records or levels could not be shown on its protocol")
