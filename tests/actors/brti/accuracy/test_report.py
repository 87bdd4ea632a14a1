import json
import random

from actors.brti.accuracy.report import Report, plain, report
from messages import IndexCompared, MethodAverage, OfficialIndexPublished, SettlementCompared
from tests.actors.brti.accuracy.days import BASE, S, comparison, official

METHODS = ("cme-cf", "volume-weighted", "equal-weighted", "nowcast")


def quarter() -> Report:
    """A quarter of an hour in which every method is a second ahead and 1 bp high, and one settled market."""
    rng = random.Random(5)
    path = [84_000.0]
    for _ in range(1000):
        path.append(path[-1] * (1 + rng.gauss(0, 3e-5)))
    compared: list[IndexCompared] = []
    received: list[OfficialIndexPublished] = []
    for second in range(901):
        received.append(official(second, path[second]))
        ours = dict.fromkeys(METHODS, path[second + 1] * 1.0001)
        compared.append(comparison(second, path[second], ours, 0.3, ["gemini"] if second > 700 else []))
    series = {
        method: [((BASE + second) * S, path[second + 1] * 1.0001) for second in range(901)]
        for method in METHODS
    }
    averages = [MethodAverage(method, 84_008.4, 60, 1.0) for method in METHODS]
    settled = [SettlementCompared("M1", (BASE + 900) * S, 0, -1, 84_000_000_000, "yes", averages)]
    return report(compared, settled, series, received)


def test_the_report_holds_every_part() -> None:
    found = quarter()
    assert (found.coverage.seconds, found.coverage.compared, found.coverage.absent) == (901, 901, 0)
    assert [row.method for row in found.errors] == sorted(METHODS)
    assert all(0.9 < (row.median_bps or 0.0) < 1.1 for row in found.errors)
    assert [stratum.seconds for stratum in found.by_volatility] == [901]
    assert [stratum.name for stratum in found.by_left_out] == ["none", "gemini"]
    assert [minute.seconds for minute in found.by_minute] == [60]
    assert len(found.direction) == 4 * len(METHODS)
    assert all(900 < (one.lead_ms or 0.0) < 1100 for one in found.lead_lag)
    assert [(delay.hz, delay.median_ms) for delay in found.delays] == [(1, 300.0)]
    assert [method.errors.count for method in found.settled.methods] == [1] * 4


def test_it_becomes_plain_data_under_the_names_of_its_fields() -> None:
    found = quarter()
    told = json.loads(json.dumps(plain(found)))
    assert told["coverage"]["not_compared"] == 0
    assert told["errors"][0]["method"] == "cme-cf"
    assert told["errors"][0]["p95_abs_bps"] == found.errors[0].p95_abs_bps
    assert told["direction"][3]["share"] == found.direction[3].share
    assert told["settled"]["markets"][0]["strike_usd"] is None


def test_of_nothing_there_is_an_empty_report() -> None:
    found = report([], [], {}, [])
    assert found.coverage.seconds == 0
    assert (found.errors, found.direction, found.lead_lag, found.delays) == ([], [], [], [])
    assert found.settled.markets == []
    assert json.dumps(plain(found))


def test_official_values_alone_are_counted_as_not_compared() -> None:
    found = report([], [], {"cme-cf": []}, [official(second, 100.0) for second in range(10)])
    assert (found.coverage.official, found.coverage.not_compared) == (10, 10)
    assert found.errors == []
    assert found.lead_lag[0].lead_ms is None
