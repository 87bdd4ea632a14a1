"""What the store can be told."""

import msgspec

from actors.store.address import check_url


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The store's settings.

    enabled: run it. most_bytes, most_age_s: of all that is stored, 0 without limit; the oldest segments are
    deleted first. least_free_bytes: nothing is stored while the disk would have less than this left. poll_s:
    how often it is looked for closed segments. clickhouse_url: `http://user@host:8123/database` of a server
    that gets a copy of every stored segment's tables; empty for none.
    """

    enabled: bool = True
    most_bytes: int = 100_000_000_000
    most_age_s: float = 0.0
    least_free_bytes: int = 256 * 1024 * 1024
    poll_s: float = 5.0
    clickhouse_url: str = ""

    def __post_init__(self) -> None:
        for name in ("most_bytes", "most_age_s", "least_free_bytes"):
            if not getattr(self, name) >= 0:
                message = f"store {name} must not be below 0"
                raise ValueError(message)
        if not 0.05 <= self.poll_s <= 3600:
            message = f"store poll_s is {self.poll_s}; it must be between 0.05 and 3600"
            raise ValueError(message)
        if self.clickhouse_url:
            check_url(self.clickhouse_url)
