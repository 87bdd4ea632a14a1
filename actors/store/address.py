"""Addresses of ClickHouse servers: `http://user@host:8123/database`, or https."""

from typing import Final
from urllib.parse import unquote, urlsplit

PASSWORD: Final = "KALSHI_ACTORS_CLICKHOUSE_PASSWORD"  # noqa: S105 - the name of a variable
"""Environment variable. Settings are recorded in the log, and command lines are seen by every user."""
USUAL_DATABASE: Final = "default"


def check_url(url: str) -> None:
    """Refuse what is no address of a server, or has a password in it. Raises ValueError, which shows none."""
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address:
        message = "the address of a ClickHouse server is like http://user@host:8123/database"
        raise ValueError(message)
    if parts.password is not None:
        message = f"ClickHouse's password belongs into the environment variable {PASSWORD}, not its address"
        raise ValueError(message)


def name_of(url: str) -> str:
    """Server and database of an address, without who asks."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.hostname}{port}/{database_of(url)}"


def database_of(url: str) -> str:
    return unquote(urlsplit(url).path.strip("/")) or USUAL_DATABASE
