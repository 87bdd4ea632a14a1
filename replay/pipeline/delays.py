"""How long a listener takes to wake up and to speak."""

from typing import NamedTuple


class Delays(NamedTuple):
    """Two times of a listener, in real nanoseconds.

    wake_ns: from the append of what it listens to until the turn that takes it in. work_ns: from that turn
    until its own words stand in its log.
    """

    wake_ns: int
    work_ns: int


AT_ONCE = Delays(0, 0)
