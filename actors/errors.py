"""Errors of the actors package, split by who must act.

ActorsError                   carries `fault` and `retry_after_s` to the supervisor
 +- VenueError                the venue: it sent what it must not, or nothing
 |   +- FrameError            a frame or body that cannot be understood
 |   +- BookError             a book that cannot be true: checksum, crossed, negative, too far out
 |   +- GapError              messages are missing and were not made good in time
 |   +- DeafError             the connection stands, data does not come
 |   +- RefusedError          it said no: rate limit, maintenance, forced reconnect (retry_after_s)
 +- NetworkError              the path: refused, reset, closed, timed out, TLS
 +- ConfigurationError        the user: no key, a key that is refused, an impossible setting
     +- AddressRefusedError   the venue serves nobody at this address: leave it out, or go elsewhere
"""


class ActorsError(Exception):
    """Root of everything an actor ends by on purpose."""

    fault = "internal"

    def __init__(self, reason: str, retry_after_s: float = 0.0) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(reason)


class VenueError(ActorsError):
    """The venue sent what it must not, or nothing."""

    fault = "venue"


class FrameError(VenueError):
    """A frame or body that cannot be understood. The message quotes its beginning."""

    def __init__(self, venue: str, raw: bytes, why: str) -> None:
        shown = raw[:120].decode("utf-8", "replace")
        super().__init__(f"{venue} sent something that cannot be read ({why}): {shown!r}")


class BookError(VenueError):
    """A book that cannot be true."""


class GapError(VenueError):
    """Messages are missing and were not made good in time."""


class DeafError(VenueError):
    """The connection stands and answers, but data does not come."""


class RefusedError(VenueError):
    """The venue said no; `retry_after_s` is what it asked for."""


class NetworkError(ActorsError):
    """The path to the venue failed."""

    fault = "network"


class ConfigurationError(ActorsError):
    """Only the user can mend this: a missing or refused key, an impossible setting."""

    fault = "configuration"


class AddressRefusedError(ConfigurationError):
    """The venue serves nobody at this address: for its region, or because it has banned it.

    name: of the actor that can be left out. where: what was asked. also: what else may be refused.
    """

    statuses = (403, 451)

    def __init__(self, name: str, where: str, status: int, body: bytes, also: str = "") -> None:
        text = " ".join(body[:200].decode("utf-8", "replace").split())
        said = f": {text}" if text and not text.startswith("<") else ""  # an error page says nothing
        super().__init__(
            f"{name} refuses this address or its region{also} (HTTP {status} from {where}{said}); "
            f"`--without {name}` leaves {name} out"
        )


def because(error: BaseException) -> str:
    """Say what lies at the bottom of an error in the system's words, without number and wrapping."""
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    words = error.strerror if isinstance(error, OSError) else None
    return " ".join((words or str(error) or type(error).__name__).split())
