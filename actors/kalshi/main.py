"""Start of the Kalshi actor: a stream with a key, polling without."""

import threading
from typing import Any

import msgspec

from actors.adapter import Adapter
from actors.errors import ConfigurationError
from actors.feed import run_feed
from actors.kalshi.poller import KalshiPoller
from actors.kalshi.settings import KalshiSettings
from actors.kalshi.signing import load_signer
from actors.kalshi.stream import KalshiStream
from messages import Assignment


def start(assignment: Assignment, stop: threading.Event) -> None:
    """Watch Kalshi until `stop` is set. *Raises* ActorsError for what a restart must heal."""
    run_feed(assignment, stop, build(assignment.settings))


def build(fields: dict[str, Any]) -> Adapter:
    """Choose and make the adapter. *Raises* ConfigurationError for settings or a key that do not hold."""
    try:
        settings = msgspec.convert(fields, KalshiSettings)
    except msgspec.ValidationError as error:
        message = f"the settings of kalshi do not hold: {error}"
        raise ConfigurationError(message) from None
    signer = load_signer(settings.key_id, settings.key_file, settings.key_env)
    return KalshiPoller(settings) if signer is None else KalshiStream(settings, signer)
