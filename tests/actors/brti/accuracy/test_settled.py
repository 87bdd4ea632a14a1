import pytest

from actors.brti.accuracy.settled import compare_settled, settled
from actors.market_seconds import MarketSeconds
from messages import MarketDefined, MethodAverage, OfficialIndexPublished, SettlementCompared
from tests.actors.brti.accuracy.days import BASE, MS, S, official

SECONDS = MarketSeconds(1.0)


def compared(
    number: int, strike_usd: float, expiration_usd: float, averages: dict[str, float], known: int = 60
) -> SettlementCompared:
    """The market that closes so many quarters after BASE."""
    return SettlementCompared(
        ticker=f"M{number}",
        close_ns=(BASE + 900 * number) * S,
        at_ns=0,
        strike_e6=round(strike_usd * 1e6) if strike_usd > 0 else -1,
        expiration_e6=round(expiration_usd * 1e6),
        result="yes" if expiration_usd >= strike_usd else "no",
        averages=[
            MethodAverage(method, usd, known, (usd / expiration_usd - 1) * 1e4)
            for method, usd in averages.items()
        ],
    )


def test_a_method_is_judged_by_its_whole_minutes_and_by_the_side_it_falls_on() -> None:
    found = settled(
        [
            compared(1, 100.0, 100.0, {"official": 100.0, "a": 99.99}),
            compared(2, 100.0, 101.0, {"official": 101.0, "a": 101.0}),
            compared(3, 101.0, 99.0, {"a": 99.0}, known=59),
            compared(4, -1, 99.0, {"a": 99.0099}),
        ],
        SECONDS,
    )
    assert [market.ticker for market in found.markets] == ["M1", "M2", "M3", "M4"]
    assert [one.result for market in found.markets for one in market.averages if one.method == "a"] == [
        "no", "yes", "no", "",
    ]  # fmt: skip
    assert found.markets[3].strike_usd is None
    a, theirs = found.methods
    assert (a.method, a.errors.count, a.errors.missing) == ("a", 3, 1)
    assert a.errors.max_abs_bps == pytest.approx(1.0)
    assert (a.judged, a.right, a.share) == (2, 1, 0.5)
    assert (theirs.method, theirs.errors.count, theirs.errors.missing) == ("official", 2, 2)
    assert (theirs.judged, theirs.right) == (2, 2)


def test_the_direction_from_minute_to_minute_is_the_methods_own() -> None:
    found = settled(
        [
            compared(1, 100.0, 100.0, {"official": 100.0, "a": 90.0}),
            compared(2, 100.0, 101.0, {"official": 101.0, "a": 91.0}),
            compared(3, 101.0, 100.0, {"official": 100.0, "a": 92.0}),
            compared(4, 100.0, 100.0, {"official": 100.0, "a": 93.0}),
            compared(6, 100.0, 99.0, {"official": 99.0, "a": 1.0}),
            compared(7, -1, 98.0, {"official": 98.0, "a": 1.0}),
        ],
        SECONDS,
    )
    (one,) = found.direction
    assert (one.method, one.horizon_s, one.count, one.agreed) == ("a", 900, 2, 1)
    assert (one.unchanged, one.missing, one.official_missing) == (1, 2, 1)


def test_a_market_compared_twice_counts_once_with_what_is_known_most() -> None:
    found = settled(
        [
            compared(1, 100.0, 100.0, {"a": 99.0}, known=20),
            compared(1, 100.0, 100.0, {"a": 100.0}),
            compared(1, 100.0, 100.0, {"a": 98.0}),
        ],
        SECONDS,
    )
    assert [one.average_usd for market in found.markets for one in market.averages] == [100.0]


def test_of_nothing_there_is_nothing() -> None:
    found = settled([], SECONDS)
    assert (found.markets, found.methods, found.direction) == ([], [], [])


def market(number: int, expiration_usd: float, speed: float = 1.0) -> MarketDefined:
    close_ns = MarketSeconds(speed).begin_ns(BASE + 900 * number)
    return MarketDefined(
        f"M{number}", "E", "KXBTC15M", 1, 0, close_ns, "finalized", "greater_or_equal", 100_000_000,
        "rest", "yes", round(expiration_usd * 1e6) if expiration_usd > 0 else -1, [], "quadratic", "1",
    )  # fmt: skip


def test_settled_markets_are_compared_with_what_was_recorded() -> None:
    close = BASE + 900
    cme = [((close - 61) * S + n * 200 * MS, 100.0 + (n % 5) * 10 + (n >= 305) * 7) for n in range(310)]
    weighted = [((close - n) * S, 100.5) for n in range(60, 0, -1)]
    weighted[3] = (weighted[3][0], 0.0)
    received = [official(900 - n, 100.25) for n in range(60, -1, -1)]
    received += [official(900 - 30, 900.0), OfficialIndexPublished("BRTI", 1, 0, 0, 1, 1, -1, -1, 0)]
    (found,) = compare_settled(
        [market(1, 100.25), market(2, 100.25), market(1, -1)],
        {"cme-cf": cme, "volume-weighted": weighted, "nowcast": []},
        received,
        SECONDS,
        5,
    )
    assert (found.ticker, found.at_ns, found.result) == ("M1", 5, "yes")
    assert [(one.method, one.average_usd, one.known) for one in found.averages] == [
        ("official", 100.25, 60), ("cme-cf", 100.0, 60), ("volume-weighted", 100.5, 59),
    ]  # fmt: skip
    assert found.averages[0].error_bps == 0.0


def test_a_fast_market_clock_is_compared_on_its_own_seconds() -> None:
    fast = MarketSeconds(60.0)
    values = [(fast.begin_ns(BASE + 900 - n), 100.0) for n in range(70, -5, -1)]
    (found,) = compare_settled([market(1, 100.0, 60.0)], {"a": values}, [], fast, 5)
    assert [(one.method, one.known, one.error_bps) for one in found.averages] == [("a", 60, 0.0)]
