"""Start of a price actor."""

import threading

import msgspec

from actors.errors import ConfigurationError
from actors.feed import run_feed
from actors.prices.registry import build
from actors.prices.settings import PricesSettings
from messages import Assignment


def start(assignment: Assignment, stop: threading.Event) -> None:
    """Watch one exchange until `stop` is set. Raises ActorsError for what a restart must heal."""
    try:
        settings = msgspec.convert(assignment.settings, PricesSettings)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"the settings of {assignment.name} do not hold: {error}") from error
    run_feed(assignment, stop, build(settings))
