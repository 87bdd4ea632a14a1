from hypothesis import given
from hypothesis import strategies as st

from actors.brti.settlements import KEPT_S, MOST_MARKETS, Settlements
from actors.market_seconds import MarketSeconds
from actors.settlement import settlement_cents
from messages import MarketDefined, Message, OfficialIndexPublished, SettlementAverage, SettlementCompared
from tests.actors.signal.vectors import vectors

S = 1_000_000_000
MS = 1_000_000
CLOSE = 1_700_000_100
E4 = 10_000


def market(
    strike_cents: int = -1,
    expiration_cents: int = -1,
    ticker: str = "M",
    close: int = CLOSE,
    result: str = "",
) -> MarketDefined:
    return MarketDefined(
        ticker, "E", "KXBTC15M", 1, (close - 900) * S, close * S, "active", "greater_or_equal",
        strike_cents * E4 if strike_cents > 0 else -1, "rest", result,
        expiration_cents * E4 if expiration_cents > 0 else -1, [], "quadratic", "1",
    )  # fmt: skip


def official(second: int, cents: int, hz: int = 1) -> OfficialIndexPublished:
    return OfficialIndexPublished("BRTI", 1, second * S + 300 * MS, second * S, hz, cents * E4, -1, -1, 0)


def averages(said: list[Message]) -> list[SettlementAverage]:
    return [message for message in said if isinstance(message, SettlementAverage)]


def comparisons(said: list[Message]) -> list[SettlementCompared]:
    return [message for message in said if isinstance(message, SettlementCompared)]


def settlements(strike_cents: int = 8_400_000) -> Settlements:
    kept = Settlements(1.0, "cme-cf")
    kept.defined(market(strike_cents))
    return kept


def run(kept: Settlements, seconds: range, ours: bool = True, theirs: bool = True) -> list[SettlementAverage]:
    said = []
    for second in seconds:
        if ours:
            kept.stamped("cme-cf", second * S, 84_000.01)
            kept.stamped("nowcast", second * S, 84_000.02)
        said += averages(kept.due(second * S + MS))
        if theirs:
            kept.official(official(second, 8_400_000))
        said += averages(kept.due(second * S + 301 * MS))
    return said


def test_every_second_of_the_closing_minute_has_its_official_average() -> None:
    kept = settlements()
    said = run(kept, range(CLOSE - 70, CLOSE + 10))
    assert {one.source for one in said} == {"official"}
    assert [one.known for one in said] == list(range(1, 61))
    assert [one.stamp_ns for one in said] == [second * S for second in range(CLOSE - 60, CLOSE)]
    assert [one.remaining for one in said] == list(range(59, -1, -1))
    assert [one.result for one in said] == [""] * 59 + ["yes"]
    assert all(one.average_cents == 8_400_000 and not one.missing for one in said)


def test_the_reference_cases_come_out_of_the_messages_exactly() -> None:
    for case in vectors("settlement_check")["synthetic_cases"]:
        kept = settlements(case["strike_cents"])
        said: list[SettlementAverage] = []
        for number, cents in enumerate([*case["prints_cents_T60_to_T1"], case["print_at_T_cents"]]):
            kept.official(official(CLOSE - 60 + number, cents))
            said += averages(kept.due((CLOSE - 60 + number) * S + 301 * MS))
        assert len(said) == 60
        assert (said[-1].sum_cents, said[-1].average_cents) == (case["sum_cents"], case["settle_cents"])
        assert said[-1].result == case["result_at_strike"].split()[0]
        kept.defined(market(case["strike_cents"], case["settle_cents"], result="yes"))
        (compared,) = comparisons(kept.due((CLOSE + 8) * S))
        assert [(one.method, one.error_bps, one.known) for one in compared.averages] == [
            ("official", 0.0, 60)
        ]


def test_where_no_official_value_comes_the_chosen_method_stands_in() -> None:
    said = run(settlements(), range(CLOSE - 70, CLOSE + 10), theirs=False)
    assert {one.source for one in said} == {"cme-cf"}
    assert [one.known for one in said] == list(range(1, 61))
    assert said[-1].average_cents == 8_400_001


def test_an_official_feed_that_falls_silent_is_told_and_the_chosen_method_stands_in() -> None:
    kept = settlements()
    run(kept, range(CLOSE - 70, CLOSE - 30))
    said = run(kept, range(CLOSE - 30, CLOSE + 10), theirs=False)
    ours = [one for one in said if one.source == "cme-cf"]
    theirs = [one for one in said if one.source == "official"]
    assert ours[0].known == 36
    assert (ours[-1].known, ours[-1].missing, ours[-1].result) == (60, [], "yes")
    assert [one.missing[-1] for one in theirs] == list(range(30, 0, -1))
    assert (theirs[-1].known, theirs[-1].remaining, theirs[-1].result) == (30, 0, "")


