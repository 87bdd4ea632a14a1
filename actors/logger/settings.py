"""What the logger can be told."""

import msgspec


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The logger's settings.

    rotate_mb: a readable log that grows beyond this is set aside as `.1`, the former `.1` as `.2`, and so on.
    keep: how many of those are kept. poll_ms: how often the actors' logs are looked at.
    """

    rotate_mb: float = 10.0
    keep: int = 5
    poll_ms: int = 100

    def __post_init__(self) -> None:
        if not 0.01 <= self.rotate_mb <= 10_000:
            raise ValueError(f"logger rotate_mb is {self.rotate_mb}; it must be between 0.01 and 10000")
        if not 1 <= self.keep <= 1000:
            raise ValueError(f"logger keep is {self.keep}; it must be between 1 and 1000")
        if not 10 <= self.poll_ms <= 1000:
            raise ValueError(f"logger poll_ms is {self.poll_ms}; it must be between 10 and 1000")
