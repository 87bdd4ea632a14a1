"""The beat of a working loop, and what the process costs."""

import contextlib
import os
import time
from typing import Any

import msgspec
import psutil

from actors.adapter import Freshness
from messages import Beat

BEAT_EVERY_S = 0.25
_encode = msgspec.json.Encoder().encode


class Pulse:
    """Sends Beat messages to the supervisor, at most four a second, from the working loop itself.

    A beat says that the loop turned; so it must be called by the loop, after its work, and by nobody else.
    """

    def __init__(self, beat_fd: int) -> None:
        self._fd = beat_fd
        if beat_fd >= 0:
            os.set_blocking(beat_fd, False)
        self._next_s = 0.0
        self._cost_next_s = 0.0
        self._cpu_s = time.process_time()
        self._cpu_at_s = time.monotonic()
        self._good_since_s: float | None = None
        self._process = psutil.Process()
        self._rss_mb = 0.0
        self._cpu_pct = 0.0
        self._rest = b""

    def due(self) -> bool:
        """Say whether it is time for another beat."""
        return self._fd >= 0 and time.monotonic() >= self._next_s

    def beat(
        self,
        ready: bool,
        freshness: Freshness,
        received: int,
        sent: int,
        lag: int = 0,
        latency_ms: tuple[float, float] = (-1.0, -1.0),
        detail: dict[str, Any] | None = None,
    ) -> None:
        """Send one. A supervisor that does not read is no reason to wait: then this beat is dropped."""
        now_s = time.monotonic()
        self._next_s = now_s + BEAT_EVERY_S
        self._measure(now_s)
        if not freshness.fresh:
            self._good_since_s = None
        elif self._good_since_s is None:
            self._good_since_s = now_s
        beat = Beat(
            ready=ready,
            fresh=freshness.fresh,
            why_not=freshness.why_not,
            data_age_s=freshness.age_ms / 1000 if freshness.age_ms >= 0 else -1.0,
            good_s=0.0 if self._good_since_s is None else now_s - self._good_since_s,
            received=received,
            sent=sent,
            lag=lag,
            latency_p50_ms=latency_ms[0],
            latency_p99_ms=latency_ms[1],
            rss_mb=self._rss_mb,
            cpu_pct=self._cpu_pct,
            detail=detail or {},
        )
        # What a full socket took only in part must be finished before the next line may begin.
        data = self._rest or _encode(beat) + b"\n"
        with contextlib.suppress(BlockingIOError, BrokenPipeError, ConnectionError):
            self._rest = data[os.write(self._fd, data) :]

    def _measure(self, now_s: float) -> None:
        if now_s < self._cost_next_s:
            return
        self._cost_next_s = now_s + 1.0
        cpu_s = time.process_time()
        if now_s > self._cpu_at_s:
            self._cpu_pct = 100.0 * (cpu_s - self._cpu_s) / (now_s - self._cpu_at_s)
        self._cpu_s, self._cpu_at_s = cpu_s, now_s
        self._rss_mb = self._process.memory_info().rss / 1e6