def test_a_late_official_value_leaves_the_list_of_the_missing() -> None:
    kept = settlements()
    run(kept, range(CLOSE - 60, CLOSE - 20))
    kept.official(official(CLOSE - 18, 8_400_000))
    (theirs, ours) = averages(kept.due((CLOSE - 18) * S + 301 * MS))
    assert (theirs.source, theirs.missing, theirs.remaining) == ("official", [20, 19], 17)
    assert ours.source == "cme-cf"
    kept.official(official(CLOSE - 19, 8_400_006))
    kept.official(official(CLOSE - 20, 8_400_006))
    (theirs,) = averages(kept.due((CLOSE - 18) * S + 400 * MS))
    assert (theirs.missing, theirs.known, theirs.stamp_ns) == ([], 43, (CLOSE - 18) * S)


def test_of_two_official_values_of_a_second_the_first_holds_from_either_channel() -> None:
    kept = settlements()
    kept.official(official(CLOSE - 60, 100))
    kept.official(official(CLOSE - 60, 900, hz=5))
    kept.official(official(CLOSE - 60, 900))
    (said,) = averages(kept.due((CLOSE - 60) * S + 400 * MS))
    assert (said.known, said.sum_cents) == (1, 100)


def test_a_second_that_the_method_withheld_is_missing_at_once() -> None:
    kept = settlements()
    kept.stamped("cme-cf", (CLOSE - 60) * S, 0.0)
    (said,) = averages(kept.due((CLOSE - 60) * S))
    assert (said.known, said.missing, said.average_cents, said.remaining) == (0, [60], 0, 59)
    assert said.stamp_ns == (CLOSE - 60) * S


def test_a_market_that_is_named_in_its_closing_minute_finds_the_values() -> None:
    kept = Settlements(1.0, "cme-cf")
    run(kept, range(CLOSE - 70, CLOSE - 10))
    kept.defined(market(8_400_000))
    (said,) = averages(kept.due((CLOSE - 10) * S))
    assert (said.source, said.known, said.missing) == ("official", 50, [])


def test_a_strike_that_becomes_known_is_said_at_once() -> None:
    kept = Settlements(1.0, "cme-cf")
    kept.defined(market())
    assert run(kept, range(CLOSE - 70, CLOSE - 10))[-1].strike_cents == -1
    kept.defined(market(8_400_000))
    (said,) = averages(kept.due((CLOSE - 10) * S))
    assert said.strike_cents == 8_400_000
    assert said.required_sum_cents == 60 * 8_400_000 - 30 - 50 * 8_400_000


def test_a_close_that_moves_takes_the_minute_along() -> None:
    kept = settlements()
    run(kept, range(CLOSE - 70, CLOSE - 30))
    kept.defined(market(8_400_000, close=CLOSE - 10))
    (said,) = averages(kept.due((CLOSE - 30) * S))
    assert said.known == 40
    assert said.close_ns == (CLOSE - 10) * S


def test_a_settled_market_is_compared_once_and_not_before_its_last_value_can_have_come() -> None:
    kept = settlements()
    run(kept, range(CLOSE - 70, CLOSE - 1))
    kept.defined(market(8_400_000, 8_400_000, result="yes"))
    kept.stamped("cme-cf", (CLOSE - 1) * S, 84_000.01)
    kept.stamped("nowcast", (CLOSE - 1) * S, 84_000.02)
    assert comparisons(kept.due(CLOSE * S)) == []
    kept.official(official(CLOSE - 1, 8_400_000))
    (said,) = comparisons(kept.due(CLOSE * S + 300 * MS))
    assert (said.ticker, said.result, said.strike_e6, said.expiration_e6) == (
        "M", "yes", 84_000_000_000, 84_000_000_000,
    )  # fmt: skip
    assert {one.method: (one.average_usd, one.known) for one in said.averages} == {
        "official": (84_000.0, 60), "cme-cf": (84_000.01, 60), "nowcast": (84_000.02, 60),
    }  # fmt: skip
    kept.defined(market(8_400_000, 8_400_000, result="yes"))
    assert kept.due((CLOSE + 20) * S) == []


def test_a_minute_that_stays_incomplete_is_compared_when_nothing_can_come_any_more() -> None:
    kept = settlements()
    run(kept, range(CLOSE - 30, CLOSE))
    kept.defined(market(8_400_000, 8_400_000))
    assert comparisons(kept.due((CLOSE + 3) * S)) == []
    (said,) = comparisons(kept.due((CLOSE + 4) * S))
    assert {one.known for one in said.averages} == {30}


