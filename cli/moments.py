"""Times on the command line."""

from datetime import UTC, datetime, timedelta

import click

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(ctx: click.Context, param: click.Parameter, told: str | None) -> int | None:
    """Read a time: 2026-11-23T08:00, UTC unless it says otherwise, or nanoseconds since the epoch.

    None where none is given.
    """
    if told is None:
        return None
    if told.isascii() and told.isdigit() and len(told) > len("20261123"):
        return int(told)
    try:
        at = datetime.fromisoformat(told)
    except ValueError:
        message = f"{told!r} is no time; write it like 2026-11-23T08:00 (UTC)"
        raise click.BadParameter(message, ctx, param) from None
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return (aware - EPOCH) // timedelta(microseconds=1) * 1000
