import math

from actors.market_seconds import MarketSeconds
from actors.signal.index import IndexFollower
from actors.signal.settings import Settings
from messages import IndexValue, OfficialIndexPublished, Share

S = 1_000_000_000
MS = 1_000_000
T = 1_700_000_000 * S


def follower(settings: Settings | None = None) -> IndexFollower:
    return IndexFollower(settings or Settings(), MarketSeconds(1.0))


def value(at_ns: int, usd: float, venues: str = "ab", withheld: str = "") -> IndexValue:
    shares = [Share(venue, usd, 1.0, False, 0, 1) for venue in venues]
    return IndexValue("BRTI", "m", at_ns, at_ns, usd, shares, [], True, withheld, at_ns)


def official(source_ns: int, usd: float) -> OfficialIndexPublished:
    return OfficialIndexPublished("BRTI", 1, source_ns, source_ns, 1, round(usd * 1e6), -1, -1, 0)


def test_a_value_that_is_only_said_again_is_no_news() -> None:
    index = follower()
    assert index.take(value(T, 84_000.0), 1)
    assert not index.take(value(T + 200 * MS, 84_000.0), 2)
    assert index.seq == 2
    assert index.take(value(T + 400 * MS, 84_000.5), 3)


def test_the_value_of_a_second_is_the_one_stamped_with_it_however_late_it_is_said() -> None:
    index = follower()
    index.take(value(T, 84_000.0), 1)
    between = IndexValue("BRTI", "m", T + 900 * MS, T, 84_001.0, [], [], False, "")
    stamped = IndexValue("BRTI", "m", T + S + 3 * MS, T, 84_002.0, [], [], True, "", T + S)
    index.take(between, 2)
    index.take(stamped, 3)
    assert index.settles.cents[T // S + 1] == 8_400_200


def test_a_closing_minute_is_summed_up_again_once_another_second_is_settled() -> None:
    index = follower()
    close_ns = T + 3 * S
    index.take(value(T, 84_000.0), 1)
    minute = index.closing_minute(close_ns)
    assert (minute.known, len(minute.missing), minute.sum_cents) == (1, 57, 8_400_000)
    index.take(value(T + 200 * MS, 84_001.0), 2)
    assert index.closing_minute(close_ns) is minute
    index.take(value(T + S, 84_002.0), 3)
    minute = index.closing_minute(close_ns)
    assert (minute.known, minute.sum_cents) == (2, 16_800_200)
    assert index.closing_minute(close_ns + 900 * S).known == 0


def test_an_official_value_that_comes_late_counts_in_the_closing_minute() -> None:
    index = follower(Settings(settle_on="official"))
    index.take_official(official(T, 84_000.0))
    index.take_official(official(T + 2 * S, 84_000.0))
    assert index.closing_minute(T + 3 * S).known == 2
    index.take_official(official(T + S, 84_000.0))
    assert index.closing_minute(T + 3 * S).known == 3


def test_it_says_why_a_value_must_not_be_used() -> None:
    index = follower()
    assert index.trouble(T) == "no index value yet"
    index.take(value(T, 84_000.0), 1)
    assert index.trouble(index.until_ns()) == ""
    assert index.trouble(index.until_ns() + 1) == "the index is older than 1 s"
    assert index.trouble(T - 5 * S) == "the index is older than 1 s"
    index.take(value(T, 0.0, withheld="no venue"), 2)
    assert index.trouble(T) == "the index is withheld: no venue"


def test_it_is_warm_after_so_many_seconds_of_index() -> None:
    index = follower()
    for step in range(26):
        if step < 25:
            assert index.warming_up()
        index.take(value(T + step * 200 * MS, 84_000.0 + step), step)
    assert index.warming_up() == ""


def test_a_venue_that_falls_out_moves_no_volatility() -> None:
    index = follower(Settings(warm_up_s=0.0))
    for step in range(50):
        index.take(value(T + step * 200 * MS, 84_000.0), step)
    before = index.volatility.sigma
    index.take(value(T + 10_100 * MS, 84_500.0, venues="a"), 60)
    for step in range(52, 60):
        index.take(value(T + step * 200 * MS, 84_500.0, venues="a"), step)
    assert index.volatility.sigma <= before


def test_the_official_index_settles_only_where_it_was_chosen() -> None:
    index, chosen = follower(), follower(Settings(settle_on="official"))
    assert not index.take_official(official(T, 84_000.0))
    assert chosen.take_official(official(T, 84_000.0))
    assert not chosen.take_official(official(T, 84_000.0))
    assert chosen.settles.cents == {T // S: 8_400_000}
    assert index.settles.cents == {}


def test_a_recalled_volatility_is_taken_up_at_the_first_second() -> None:
    before = follower()
    for second in range(300):
        before.take(value(T + second * S, 84_000.0 + 20.0 * (second % 10)), second)
    state = before.volatility.state(T + 300 * S)
    after = follower()
    after.recall(state, 60.0)
    assert after.volatility.sigma == follower().volatility.sigma
    after.take(value(T + 300 * S, 84_000.0), 300)
    assert after.volatility.observed_s == before.volatility.observed_s
    assert after.volatility.sigma == before.volatility.sigma


def test_the_volatility_is_that_of_the_stretch_in_market_seconds() -> None:
    fast = IndexFollower(Settings(speed=60.0), MarketSeconds(60.0))
    for step in range(900):
        fast.take(value(T + step * S // 60, 84_000.0 + 20.0 * (step // 5 % 2) * (step > 600)), step)
    now_ns = T + 15 * S
    at_s = MarketSeconds(60.0).begun(now_ns)
    for real_s in (0.0, 2.0, 15.0, 120.0):
        assert fast.sigma(now_ns, 60.0 * real_s) == fast.volatility.sigma_for(60.0 * real_s, at_s)
    assert fast.sigma(now_ns, -1.0) == fast.volatility.sigma_for(0.0, at_s)
    assert fast.sigma(now_ns, 120.0) > fast.sigma(now_ns, 3600.0)


def test_the_last_value_that_was_one_is_remembered_while_it_is_withheld() -> None:
    index = follower()
    assert (index.withheld(), index.age_s(T)) == ("no index value yet", math.inf)
    index.take(value(T, 84_000.0), 1)
    assert (index.withheld(), index.known_usd, index.age_s(T + 300 * MS)) == ("", 84_000.0, 0.3)
    index.take(value(T + S, 0.0, withheld="no venue"), 2)
    assert (index.withheld(), index.known_usd) == ("the index is withheld: no venue", 84_000.0)
    assert index.trouble(T + 3 * S) == "the index is older than 1 s"
