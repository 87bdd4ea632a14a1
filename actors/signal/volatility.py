"""How much the index moves: several memories of different length, blended for a horizon.

Returns are taken on a fixed grid of market seconds. The default of 5 s is own choice: from second to
second the index does not diffuse freely yet (variance ratios of 0.9 to 0.95 over 2 to 10 s were measured),
and a minute's return would leave the ten-minute half-life a dozen numbers.
"""

import math
from typing import Final, NamedTuple

from actors.signal.bipower import Bipower
from actors.signal.blend import Blend
from actors.signal.daytime import Daytime
from actors.signal.ewma import Ewma
from messages import VolatilityState

LONGEST_STEP_S = 60.0
"""A return over a longer hole says nothing of the second and would weigh like all of them."""
OLDEST_STATE_S = 86_400.0
"""A level older than this tells nothing of the present one."""
OLDEST_FACTORS_S = 60 * 86_400.0
"""The week's pattern outlives the level; it moves with the seasons."""

_UNKNOWN: Final = object()
"""What a price was made of before the restart: equal to nothing, so that no move is counted across it."""

JUMP_HALF_LIFE_S = 21_600.0
JUMP_PRIOR_S = 3600.0
"""Jumps come singly: one says little of the next minutes (Andersen, Bollerslev and Diebold 2007), and all of
them together are part of the variance. So they are spread over hours, and at first over an hour without any.
Own choice of the figures: on simulated paths with jumps and bursts the forecasts of 1, 5 and 15 minutes had
no bias and less loss (QLIKE) than with jumps in the level or left out."""


class Prior(NamedTuple):
    """What is held before anything is seen. sigma: relative, per square root of a market second; it counts
    like `seconds` of index, and fades like everything old. floor: sigma is never below it."""

    sigma: float
    seconds: float
    floor: float


