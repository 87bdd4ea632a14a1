"""An interval in a few letters, for the terminal and for the page."""

from replay.score.bootstrap import Interval

ALONE = " (no interval)"


def spelled(of: Interval, form: str, before: str = "", behind: str = "", alone: str = "") -> str:
    """`+1.20 c (-0.30 to +2.70)`: the mean with its unit, the ends without; `-` where nothing was counted.

    form: how a number is written. before, behind: the unit. alone: what stands behind a mean without an
    interval.
    """
    if of.mean is None:
        return "-"
    mean = f"{before}{of.mean:{form}}{behind}"
    if of.low is None or of.high is None:
        return mean + alone
    return f"{mean} ({of.low:{form}} to {of.high:{form}})"


def cents(of: Interval) -> str:
    """Dollars a contract, in cents."""
    mean, low, high = (None if one is None else one * 100 for one in (of.mean, of.low, of.high))
    return spelled(Interval(mean, low, high, None, of.count, of.windows), "+.2f", behind=" c", alone=ALONE)


def dollars(of: Interval) -> str:
    """US dollars."""
    return spelled(of, "+,.2f", before="$", alone=ALONE)


def percent(of: Interval) -> str:
    """A share, in whole percents."""
    return spelled(of, ".0%")


def correlation(of: Interval) -> str:
    """A coefficient of -1 to 1."""
    return spelled(of, "+.2f")
