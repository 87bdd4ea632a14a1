"""From a venue's name to its adapter: a file of that name in actors/prices/venues, nothing else."""

import pkgutil
from importlib import import_module

from actors.errors import ConfigurationError
from actors.prices import venues
from actors.prices.settings import PricesSettings
from actors.prices.venue import VenueAdapter


def names() -> list[str]:
    """Names of all adapters, older protocols included (`gemini_v2`)."""
    return sorted(module.name for module in pkgutil.iter_modules(venues.__path__))


def build(settings: PricesSettings) -> VenueAdapter:
    """Make the adapter that the settings name. Imports that venue's file and no other.

    Raises ConfigurationError for a venue or a protocol that has no file.
    """
    name = f"{settings.venue}_{settings.protocol}" if settings.protocol else settings.venue
    if name not in names():
        raise ConfigurationError(f"there is no adapter {name!r}, only {', '.join(names())}")
    adapter: VenueAdapter = import_module(f"{venues.__name__}.{name}").Venue(settings)
    return adapter