class Volatility:
    """Relative volatility of the index per square root of a market second.

    Every `step_s`: r = ln(p_i / p_(i-1)) over dt. Of r^2/dt the steady part (bipower.py), divided by the
    time-of-day factor (daytime.py), goes into an Ewma of each half-life (ewma.py), the rest into one more.
    sigma^2(h) = sum_i w_i(h) Ewma_i x mean factor of the stretch + Ewma of jumps (blend.py).
    """

    def __init__(self, blend: Blend, prior: Prior, step_s: int) -> None:
        self._blend = blend
        self._prior = prior
        self._step_s = step_s
        self._ewmas = [Ewma(h, prior.sigma**2, prior.seconds) for h in blend.half_lives_s]
        self._variances = [ewma.mean for ewma in self._ewmas]
        self._long_run = max(range(len(self._ewmas)), key=lambda number: blend.half_lives_s[number])
        self._bipower = Bipower()
        self._jumps = Ewma(JUMP_HALF_LIFE_S, 0.0, JUMP_PRIOR_S)
        self._daytime = Daytime()
        self._last_s = 0.0
        self._last_price = 0.0
        self._last_basis: object = None
        self._moved_s = 0.0  # since the price was last another one
        self._seen_s = 0.0
        self._seen_price = 0.0
        self._seen_basis: object = None
        self._resume_s = -math.inf
        self.observed_s = 0.0
        """Seconds of index that the estimate has seen, the prior not counted."""

    @property
    def sigma(self) -> float:
        """Of the moment: the shortest horizon's, at the last second taken."""
        return self.sigma_for(0.0, self._seen_s)

    @property
    def jump_share(self) -> float:
        """Part of the last ten minutes' variance that came in jumps, 0 to 1."""
        return self._bipower.jump_share

    def sigma_for(self, horizon_s: float, at_s: float) -> float:
        """Of the stretch of so many market seconds that begins at second `at_s`."""
        steady = self._blend.mean(horizon_s, self._variances)
        variance = steady * self._daytime.mean(at_s, horizon_s) + self._jumps.mean
        return max(math.sqrt(variance), self._prior.floor)

    def take(self, second: float, price_usd: float, basis: object = None) -> None:
        """Take the index at a market second. basis: what it was made from; where that changes, the step is a
        change of measure and not a move, and is not counted."""
        if second <= self._resume_s:
            return  # read again after a restart, and in the restored state already
        self._resume_s = -math.inf
        if self._seen_basis == basis and 0.0 < second - self._seen_s <= LONGEST_STEP_S:
            self.observed_s += second - self._seen_s
        self._seen_s = second
        self._seen_price = price_usd
        self._seen_basis = basis
        if second % self._step_s == 0:
            self._step(second, price_usd, basis)

    def _step(self, second: float, price_usd: float, basis: object) -> None:
        step_s = second - self._last_s
        if self._last_price <= 0.0 or step_s <= 0.0:
            self._moved_s = 0.0
        elif step_s > LONGEST_STEP_S:
            for ewma in (*self._ewmas, self._jumps):
                ewma.fade(step_s)
            self._moved_s = 0.0
        elif basis != self._last_basis:
            self._moved_s = 0.0
        else:
            self._count(second, math.log(price_usd / self._last_price), step_s)
        self._last_s = second
        self._last_price = price_usd
        self._last_basis = basis

    def _count(self, second: float, move: float, step_s: float) -> None:
        whole = move * move / step_s
        steady = self._bipower.steady(whole)
        self._jumps.take(whole - steady, step_s)
        self._moved_s += step_s
        if move != 0.0:  # steps without a move belong to the next: next to a zero, anything is a jump
            self._bipower.take(move / math.sqrt(self._moved_s))
            self._moved_s = 0.0
        learnt = self.observed_s >= self._blend.half_lives_s[self._long_run]
        level = self._variances[self._long_run] if learnt else 0.0
        self._daytime.take(second, steady * step_s, step_s, level)
        rate = steady / self._daytime.at(second - step_s)
        for number, ewma in enumerate(self._ewmas):
            ewma.take(rate, step_s)
            self._variances[number] = ewma.mean

    # -- across a restart

    def state(self, at_ns: int) -> VolatilityState:
        """All that a restart must not forget.

        extra: number of the running half hour, its sum of squared returns and seconds seen; sum and weight
        of the jumps; then the newest returns, oldest first.
        """
        jumps = self._jumps.sum, self._jumps.weight
        return VolatilityState(
            at_ns=at_ns,
            at_s=self._seen_s,
            price_usd=self._seen_price,
            half_lives_s=list(self._blend.half_lives_s),
            sums=[ewma.sum for ewma in self._ewmas],
            weights=[ewma.weight for ewma in self._ewmas],
            observed_s=self.observed_s,
            factors=self._daytime.factors,
            extra=[*self._daytime.half_hour_so_far, *jumps, *self._bipower.returns],
        )

    def restore(self, state: VolatilityState, now_s: float, rolled_back_s: float) -> bool:
        """Go on from a state; say whether its level is used.

        now_s: a market second of the present run. rolled_back_s: by how much it may lie before the state,
        because reading begins so far back; what is then read again is not counted twice. A level that is
        older than a day, of other half-lives, or of another clock is not used; the week's pattern is, up to
        60 days.
        """
        age_s = now_s - state.at_s
        if not -rolled_back_s <= age_s <= OLDEST_FACTORS_S or len(state.extra) < 5:
            return False
        self._daytime.restore(state.factors, state.extra[:3])
        known = len(self._ewmas)
        if age_s > OLDEST_STATE_S or state.half_lives_s != list(self._blend.half_lives_s):
            return False
        if not len(state.sums) == len(state.weights) == known:
            return False
        for ewma, total, weight in zip(self._ewmas, state.sums, state.weights, strict=True):
            ewma.sum, ewma.weight = total, weight
        self._variances = [ewma.mean for ewma in self._ewmas]
        self._jumps.sum, self._jumps.weight = state.extra[3:5]
        for move in state.extra[5:]:
            self._bipower.take(move)
        self.observed_s = state.observed_s
        self._last_s = self._seen_s = self._resume_s = state.at_s
        self._last_price = self._seen_price = state.price_usd
        self._last_basis = self._seen_basis = _UNKNOWN
        return True
