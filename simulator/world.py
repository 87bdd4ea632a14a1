"""The one price path that every venue follows.

The path moves in fixed steps of 2 ms of real time and knows no clock: step n is the same for the same
seed, whoever is connected. Every venue's price moves with each of them. Market time runs `speed` times
faster than real time, so volatility is per market second.
"""

import math
import random
from collections.abc import Callable
from typing import NamedTuple

from simulator.publisher import Publisher
from simulator.settings import VENUES, IndexSettings

STEP_NS = 2_000_000
STEP_S = STEP_NS / 1e9
TURN_STEPS = 5
TURN_S = STEP_S * TURN_STEPS
"""How often the makers of Kalshi's and Polymarket's markets look up. An exchange moves with every step."""

START_USD = 84_000.0
VOLATILITY = 4e-5  # relative, per square root of a market second, in calm times
LOG_VOL_SD = 0.45  # of its logarithm, in the long run
LOG_VOL_MEMORY_S = 120.0  # market seconds
JUMPS_PER_S = 1 / 900  # per market second
JUMP_SIZE = 6e-4


class Temper(NamedTuple):
    """How a venue follows the path.

    share: which part of all messages it sends, relative to the others. lag_steps: how far it trails the
    path at speed 1; it is market time, so a faster run has fewer steps. premium: its standing distance from
    the path, relative.
    """

    share: float
    lag_steps: int
    premium: float


TEMPERS = {
    "kalshi": Temper(0.30, 0, 0.0),
    "coinbase": Temper(0.20, 0, 5e-6),
    "kraken": Temper(0.12, 20, -5e-6),
    "bitstamp": Temper(0.06, 75, 1.5e-5),
    "gemini": Temper(0.06, 50, -1.5e-5),
    "cryptocom": Temper(0.06, 30, 1e-5),
    "bullish": Temper(0.05, 40, -1e-5),
    "itbit": Temper(0.03, 90, 2e-5),
    "lmax": Temper(0.01, 60, -2e-5),
    "binance": Temper(0.08, 0, 3e-5),
    "binance_us": Temper(0.03, 100, 3.5e-5),
}
_SHARES = sum(TEMPERS[venue].share for venue in VENUES)
NOISE = 1e-5  # standard deviation of a venue's own noise, relative
NOISE_MEMORY_S = 2.0  # of market time
_HISTORY = 128  # steps kept, more than the longest lag


class World:
    """Price path, venue prices and message budget, all derived from one seed."""

    def __init__(
        self, seed: int, speed: float = 1.0, rate: float = 150.0, index: IndexSettings | None = None
    ) -> None:
        self.seed = seed
        self.speed = speed
        self.rate = rate
        self.step_no = 0
        self._path = random.Random(f"{seed}/path")
        self._log_vol = 0.0
        self._lag_steps = {venue: round(TEMPERS[venue].lag_steps / speed) for venue in VENUES}
        self.followers: list[Callable[[int], None]] = []
        """Called with the time after every step, before any venue moves: who must answer at once."""
        self._history = [START_USD] * _HISTORY
        self._spot = START_USD
        self._rng = {venue: random.Random(f"{seed}/{venue}") for venue in VENUES}
        self._arrivals = {venue: random.Random(f"{seed}/{venue}/arrivals") for venue in VENUES}
        self._noise = dict.fromkeys(VENUES, 0.0)
        self._owed_s = dict.fromkeys(VENUES, 0.0)
        self.publisher = Publisher(speed, index or IndexSettings())
        self.flood = dict.fromkeys(VENUES, 1.0)  # multiplies what a venue sends
        self._dt = STEP_S * speed
        self._root_dt = math.sqrt(self._dt)
        self._noise_decay = math.exp(-STEP_S * speed / NOISE_MEMORY_S)
        self._noise_kick = NOISE * math.sqrt(1 - self._noise_decay**2)

    def advance(self) -> None:
        """Move the path, and each venue's distance from it, by one step."""
        if self.step_no % 50 == 0:
            self._move_volatility()
        self.step_no += 1
        log_return = VOLATILITY * math.exp(self._log_vol) * self._root_dt * self._path.gauss(0.0, 1.0)
        if self._path.random() < JUMPS_PER_S * self._dt:
            log_return += self._path.gauss(0.0, JUMP_SIZE)
        self._spot *= 1.0 + log_return
        self._history[self.step_no % _HISTORY] = self._spot
        for venue, noise in self._noise.items():
            kick = self._rng[venue].gauss(0.0, 1.0) * self._noise_kick
            self._noise[venue] = noise * self._noise_decay + kick

    def is_turn(self) -> bool:
        """Say whether makers look up at this step."""
        return self.step_no % TURN_STEPS == 0

    def spot(self) -> float:
        """The path itself, USD, without any venue's noise."""
        return self._spot

    def volatility(self) -> float:
        """Present volatility, relative, per square root of a market second."""
        return VOLATILITY * math.exp(self._log_vol)

    def log_volatility(self) -> float:
        """Natural logarithm of how many times the calm volatility the present one is."""
        return self._log_vol

    def price(self, venue: str) -> float:
        """Where this venue's mid belongs now, USD: path with its lag, premium and noise."""
        past = self._history[(self.step_no - self._lag_steps[venue]) % _HISTORY]
        return past * (1.0 + TEMPERS[venue].premium + self._noise[venue])

    def rng(self, venue: str) -> random.Random:
        """This venue's own stream of random numbers; nobody else draws from it."""
        return self._rng[venue]

    def share(self, venue: str) -> float:
        """Which part of all messages this venue sends."""
        return TEMPERS[venue].share / _SHARES

    def due(self, venue: str, steps: int = 1) -> int:
        """How many book and trade messages this venue owes for so many steps; ask once for each step."""
        per_s = self.rate * self.share(venue) * self.flood[venue]
        arrivals = self._arrivals[venue]
        owed_s = self._owed_s[venue] + steps * STEP_S
        count = 0
        while owed_s > 0.0:
            owed_s -= arrivals.expovariate(per_s)
            count += 1
        self._owed_s[venue] = owed_s
        # The last arrival drawn lies in the future: it is paid for, and counted, now.
        return count

    def publish(self, now_ns: int, flushed_ns: int) -> None:
        """Publish what is due of the official index; before the books move on (simulator/publisher.py)."""
        self.publisher.turn(now_ns, self._spot, flushed_ns)

    def index(self, now_ns: int) -> float:
        """The official index as it stands now, USD, in whole cents; of no constituents: the path."""
        return self.publisher.value_usd(now_ns, self._spot)

    def _move_volatility(self) -> None:
        # Mean-reverting logarithm: bursts of 2-3 times the calm level, minutes long.
        dt = 50 * self._dt
        decay = math.exp(-dt / LOG_VOL_MEMORY_S)
        self._log_vol = self._log_vol * decay + self._path.gauss(0.0, LOG_VOL_SD) * math.sqrt(1 - decay**2)
