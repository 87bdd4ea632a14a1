"""How a probability moves with the index and with the volatility.

z is the distance to the threshold in standard deviations, g the density of the tail there. Both the
motion still to come and the index's error are relative, so their ratio c = sd of the motion / sd of all
does not change with the index.
"""

import math

import msgspec


class Greeks(msgspec.Struct, frozen=True, gc=False):
    """delta: dP/dS per dollar of index, so contracts' dollars per dollar of index. vega: dP/d ln sigma."""

    delta: float
    vega: float


def normal_greeks(
    density: float, distance: float, spot_usd: float, moving: float, sd_usd: float, motion_sd_usd: float
) -> Greeks:
    """Of a normal average. moving: part of the sixty values that follow the index.

    dP/dS = g (moving / sd - z / S); the second term is that of a standard deviation in proportion to S.
    dP/d ln sigma = -g z c^2: zero at the money, and where only the index's error is left.
    """
    share = motion_sd_usd / sd_usd
    return Greeks(
        density * (moving / sd_usd - distance / spot_usd),
        -density * distance * share * share,
    )


def log_greeks(
    density: float,
    distance: float,
    spot_usd: float,
    due_per_required_usd: float,
    variance: float,
    share: float,
) -> Greeks:
    """Of a log-normal remaining mean. distance: of the logarithm, before the index's error widens it.

    due_per_required_usd: (values begun and on their way) / (values ahead x K_req): they move K_req.
    share: c. With z' = c z:  dP/dS = g c (1/S + due/(m K_req)) / sqrt(s2);
    dP/d ln sigma = -g c (sqrt(s2) + c^2 z), as s2 goes with sigma^2 to the first order.
    """
    root = math.sqrt(variance)
    return Greeks(
        density * share * (1.0 / spot_usd + due_per_required_usd) / root,
        -density * share * (root + share * share * distance),
    )
