import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.brti.proxy import ONE_E8, Composition, Venue, compose

S = 1_000_000_000
NOW = 1_700_000_000 * S
STALE = 3 * S


def venue(name: str, bid: float, ask: float, volume: float = 0.0, age_ns: int = 0) -> Venue:
    made = Venue(name, 100.0)
    made.bid_e8 = round(bid * ONE_E8)
    made.ask_e8 = round(ask * ONE_E8)
    made.quote_ns = NOW - age_ns
    made.standing.quoted(NOW - age_ns)
    if volume:
        made.volume_e8 = round(volume * ONE_E8)
        made.default_volume = False
    return made


def test_the_value_is_the_mean_of_the_mids_weighted_by_volume() -> None:
    books = [venue("a", 83_999, 84_001, 3_000), venue("b", 84_009, 84_011, 1_000)]
    assert compose(books, NOW, STALE).value_usd == 84_002.5


def test_a_venue_without_volume_weighs_its_default_and_is_flagged() -> None:
    books = [venue("a", 83_999, 84_001, 300), venue("b", 84_009, 84_011)]
    made = compose(books, NOW, STALE)
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
        Venue("never-seen", 1.0),
    ]
    made = compose(books, NOW, STALE)
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
    assert made.withheld() == ""


def test_without_any_venue_there_is_no_value_and_the_reason_names_them_all() -> None:
    made = compose([venue("a", 5, 4), Venue("b", 1.0)], NOW, STALE)
    assert made.value_usd == 0.0
    assert made.withheld() == "no venue qualifies: a crossed, b absent"


def test_ages_alone_do_not_make_a_composition_different() -> None:
    books = [venue("a", 83_999, 84_001), Venue("b", 1.0)]
    now, later = compose(books, NOW, STALE), compose(books, NOW + S, STALE)
    assert now != later
    assert now.same_as(later)
    assert not now.same_as(Composition(now.value_usd, now.shares, []))


prices = st.integers(min_value=1, max_value=10**15)
books = st.lists(
    st.tuples(prices, st.integers(min_value=1, max_value=10**12), st.integers(min_value=1, max_value=10**14)),
    min_size=1,
    max_size=9,
)


def build(rows: list[tuple[int, int, int]]) -> list[Venue]:
    made = []
    for number, (bid, spread, volume) in enumerate(rows):
        one = venue(f"v{number}", 1, 2)
        one.bid_e8, one.ask_e8, one.volume_e8 = bid, bid + spread, volume
        made.append(one)
    return made


@given(books)
def test_the_value_never_leaves_the_range_of_the_prices_used(rows: list[tuple[int, int, int]]) -> None:
    made = compose(build(rows), NOW, STALE)
    used = [share.price_usd for share in made.shares]
    assert min(used) <= made.value_usd <= max(used)


@given(books, st.randoms(use_true_random=False))
def test_the_order_of_the_venues_does_not_matter(rows: list[tuple[int, int, int]], random) -> None:  # type: ignore[no-untyped-def]
    value = compose(build(rows), NOW, STALE).value_usd
    random.shuffle(rows)
    assert compose(build(rows), NOW, STALE).value_usd == value


@given(books, st.integers(min_value=2, max_value=1000))
def test_only_the_proportions_of_the_volumes_matter(rows: list[tuple[int, int, int]], factor: int) -> None:
    scaled = [(bid, spread, volume * factor) for bid, spread, volume in rows]
    assert compose(build(scaled), NOW, STALE).value_usd == compose(build(rows), NOW, STALE).value_usd


@pytest.mark.parametrize("spoil", ["withdraw", "cross"])
def test_a_venue_that_falls_out_leaves_no_trace_in_the_value(spoil: str) -> None:
    all_of_them = [venue("a", 83_999, 84_001), venue("b", 90_000, 90_002)]
    if spoil == "withdraw":
        all_of_them[1].standing.withdraw()
    else:
        all_of_them[1].ask_e8 = 1
    assert compose(all_of_them, NOW, STALE).value_usd == 84_000.0
