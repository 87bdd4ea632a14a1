"""Start of the Polymarket actor."""

import threading

import msgspec

from actors.errors import ConfigurationError
from actors.feed import run_feed
from actors.polymarket.settings import PolymarketSettings
from actors.polymarket.stream import PolymarketStream
from messages import Assignment


def start(assignment: Assignment, stop: threading.Event) -> None:
    """Watch Polymarket until `stop` is set. Raises ActorsError for what a restart must heal."""
    try:
        settings = msgspec.convert(assignment.settings, PolymarketSettings)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"the settings of polymarket do not hold: {error}") from None
    run_feed(assignment, stop, PolymarketStream(settings))
