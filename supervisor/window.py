"""Erlang's restart window: how many restarts lie in the last period. Pure."""

Window = tuple[float, ...]
"""Times of the restarts that still count, oldest first, in seconds of one monotonic clock."""


def add_restart(window: Window, now_s: float, period_s: float) -> Window:
    """Count one more restart and forget those older than period_s; one exactly that old still counts.

    Source: Erlang/OTP supervisor.erl, add_restart/3. The child is given up when the result is *longer*
    than the number of restarts allowed.
    """
    return (*(at_s for at_s in window if at_s >= now_s - period_s), now_s)
