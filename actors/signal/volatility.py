"""How much the index moves: an exponentially weighted estimate on a grid of seconds."""

import math

LONGEST_STEP_S = 60.0
"""A return over a longer hole says nothing of the second and would weigh like all of them."""


class Volatility:
    """EWMA of squared log returns with irregular steps, free of warm-up bias.

    a = 2^(-dt/H);  S <- a S + (1-a) r^2/dt;  W <- a W + (1-a);  sigma^2 = S / W
    It begins as if it had seen `prior_sigma` for `prior_s` seconds; that fades like everything old.
    sigma is relative, per square root of a second. *Source*: RiskMetrics.
    """

    def __init__(self, half_life_s: float, prior_sigma: float, prior_s: float, floor: float) -> None:
        self._half_life_s = half_life_s
        self._floor = floor
        self._weight = 1.0 - 2.0 ** (-prior_s / half_life_s)
        self._sum = self._weight * prior_sigma**2
        self._last_s = 0.0
        self._last_price = 0.0
        self._last_basis: object = None
        self.observed_s = 0.0
        """Seconds of index that the estimate has seen, the prior not counted."""
        self.sigma = max(prior_sigma, floor)

    def take(self, at_s: float, price: float, basis: object = None) -> None:
        """Take the index at a time. basis: what it was made from; where that changes, the step is a
        change of measure and not a move, and is not counted."""
        step_s = at_s - self._last_s
        if self._last_price > 0.0 and basis == self._last_basis and 0.0 < step_s <= LONGEST_STEP_S:
            decay = 2.0 ** (-step_s / self._half_life_s)
            move = math.log(price / self._last_price)
            self._sum = decay * self._sum + (1.0 - decay) * move * move / step_s
            self._weight = decay * self._weight + (1.0 - decay)
            self.observed_s += step_s
            self.sigma = max(math.sqrt(self._sum / self._weight), self._floor)
        self._last_s = at_s
        self._last_price = price
        self._last_basis = basis
