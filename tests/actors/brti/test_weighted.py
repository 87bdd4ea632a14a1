import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.brti.composition import Composition
from actors.brti.screens import Touch
from actors.brti.sources import ONE_E8, Source
from actors.brti.weighted import compose

S = 1_000_000_000
NOW = 1_700_000_000 * S
STALE = 3 * S


def venue(name: str, bid: float, ask: float, volume: float = 0.0, age_ns: int = 0) -> Source:
    made = Source(name, 100.0)
    made.touch = Touch(round(bid * ONE_E8), round(ask * ONE_E8))
    made.at_ns = NOW - age_ns
    made.standing.quoted(NOW - age_ns)
    if volume:
        made.volume_e8 = round(volume * ONE_E8)
        made.default_volume = False
    return made


def by_volume(books: list[Source], fallback: tuple[Source, ...] = ()) -> Composition:
    return compose(books, fallback, NOW, STALE, by_volume=True)


def test_the_value_is_the_mean_of_the_mids_weighted_by_volume() -> None:
    books = [venue("a", 83_999, 84_001, 3_000), venue("b", 84_009, 84_011, 1_000)]
    assert by_volume(books).value_usd == 84_002.5


def test_a_venue_without_volume_weighs_its_default_and_is_flagged() -> None:
    books = [venue("a", 83_999, 84_001, 300), venue("b", 84_009, 84_011)]
    made = by_volume(books)
    assert made.value_usd == 84_002.5
    assert [(share.volume_btc, share.default_volume) for share in made.shares] == [(300, False), (100, True)]


def test_venues_that_do_not_qualify_are_left_out_and_named() -> None:
    withdrawn = venue("withdrawn", 100, 101)
    withdrawn.standing.withdraw()
    books = [
        venue("good", 83_999, 84_001),
        venue("crossed", 84_001, 84_000),
        venue("locked", 84_000, 84_000),
        venue("no-bid", 0, 84_000),
        venue("no-ask", 84_000, 0),
        venue("old", 90_000, 90_001, age_ns=STALE + 1),
        withdrawn,
        Source("never-seen", 1.0),
    ]
    made = by_volume(books)
    assert made.value_usd == 84_000.0
    assert [share.venue for share in made.shares] == ["good"]
    assert {out.venue: out.why for out in made.left_out} == {
        "crossed": "crossed",
        "locked": "crossed",
        "no-bid": "one-sided",
        "no-ask": "one-sided",
        "old": "stale",
        "withdrawn": "withdrawn",
        "never-seen": "absent",
    }
    assert made.withheld == ""


def test_without_any_venue_there_is_no_value_and_the_reason_names_them_all() -> None:
    made = by_volume([venue("a", 5, 4), Source("b", 1.0)])
    assert made.value_usd == 0.0
    assert made.withheld == "no venue qualifies: a crossed, b absent"


def test_of_equal_weights_every_venue_counts_alike() -> None:
    books = [venue("a", 83_999, 84_001, 3_000), venue("b", 84_009, 84_011)]
    made = compose(books, [], NOW, STALE, by_volume=False)
    assert made.value_usd == 84_005.0
    assert [(share.weight, share.default_volume) for share in made.shares] == [(0.5, False), (0.5, False)]


def test_weights_are_parts_of_one() -> None:
    books = [venue("a", 83_999, 84_001, 3_000), venue("b", 84_009, 84_011, 1_000)]
    assert [share.weight for share in by_volume(books).shares] == [0.75, 0.25]


def test_a_fallback_stands_in_only_where_no_venue_qualifies_and_is_named() -> None:
    first, second = venue("us", 84_100, 84_102), venue("com", 84_200, 84_202)
    assert by_volume([venue("a", 83_999, 84_001)], (first, second)).value_usd == 84_000.0
    alone = by_volume([Source("a", 1.0)], (first, second))
    assert (alone.value_usd, [share.venue for share in alone.shares]) == (84_101.0, ["us"])
    assert [(out.venue, out.why) for out in alone.left_out] == [("a", "absent")]
    first.standing.withdraw()
    assert by_volume([Source("a", 1.0)], (first, second)).value_usd == 84_201.0


prices = st.integers(min_value=1, max_value=10**15)
books = st.lists(
    st.tuples(prices, st.integers(min_value=1, max_value=10**12), st.integers(min_value=1, max_value=10**14)),
    min_size=1,
    max_size=9,
)


def build(rows: list[tuple[int, int, int]]) -> list[Source]:
    made = []
    for number, (bid, spread, volume) in enumerate(rows):
        one = venue(f"v{number}", 1, 2)
        one.touch, one.volume_e8 = Touch(bid, bid + spread), volume
        made.append(one)
    return made


@given(books)
def test_the_value_never_leaves_the_range_of_the_prices_used(rows: list[tuple[int, int, int]]) -> None:
    made = by_volume(build(rows))
    used = [share.price_usd for share in made.shares]
    assert min(used) <= made.value_usd <= max(used)


@given(books, st.randoms(use_true_random=False))
def test_the_order_of_the_venues_does_not_matter(rows: list[tuple[int, int, int]], random) -> None:  # type: ignore[no-untyped-def]
    value = by_volume(build(rows)).value_usd
    random.shuffle(rows)
    assert by_volume(build(rows)).value_usd == value


@given(books, st.integers(min_value=2, max_value=1000))
def test_only_the_proportions_of_the_volumes_matter(rows: list[tuple[int, int, int]], factor: int) -> None:
    scaled = [(bid, spread, volume * factor) for bid, spread, volume in rows]
    assert by_volume(build(scaled)).value_usd == by_volume(build(rows)).value_usd


@pytest.mark.parametrize("spoil", ["withdraw", "cross"])
def test_a_venue_that_falls_out_leaves_no_trace_in_the_value(spoil: str) -> None:
    all_of_them = [venue("a", 83_999, 84_001), venue("b", 90_000, 90_002)]
    if spoil == "withdraw":
        all_of_them[1].standing.withdraw()
    else:
        all_of_them[1].touch = Touch(90_000, 1)
    assert by_volume(all_of_them).value_usd == 84_000.0
