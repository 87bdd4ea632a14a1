"""Which version this is."""

from importlib.metadata import PackageNotFoundError, version


def installed_version() -> str:
    """The installed package's version; in a checkout that was never installed, that is said instead."""
    try:
        return version("kalshi-actors")
    except PackageNotFoundError:
        return "not installed"
