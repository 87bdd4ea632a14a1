"""How the simulator misbehaves on command.

A fault is written `kind:venue:key=value,key=value`; the keys all have defaults. What a kind does:

    close             ends the connection: code=1011, reason=…, abort=1 (reset, no closing handshake)
    deaf              pings are answered, nothing else is sent
    stall             half of the next frame, then nothing at all, not even a pong
    lag               every frame ms=500 late, in order
    skip, repeat      drops / doubles a frame that carries a sequence number or changes a book
    corrupt_checksum  spoils the checksum of a frame that has one
    cross             makes the book crossed
    unknown_type      slips in a message of a type that nobody knows
    unknown_field     adds a field that nobody knows
    missing_ack       leaves out the acknowledgement of a subscription
    unknown_symbol    shows a market that nobody asked for
    reconnect_request asks the client to connect again, on venues that know such a message
    garbage           slips in junk: form=text|binary|json
    refuse            answers status=429 (retry_after=…), on=rest|stream|both
    refuse_signature  finds every signature wrong
    flood             factor=20 times the messages

Every kind takes: count (how many sessions, frames or requests; 0: no end; default 1), after_s (wait
before it begins), duration_s (how long; 0: no end), session (only this connection's number).
deaf, stall and lag take hold of a session at its next frame and stay with it; its successor is free
once count is used up.
"""

from dataclasses import dataclass, field
from typing import Protocol

ON_SESSION = frozenset({"deaf", "stall", "lag"})
ON_FRAME = frozenset(
    {
        "skip",
        "repeat",
        "corrupt_checksum",
        "cross",
        "unknown_type",
        "unknown_field",
        "reconnect_request",
        "missing_ack",
        "unknown_symbol",
        "garbage",
    }
)
ON_REQUEST = frozenset({"refuse", "refuse_signature"})
ON_VENUE = frozenset({"close", "flood"})
KINDS = ON_SESSION | ON_FRAME | ON_REQUEST | ON_VENUE
_COMMON = ("count", "after_s", "duration_s", "session")
_OPTIONS = {
    "close": {"code", "reason", "abort"},
    "lag": {"ms"},
    "garbage": {"form"},
    "refuse": {"status", "retry_after", "on"},
    "flood": {"factor"},
}


class FaultError(ValueError):
    """A fault was described in a way that cannot be understood."""


class Target(Protocol):
    """What a fault is aimed at: a session, known by its number."""

    @property
    def id(self) -> int: ...


@dataclass
class Fault:
    """One misbehaviour. left: how often it still strikes, -1 for ever. begins_ns, ends_ns: 0 open."""

    kind: str
    left: int = 1
    after_s: float = 0.0
    duration_s: float = 0.0
    session: int = 0
    options: dict[str, str] = field(default_factory=dict)
    begins_ns: int = 0
    ends_ns: int = 0
    held: set[int] = field(default_factory=set)

    def option(self, key: str, default: str) -> str:
        return self.options.get(key, default)


def parse_fault(text: str) -> tuple[str, Fault]:
    """Read `kind:venue:key=value,…`; venue may be `*`. *Raises* FaultError in one sentence."""
    kind, _, rest = text.partition(":")
    venue, _, tail = rest.partition(":")
    pairs = [pair.partition("=")[::2] for pair in tail.split(",") if pair]
    return venue or "*", make_fault(kind, dict(pairs))


def make_fault(kind: str, options: dict[str, str]) -> Fault:
    """Check a fault's kind and options. *Raises* FaultError in one sentence."""
    if kind not in KINDS:
        raise FaultError(f"fault {kind!r} is not known; known are {', '.join(sorted(KINDS))}")
    for key in options:
        if key not in _COMMON and key not in _OPTIONS.get(kind, ()):
            raise FaultError(f"fault {kind} has no option {key!r}")
    try:
        count = int(options.get("count", "0" if kind in ("flood", "refuse_signature") else "1"))
        fault = Fault(
            kind=kind,
            left=count if count > 0 else -1,
            after_s=float(options.get("after_s", "0")),
            duration_s=float(options.get("duration_s", "0")),
            session=int(options.get("session", "0")),
            options={key: value for key, value in options.items() if key not in _COMMON},
        )
        for key in ("code", "ms", "status", "retry_after", "factor"):
            float(fault.options.get(key, "0"))
    except ValueError as error:
        raise FaultError(f"fault {kind} has an option that is not a number: {error}") from error
    return fault


class FaultBoard:
    """The faults of one venue that wait or are at work. Time comes as an argument."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._active: list[Fault] = []
        self.hot = False  # True while a frame may be touched: the send path looks at this alone

    def inject(self, fault: Fault, now_ns: int) -> None:
        fault.begins_ns = now_ns + int(fault.after_s * 1e9)
        self._waiting.append(fault)
        self.turn(now_ns)

    def turn(self, now_ns: int) -> None:
        """Begin what is due and end what is over."""
        if not self._waiting and not self._active:
            return
        for fault in [f for f in self._waiting if f.begins_ns <= now_ns]:
            self._waiting.remove(fault)
            fault.ends_ns = now_ns + int(fault.duration_s * 1e9) if fault.duration_s else 0
            self._active.append(fault)
        self._active = [f for f in self._active if not f.ends_ns or now_ns < f.ends_ns]
        self._weigh()

    def holding(self, session: Target) -> Fault | None:
        """The session fault that holds this session, or that takes hold of it now."""
        for fault in self._active:
            if fault.kind not in ON_SESSION:
                continue
            if session.id in fault.held:
                return fault
            if fault.left and fault.session in (0, session.id):
                fault.held.add(session.id)
                fault.left -= fault.left > 0
                return fault
        return None

    def on_frame(self, session: Target) -> list[Fault]:
        """Faults that want this session's next suitable frame; call `used` on the one that struck."""
        return [f for f in self._active if f.kind in ON_FRAME and f.session in (0, session.id)]

    def find(self, kind: str) -> Fault | None:
        """The first fault of this kind at work, not yet used up."""
        return next((f for f in self._active if f.kind == kind and f.left), None)

    def used(self, fault: Fault) -> None:
        """A fault has struck once."""
        fault.left -= fault.left > 0
        if fault.left == 0 and fault.kind not in ON_SESSION and fault in self._active:
            self._active.remove(fault)
            self._weigh()

    def closed(self, session: Target) -> None:
        """A session is over: faults that held it, and hold nobody else, are over with it."""
        for fault in self._active:
            fault.held.discard(session.id)
        self._active = [f for f in self._active if f.left or f.held or f.kind not in ON_SESSION]
        self._weigh()

    def describe(self) -> list[str]:
        """What waits and what is at work, for /_sim/state."""
        return [f"{f.kind} waiting" for f in self._waiting] + [f"{f.kind} active" for f in self._active]

    def _weigh(self) -> None:
        self.hot = any(f.kind in ON_SESSION or f.kind in ON_FRAME for f in self._active)
