"""A mean that forgets: exponentially weighted, with irregular steps, free of warm-up bias."""

LEAST_WEIGHT = 1e-6
"""What was known before a long silence keeps at least this weight, so that a value remains."""


class Ewma:
    """Mean of a rate, here squared log returns per second.

    a = 2^(-dt/H);  S <- a S + (1-a) x;  W <- a W + (1-a);  mean = S / W
    It begins as if it had seen `prior` for `prior_s` seconds; that fades like everything old.
    *Source*: RiskMetrics, with the irregular step.
    """

    __slots__ = ("_half_life_s", "_prior", "sum", "weight")

    def __init__(self, half_life_s: float, prior: float, prior_s: float) -> None:
        self._half_life_s = half_life_s
        self._prior = prior
        self.weight = 1.0 - 2.0 ** (-prior_s / half_life_s)
        self.sum = self.weight * prior

    @property
    def mean(self) -> float:
        """What it amounts to now; the prior while there is nothing else."""
        return self.sum / self.weight if self.weight > 0.0 else self._prior

    def take(self, value: float, step_s: float) -> None:
        """Take a value that stood for so many seconds."""
        decay = 2.0 ** (-step_s / self._half_life_s)
        self.sum = decay * self.sum + (1.0 - decay) * value
        self.weight = decay * self.weight + (1.0 - decay)

    def fade(self, step_s: float) -> None:
        """Let time go by of which nothing is known: the mean stays, and weighs less."""
        mean = self.mean
        self.weight = max(self.weight * 2.0 ** (-step_s / self._half_life_s), LEAST_WEIGHT)
        self.sum = self.weight * mean
