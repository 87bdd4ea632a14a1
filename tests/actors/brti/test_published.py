import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.brti.composition import Composition
from actors.brti.published import TOO_THIN, PublishedMethod
from actors.brti.sources import Constituent
from actors.brti.switches import Switches
from messages import BookChanged, BookSnapshot
from tests.actors.brti.words import MS, NOW, S, change, health, snapshot

VENUES = ("coinbase", "kraken", "bitstamp", "gemini")


class Rig:
    """A method and its venues, told of changes as Methods tells them."""

    def __init__(self, *names: str) -> None:
        self.venues = {name: Constituent(name, 1.0, slot) for slot, name in enumerate(names or VENUES)}
        self.method = PublishedMethod(list(self.venues.values()), Switches(retrieval_lag_s=3.0))

    def snapshot(self, message: BookSnapshot) -> None:
        self.venues[message.venue].take_snapshot(message, 1)
        self.method.replaced(self.venues[message.venue])

    def change(self, message: BookChanged) -> None:
        venue = self.venues[message.venue]
        venue.take_change(message, 2)
        self.method.take_change(venue, message)
        self.method.touched(venue)

    def all_around(self, price: float, at_ns: int = NOW) -> None:
        for name in self.venues:
            self.snapshot(snapshot(name, price - 1, price + 1, at_ns))

    def made(self, now_ns: int = NOW) -> Composition:
        return self.method.compose(now_ns, shares=True)

    def out(self, now_ns: int = NOW) -> dict[str, str]:
        return {out.venue: out.why for out in self.made(now_ns).left_out}


def test_the_value_is_rounded_to_cents_and_the_parts_are_named() -> None:
    rig = Rig()
    rig.all_around(84_000)
    rig.change(change("kraken", NOW, bids=[(83_999.5, 0.37)]))
    made = rig.made()
    assert made.value_usd == round(made.value_usd, 2)
    assert 83_999 < made.value_usd < 84_001
    assert [share.venue for share in made.shares] == list(VENUES)
    assert sum(share.weight for share in made.shares) == pytest.approx(1.0)
    assert made.depth_btc <= made.curve_btc == 80.0
    assert made.cap_btc > 0
    assert {share.venue: share.price_usd for share in made.shares}["kraken"] == 84_000.25


def test_without_shares_the_value_is_the_same() -> None:
    rig = Rig()
    rig.all_around(84_000)
    assert rig.method.compose(NOW, shares=False) == rig.made()._replace(shares=[])


def test_a_size_away_from_the_touch_can_move_the_value() -> None:
    rig = Rig()
    rig.all_around(84_000)
    before = rig.made().value_usd
    rig.change(change("kraken", NOW, bids=[(83_997, 0), (83_996, 0)]))
    assert rig.venues["kraken"].touch == rig.venues["gemini"].touch
    assert rig.made().value_usd < before


def test_a_venue_ten_percent_off_is_out_and_comes_back_only_below_half_the_limit() -> None:
    rig = Rig()
    rig.all_around(84_000)
    for price, out in ((92_400, True), (87_000, True), (85_500, False), (87_000, False)):
        rig.snapshot(snapshot("gemini", price - 1, price + 1, NOW))
        assert rig.out() == ({"gemini": "deviating"} if out else {})


TURN = st.tuples(
    st.sampled_from(VENUES),
    st.sampled_from((0.5, 0.8, 0.9, 0.96, 0.99, 1.0, 1.01, 1.03, 1.06)),
    st.booleans(),
)


@given(st.lists(TURN, max_size=12))
def test_whom_a_moved_touch_puts_out_does_not_depend_on_when_it_was_looked_at(
    turns: list[tuple[str, float, bool]],
) -> None:
    seldom, always = Rig(), Rig()
    for rig in (seldom, always):
        rig.all_around(84_000)
    for name, factor, is_bid in turns:
        level = [(84_000 * factor, 5.0)]
        for rig in (seldom, always):
            touch = rig.venues[name].touch
            side = [(touch.bid / 1e8, 0.0)] if is_bid else [(touch.ask / 1e8, 0.0)]
            rig.change(change(name, NOW, **{"bids" if is_bid else "asks": side + level}))
        always.method.doubt()
        assert seldom.made() == always.made()


def test_who_deviated_and_was_away_meanwhile_still_has_to_come_nearer() -> None:
    rig = Rig()
    rig.all_around(84_000)
    rig.snapshot(snapshot("gemini", 92_399, 92_401, NOW))
    rig.made()
    rig.venues["gemini"].standing.withdraw()
    rig.method.doubt()
    assert rig.out() == {"gemini": "withdrawn"}
    rig.snapshot(snapshot("gemini", 86_999, 87_001, NOW))
    assert rig.out() == {"gemini": "deviating"}


def test_a_book_that_nobody_confirms_is_out_behind_the_retrieval_lag_and_back_with_the_next_word() -> None:
    rig = Rig()
    rig.all_around(84_000)
    for name in VENUES[1:]:
        rig.venues[name].standing.health(health(name, NOW + 2 * S))
    assert rig.out(NOW + 3 * S) == {}
    assert rig.method.judged_until_ns() == NOW + 3 * S + 1
    assert rig.out(NOW + 3 * S + 1) == {"coinbase": "stale"}
    rig.change(change("coinbase", NOW + 3 * S + MS, bids=[(83_980, 1)]))
    assert rig.out(NOW + 3 * S + 2 * MS) == {}


def test_a_clock_that_jumps_either_way_puts_out_what_no_longer_fits() -> None:
    rig = Rig()
    rig.all_around(84_000)
    assert rig.out() == {}
    for now_ns in (NOW + 3600 * S, NOW - 3600 * S):
        made = rig.made(now_ns)
        assert made.value_usd == 0.0
        assert made.withheld == "no venue qualifies: " + ", ".join(f"{name} stale" for name in VENUES)
    assert rig.out() == {}


def test_crossed_and_one_sided_books_are_out_by_name() -> None:
    rig = Rig()
    rig.all_around(84_000)
    rig.change(change("kraken", NOW, asks=[(83_000, 1)]))
    rig.snapshot(BookSnapshot("gemini", "BTC-USD", 0, NOW, 0, [(1, 1)], [], False))
    assert rig.out() == {"kraken": "crossed", "gemini": "one-sided"}


def test_one_venue_alone_makes_an_index_and_none_makes_none() -> None:
    rig = Rig("kraken")
    assert rig.made().withheld == "no venue qualifies: kraken absent"
    rig.all_around(84_000)
    assert rig.made().value_usd == 84_000.0
    rig.venues["kraken"].standing.withdraw()
    rig.method.doubt()
    assert rig.made() == Composition(0.0, [], rig.made().left_out, "no venue qualifies: kraken withdrawn")


def test_less_than_a_bitcoin_on_a_side_is_no_index() -> None:
    rig = Rig("kraken")
    rig.snapshot(snapshot("kraken", 83_999, 84_001, NOW, size=0.01))
    assert rig.made().value_usd == 0.0
    assert rig.made().withheld == TOO_THIN


def test_a_venue_that_returns_brings_its_changes_with_it() -> None:
    rig, fresh = Rig(), Rig()
    rig.all_around(84_000)
    rig.change(change("kraken", NOW, asks=[(83_000, 1)]))
    rig.made()
    rig.change(change("kraken", NOW, asks=[(83_000, 0), (84_001, 7)]))
    fresh.all_around(84_000)
    fresh.change(change("kraken", NOW, asks=[(84_001, 7)]))
    assert rig.made() == fresh.made()
