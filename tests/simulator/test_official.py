"""The simulator's index and the plain one: on the worked example, and against each other on random books."""

import json
import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.official import Book, Side, index_usd, order_size_cap, to_cents
from simulator.settings import CapSample
from tests.simulator import plain_index

VECTORS = Path(__file__).parents[3] / "shared" / "reference" / "brti_vectors.json"
E8 = 10**8

Row = tuple[int, int]
"""Price in cents and size in units of 1e-8 BTC."""


@pytest.fixture(scope="module")
def example() -> Any:
    if not VECTORS.exists():
        pytest.skip("the worked example is not at hand")
    return json.loads(VECTORS.read_text())["rti_example"]


def arrays(rows: Any) -> Side:
    """Levels in USD and BTC as the simulator has them."""
    scaled = [[round(Decimal(str(number)) * E8) for number in row] for row in rows]
    return Side(*(np.array([row[n] for row in scaled], np.int64) for n in (0, 1)))


def of(books: Any, cap_sample: CapSample = "min50", uncross: bool = True) -> float | None:
    """The simulator's index of books in USD and BTC."""
    converted = [Book(arrays(book["bids"]), arrays(book["asks"])) for book in books.values()]
    return index_usd(converted, cap_sample, uncross)


def crossed(example: Any) -> Any:
    books = json.loads(json.dumps(example["inputs"]))
    books["C"]["asks"][0] = [84001, 0.3]
    return books


def test_the_plain_index_gives_every_printed_value_of_the_worked_example(example: Any) -> None:
    index, result = plain_index.compute(example["inputs"]), example["result"]
    assert index is not None
    assert index.value == pytest.approx(result["value"], abs=1e-10)
    assert f"{index.cents / 100:.2f}" == result["rounded"]
    assert (index.utilised, len(index.points)) == (result["v_T"], len(result["rows"]))
    assert (index.rate, index.norm) == pytest.approx((result["lam"], result["NF"]), rel=1e-14)
    for point, row in zip(index.points, result["rows"], strict=True):
        assert (point.v, point.ask, point.bid) == (row["v"], row["askPV"], row["bidPV"])
        assert float(point.mid) == row["midPV"]
        assert float(point.spread) == pytest.approx(row["midSV"], abs=1e-15)
        assert point.raw_weight == pytest.approx(row.get("raw_w", 0.0), rel=1e-14)
        assert point.weight == pytest.approx(row.get("w", 0.0), rel=1e-14)
    theirs = example["size_cap"]
    assert list(index.cap) == pytest.approx([theirs[name] for name in CAP_NAMES], rel=1e-14)


CAP_NAMES = ("n", "k", "trimmed_mean", "winsorised_mean", "winsorised_sd", "cap")


def test_the_simulators_index_gives_the_value_of_the_worked_example(example: Any) -> None:
    value = of(example["inputs"])
    assert value == pytest.approx(example["result"]["value"], abs=1e-8)
    assert to_cents(value or 0.0) == 8_400_825
    bids, asks = (arrays(example[f"consolidated_{side}"]) for side in ("bids", "asks"))
    assert order_size_cap(bids, asks, "min50") / E8 == pytest.approx(example["size_cap"]["cap"], rel=1e-12)


def test_a_smaller_cap_moves_the_index_as_it_does_in_the_example(example: Any) -> None:
    index = plain_index.compute(example["inputs"], cap_btc=Decimal(2))
    assert index is not None
    assert index.value == pytest.approx(example["alternatives"]["cap forced to 2.0"], abs=1e-8)


def test_the_cap_with_sizes_cut_off_is_that_of_the_example(example: Any) -> None:
    theirs = example["cap_vector"]
    bids = [(84_000 - i, round(0.1 * (i + 1), 1)) for i in range(50)]
    asks = [(84_001 + i, round(0.1 * (i + 1), 1)) for i in range(50)]
    asks[10] = (84_011, 250.0)
    plain = plain_index.size_cap(plain_index.levels(bids), plain_index.levels(asks), "min50")
    assert list(plain) == pytest.approx([theirs[name] for name in CAP_NAMES], rel=1e-12)
    assert order_size_cap(arrays(bids), arrays(asks), "min50") / E8 == pytest.approx(theirs["cap"], rel=1e-12)


