"""Which closed form the probability comes from."""

from typing import Final, NamedTuple

from actors.signal.tails import Normal, StudentT, Tail


class Model(NamedTuple):
    """name: `normal`, `log-normal` or `student-t`. tail: of what has not happened yet. logarithmic: whether
    the remaining mean is log-normal, matched in mean and variance."""

    name: str
    tail: Tail
    logarithmic: bool


NORMAL: Final = Model("normal", Normal(), logarithmic=False)
LOG_NORMAL: Final = Model("log-normal", Normal(), logarithmic=True)


def model_named(name: str, degrees: float) -> Model:
    """The model of this name. degrees: of freedom, for `student-t` alone. Raises ValueError."""
    if name == "student-t":
        return Model(name, StudentT(degrees), logarithmic=False)
    for known in (NORMAL, LOG_NORMAL):
        if known.name == name:
            return known
    raise ValueError(f"there is no model {name!r}; there are normal, log-normal and student-t")
