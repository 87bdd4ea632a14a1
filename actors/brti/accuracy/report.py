"""The whole account of how good the index is, and the same as plain dicts."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import msgspec

from actors.brti.accuracy.direction import Agreement, agreements
from actors.brti.accuracy.errors_table import (
    MethodErrors,
    MinuteErrors,
    Stratum,
    by_left_out,
    by_minute,
    by_volatility,
    overall,
)
from actors.brti.accuracy.leadlag import Delay, LeadLag, delays, lead_lags
from actors.brti.accuracy.seconds import Coverage, Official, columns, coverage, official_columns
from actors.brti.accuracy.settled import Settled
from actors.brti.accuracy.settled import settled as sum_up_settled
from actors.market_seconds import MarketSeconds
from messages import IndexCompared, OfficialIndexPublished, SettlementCompared


class Report(msgspec.Struct, frozen=True):
    """Everything that is known of the index's error. Lists are empty where nothing was compared.

    coverage: what was compared and what is missing. errors: of all seconds, one row a method.
    by_volatility, by_left_out: the same in parts. by_minute: in each closing minute. direction: per method
    and horizon. lead_lag: per method, by stamps. delays: of the official value's receipt, per channel.
    settled: against Kalshi's settlement values.
    """

    coverage: Coverage
    errors: list[MethodErrors]
    by_volatility: list[Stratum]
    by_left_out: list[Stratum]
    by_minute: list[MinuteErrors]
    direction: list[Agreement]
    lead_lag: list[LeadLag]
    delays: list[Delay]
    settled: Settled


def report(
    compared: Sequence[IndexCompared],
    settled: Sequence[SettlementCompared],
    series: Mapping[str, Sequence[tuple[int, float]]],
    official: Sequence[OfficialIndexPublished],
    speed: float = 1.0,
) -> Report:
    """Sum up what was recorded, of one index.

    compared, settled: as the index actor said them, in any order, twice if need be. series: by method,
    (stamp_ns, value_usd) of every grid time, 0.0 where there was no value; for lead and lag alone.
    official: all that was received, in that order, both channels. speed: of the market's clock. Pure.
    """
    seconds = MarketSeconds(speed)
    of = columns(compared, seconds)
    received = official_columns(official)
    stamped = Official(*(column[received.source_ns > 0] for column in received))
    return Report(
        coverage=coverage(of.second, received, seconds),
        errors=overall(of),
        by_volatility=by_volatility(of),
        by_left_out=by_left_out(of),
        by_minute=by_minute(of, seconds),
        direction=agreements(of),
        lead_lag=lead_lags(series, stamped, speed),
        delays=delays(stamped),
        settled=sum_up_settled(settled, seconds),
    )


def plain(of: Report) -> dict[str, Any]:
    """Turn a report into dicts, lists and numbers, named as the fields are."""
    return cast(dict[str, Any], msgspec.to_builtins(of))
