"""What a test or a drill may ask of a running simulator: GET /_sim/… on any venue's port."""

from collections.abc import Callable

import orjson

from simulator.faults import FaultError, make_fault
from simulator.server import Host, Reply, Request


class Control:
    """Answers /_sim/books, /_sim/second, /_sim/state, /_sim/fault?kind=…, /_sim/pause and /_sim/resume.

    pause and resume stop and restart the market of all venues; heartbeats go on. books are the true
    ones of the venue whose port was asked. second is the official value of the newest whole market second,
    or of the one with this stamp_ns, and the public books of all constituents that it was made of. fault
    takes a kind and its options as query parameters (simulator/faults.py) and strikes that venue.
    """

    def __init__(
        self,
        now_ns: Callable[[], int],
        state: Callable[[], dict[str, object]],
        set_paused: Callable[[bool], None],
        describe_second: Callable[[int | None], dict[str, object] | None],
    ) -> None:
        self._now_ns = now_ns
        self._state = state
        self._set_paused = set_paused
        self._describe_second = describe_second

    def __call__(self, host: Host, request: Request) -> Reply:
        command = request.path.removeprefix("/_sim/")
        if command == "books":
            return _json(200, {"venue": host.venue.name, "books": host.venue.books()})
        if command == "second":
            return self._second(dict(request.query).get("stamp_ns"))
        if command == "state":
            return _json(200, self._describe(host))
        if command == "fault":
            return self._fault(host, dict(request.query))
        if command in ("pause", "resume"):
            self._set_paused(command == "pause")
            return _json(200, {"paused": command == "pause"})
        known = "books, second, state, fault, pause and resume"
        return _json(404, {"error": f"/_sim/{command} is not known; known are {known}"})

    def _second(self, stamp: str | None) -> Reply:
        if stamp is not None and not stamp.isdecimal():
            return _json(400, {"error": f"stamp_ns is {stamp!r}; it must be nanoseconds since the epoch"})
        described = self._describe_second(None if stamp is None else int(stamp))
        if described is None:
            return _json(404, {"error": "no whole second with this stamp is remembered"})
        return _json(200, described)

    def _fault(self, host: Host, options: dict[str, str]) -> Reply:
        try:
            fault = make_fault(options.pop("kind", ""), options)
        except FaultError as error:
            return _json(400, {"error": str(error)})
        host.board.inject(fault, self._now_ns())
        return _json(200, {"injected": fault.kind})

    def _describe(self, host: Host) -> dict[str, object]:
        sessions = [
            {"id": s.id, "peer": s.peer, "path": s.path, "sent": s.sent, "backlog": s.backlog()}
            for s in host.sessions.values()
        ]
        return {
            "venue": host.venue.name,
            "sessions": sessions,
            "requests": host.requests,
            "faults": host.board.describe(),
            **self._state(),
        }


def _json(status: int, fields: dict[str, object]) -> Reply:
    return Reply(status, orjson.dumps(fields))