def test_a_settled_market_of_whose_minute_nothing_was_seen_is_not_spoken_of() -> None:
    kept = Settlements(1.0, "cme-cf")
    kept.defined(market(8_400_000, 8_400_000))
    assert kept.due((CLOSE + 100) * S) == []


def test_nothing_is_said_twice_and_nothing_outside_of_the_minute() -> None:
    kept = settlements()
    assert run(kept, range(CLOSE - 200, CLOSE - 60)) == []
    run(kept, range(CLOSE - 60, CLOSE - 50))
    kept.defined(market(8_400_000))
    assert kept.due((CLOSE - 51) * S + 400 * MS) == []


def test_a_stamp_from_the_future_makes_nothing_missing_that_can_still_come() -> None:
    kept = settlements()
    run(kept, range(CLOSE - 70, CLOSE - 40))
    kept.official(official(CLOSE + 10**6, 8_400_000))
    said = run(kept, range(CLOSE - 40, CLOSE))
    theirs = [one for one in said if one.source == "official"]
    assert all(len(one.missing) <= 1 for one in theirs)
    assert (theirs[-1].known, theirs[-1].missing) == (60, [])


def test_values_between_seconds_count_for_nothing() -> None:
    kept = settlements()
    kept.stamped("cme-cf", (CLOSE - 60) * S + 200 * MS, 84_000.0)
    kept.official(OfficialIndexPublished("BRTI", 1, 1, (CLOSE - 60) * S + 200 * MS, 5, 1, -1, -1, 0))
    kept.official(official(CLOSE - 61, 0))
    assert kept.due((CLOSE - 60) * S + 300 * MS) == []


def test_a_fast_market_clock_settles_on_its_own_seconds() -> None:
    seconds = MarketSeconds(60.0)
    close = seconds.nearest(CLOSE * S)
    kept = Settlements(60.0, "cme-cf")
    kept.defined(market(8_400_000))
    said = []
    for second in range(close - 70, close + 5):
        begin_ns = seconds.begin_ns(second)
        kept.stamped("cme-cf", begin_ns, 84_000.01)
        kept.official(
            OfficialIndexPublished(
                "BRTI", 1, begin_ns, round(begin_ns / MS) * MS, 1, 84_000_000_000, -1, -1, 0
            )
        )
        said += averages(kept.due(begin_ns))
    assert [(one.source, one.known) for one in said] == [("official", n) for n in range(1, 61)]
    assert said[-1].result == "yes"


@given(
    st.lists(
        st.tuples(st.integers(-65, 2), st.integers(0, 30_000), st.integers(1, 10**7)),
        min_size=1,
        max_size=150,
    )
)
def test_however_the_official_values_come_every_statement_is_exact(
    values: list[tuple[int, int, int]],
) -> None:
    kept = settlements(5_000_000)
    heard = sorted(((CLOSE + second) * S + late_ms * MS, second, cents) for second, late_ms, cents in values)
    known: dict[int, int] = {}
    for at_ns, second, cents in heard:
        kept.official(official(CLOSE + second, cents))
        if -60 <= second < 0:
            known.setdefault(second, cents)
        for one in averages(kept.due(at_ns)):
            if one.source == "cme-cf":
                assert one.known == 0
                continue
            assert (one.known, one.sum_cents) == (len(known), sum(known.values()))
            assert one.known + len(one.missing) + one.remaining == 60
            assert not {-before for before in one.missing} & known.keys()
            assert one.stamp_ns == (CLOSE + max(known)) * S
            if one.known == 60:
                assert one.result == ("yes" if settlement_cents(one.sum_cents) >= 5_000_000 else "no")
    kept.defined(market(5_000_000, 5_000_001))
    said = comparisons(kept.due((CLOSE + 1000) * S))
    assert [[(one.method, one.known) for one in market.averages] for market in said] == (
        [[("official", len(known))]] if known else []
    )


def test_memory_is_bounded() -> None:
    kept = Settlements(1.0, "cme-cf")
    for number in range(3 * MOST_MARKETS):
        kept.defined(market(ticker=str(number), close=CLOSE + 900 * number))
    for second in range(CLOSE - 60, CLOSE + 900 * 3 * MOST_MARKETS, 30):
        kept.stamped("cme-cf", second * S, 84_000.0)
    assert len(kept._minutes) == MOST_MARKETS
    assert len(kept._recent["cme-cf"]) == KEPT_S
