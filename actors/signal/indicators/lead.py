"""Venue lead: venues that have moved before the index has."""

import math

from actors.standing import Standing
from messages import FeedHealth

_PARTS = 1000
"""The usual distance is learnt in steps of this part of its half-life, however often one looks."""


class _Venue:
    """One venue's mid and its usual distance from the index."""

    __slots__ = ("learnt_ns", "mid_usd", "observed_s", "recv_ns", "standing", "sum_bps", "weight")

    def __init__(self) -> None:
        self.standing = Standing()
        self.mid_usd = 0.0
        self.recv_ns = 0
        self.forget()

    def forget(self) -> None:
        self.learnt_ns = 0
        self.observed_s = 0.0
        self.sum_bps = 0.0
        self.weight = 0.0


class VenueLead:
    """Mean over the venues of x_v - b_v, x_v = 10^4 ln(mid_v / B), b_v its exponentially weighted mean.

    Unit: basis points of the index. Positive: the venues stand higher above the index than they usually
    do, so it is about to rise. b_v is learnt with the half-life from what was seen before now (time in
    market seconds, free of warm-up bias, holes not counted), which takes out what always lies between
    them, such as USDT. A venue counts while its feed stands behind its quote and both sides are there and
    not crossed, and once b_v rests on warm_up_s. NaN without any. *Source*: own form; that venues lead is
    measured in arXiv 2506.08718.
    """

    def __init__(self, half_life_s: float, warm_up_s: float, stale_ns: int, speed: float) -> None:
        """half_life_s, warm_up_s: market seconds. stale_ns: since a venue's last word, real time."""
        self._half_life_s = half_life_s
        self._warm_up_s = warm_up_s
        self._stale_ns = stale_ns
        self._second_ns = 1e9 / speed
        self._step_ns = round(half_life_s * self._second_ns / _PARTS)
        self._venues: dict[str, _Venue] = {}

    def take(self, venue: str, recv_ns: int, bid_e8: int, ask_e8: int) -> None:
        """Take a venue's quote; 0: that side is empty."""
        held = self._venues.get(venue)
        if held is None:
            held = self._venues[venue] = _Venue()
        held.standing.quoted(recv_ns)
        held.recv_ns = recv_ns
        held.mid_usd = (bid_e8 + ask_e8) / 2e8 if 0 < bid_e8 < ask_e8 else 0.0

    def withdraw(self, venue: str) -> None:
        """Trust no quote of a venue until its next one."""
        if venue in self._venues:
            self._venues[venue].standing.withdraw()

    def gap(self, venue: str, to_ns: int) -> None:
        """Trust no quote from before the end of a gap."""
        if venue in self._venues:
            self._venues[venue].standing.gap(to_ns)

    def health(self, venue: str, health: FeedHealth) -> None:
        """Take a venue's report on itself: a quiet quote stands while its feed says so."""
        if venue in self._venues:
            self._venues[venue].standing.health(health)

    def forget(self) -> None:
        """Forget the usual distances: the index is measured otherwise from here."""
        for venue in self._venues.values():
            venue.forget()

    def value(self, now_ns: int, level: float) -> tuple[float, int]:
        """The lead now, and the receive stamp of the oldest quote in it (0: none)."""
        total = 0.0
        count = oldest_ns = 0
        for venue in self._venues.values():
            if venue.mid_usd <= 0.0 or venue.standing.trouble(now_ns, self._stale_ns):
                continue
            distance_bps = 1e4 * math.log(venue.mid_usd / level)
            if venue.weight > 0.0 and venue.observed_s >= self._warm_up_s:
                total += distance_bps - venue.sum_bps / venue.weight
                count += 1
                if oldest_ns == 0 or venue.recv_ns < oldest_ns:
                    oldest_ns = venue.recv_ns
            past_ns = now_ns - venue.learnt_ns
            if past_ns >= self._step_ns or past_ns < 0:
                self._learn(venue, now_ns, distance_bps)
        return (total / count if count else math.nan), oldest_ns

    def _learn(self, venue: _Venue, now_ns: int, distance_bps: float) -> None:
        past_ns = now_ns - venue.learnt_ns
        venue.learnt_ns = now_ns
        if 0 < past_ns <= max(self._stale_ns, 2 * self._step_ns):
            past_s = past_ns / self._second_ns
            kept = 2.0 ** (-past_s / self._half_life_s)
            venue.sum_bps = kept * venue.sum_bps + (1.0 - kept) * distance_bps
            venue.weight = kept * venue.weight + (1.0 - kept)
            venue.observed_s += past_s