def test_a_crossed_book_is_taken_either_way(example: Any) -> None:
    theirs, books = example["crossed_example"], crossed(example)
    for uncross, name in ((False, "no_uncross"), (True, "uncrossed")):
        index = plain_index.compute(books, uncross=uncross, cap_btc=Decimal(10**9))
        assert index is not None
        assert index.value == pytest.approx(theirs[name], abs=1e-8)
        assert of(books, uncross=uncross) == pytest.approx(theirs[name], abs=1e-8)
    bids, asks = (
        sorted(plain_index.levels([row for book in books.values() for row in book[side]]), reverse=reverse)
        for side, reverse in (("bids", True), ("asks", False))
    )
    left_bids, left_asks = plain_index.uncrossed(bids, asks)
    assert [float(number) for number in left_bids[0]] == pytest.approx(theirs["uncrossed_best_bid"])
    assert [float(number) for number in left_asks[0]] == pytest.approx(theirs["uncrossed_best_ask"])


@pytest.mark.parametrize(
    ("out_before", "expected"), [((), "first_pass"), (("off3pct",), "with_off3pct_flagged_before")]
)
def test_the_plain_screens_are_those_of_the_example(
    example: Any, out_before: tuple[str, ...], expected: str
) -> None:
    books, theirs = example["screens"]["input"], example["screens"][expected]
    ages_s = {venue: example["now"] - book["ts"] for venue, book in books.items()}
    assert plain_index.screen(books, ages_s, out_before) == (theirs["valid"], theirs["excluded"])


def rows(draw: st.DrawFn, best: int, direction: int, most_gap: int) -> list[Row]:
    """A side of a book, best first: often round sizes, so that sums meet the grid exactly."""
    size = st.one_of(st.sampled_from([E8 // 2, E8, 2 * E8, 40 * E8]), st.integers(1, 3 * E8))
    steps = draw(st.lists(st.tuples(st.integers(1, most_gap), size), min_size=1, max_size=80))
    made, price = [], best
    for gap, lots in steps:
        made.append((price, lots))
        price += direction * gap
    return made


@st.composite
def many_books(draw: st.DrawFn) -> dict[str, dict[str, list[list[Decimal]]]]:
    """Books of up to four venues, each uncrossed in itself, often crossed with each other."""
    books = {}
    most_gap = draw(st.sampled_from([3, 50, 2_000, 20_000, 200_000]))  # cents; with 3 prices are often equal
    for venue in "ABCD"[: draw(st.integers(1, 4))]:
        mid = 8_400_000 + draw(st.integers(-10, 10) | st.integers(-3_000, 3_000))
        spread = draw(st.integers(1, 1_000))
        sides = {"bids": rows(draw, mid, -1, most_gap), "asks": rows(draw, mid + spread, 1, most_gap)}
        books[venue] = {
            side: [[Decimal(price) / 100, Decimal(lots) / E8] for price, lots in held if price > 0]
            for side, held in sides.items()
        }
    return books


@settings(max_examples=300, deadline=None)
@given(books=many_books(), cap_sample=st.sampled_from(["min50", "max50"]), uncross=st.booleans())
def test_both_compute_the_same_index_of_any_books(
    books: dict[str, dict[str, list[list[Decimal]]]], cap_sample: CapSample, uncross: bool
) -> None:
    plain, ours = plain_index.compute(books, cap_sample, uncross), of(books, cap_sample, uncross)
    if plain is None or ours is None:
        assert plain is None
        assert ours is None
    else:
        assert ours == pytest.approx(plain.value, abs=1e-6)
        assert to_cents(ours) == plain.cents or math.isclose(ours * 100 % 1, 0.5, abs_tol=1e-4)


def test_no_books_make_no_index() -> None:
    assert index_usd([]) is None
    assert plain_index.compute({}) is None


@pytest.mark.parametrize(
    ("value", "cents"), [(84000.125, 8_400_013), (84000.1249, 8_400_012), (84000.0, 8_400_000)]
)
def test_values_are_rounded_half_up_to_cents(value: float, cents: int) -> None:
    assert to_cents(value) == cents
