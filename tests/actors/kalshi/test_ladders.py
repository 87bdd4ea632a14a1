import json

import pytest

from actors.kalshi.ladders import mirrored, no_side_in_yes_prices, read_ladder
from tests.actors.kalshi.samples import body, needs_samples


def test_a_ladder_is_read_exactly() -> None:
    rows = {"yes": [["0.0010", "437236.00"], ["0.9999", "0.01"]]}
    assert read_ladder(rows, "yes", "old") == [(1000, 43_723_600), (999_900, 1)]


@pytest.mark.parametrize("fields", [{}, {"yes": None}, {"yes": []}])
def test_a_side_that_is_absent_null_or_empty_is_empty(fields: dict[str, object]) -> None:
    assert read_ladder(fields, "yes", "old") == []


def test_cents_are_read_where_nothing_newer_stands() -> None:
    assert read_ladder({"old": [[40, 100]]}, "yes", "old") == [(400_000, 10_000)]
    assert read_ladder({"old": [[40, 100]], "yes": []}, "yes", "old") == []


@pytest.mark.parametrize(
    "rows", ["x", 5, [5], [["0.1"]], [["0.1", "1", "2"]], [[0.1, "1"]], [["0.1", -1]], [["0.1", "-1"]]]
)
def test_what_is_no_ladder_is_refused(rows: object) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_ladder({"yes": rows}, "yes", "old")


@pytest.mark.parametrize("row", [[1.5, 2], ["1", 2], [1], 7, [True, 1]])
def test_what_is_no_ladder_of_cents_is_refused(row: object) -> None:
    with pytest.raises(ValueError, match="cents"):
        read_ladder({"old": [row]}, "yes", "old")


def test_mirroring_twice_changes_nothing() -> None:
    levels = [(1000, 5), (999_900, 7)]
    assert mirrored(levels) == [(999_000, 5), (100, 7)]
    assert mirrored(mirrored(levels)) == levels


def test_the_book_tells_in_which_prices_its_no_side_stands() -> None:
    yes = [(10_000, 1), (450_000, 1)]
    assert no_side_in_yes_prices(yes, [(460_000, 1), (990_000, 1)]) is True
    assert no_side_in_yes_prices(yes, [(10_000, 1), (540_000, 1)]) is False
    assert no_side_in_yes_prices([(100_000, 1)], [(400_000, 1)]) is None
    assert no_side_in_yes_prices(yes, []) is None
    assert no_side_in_yes_prices([(900_000, 1)], [(500_000, 1)]) is None


@needs_samples
def test_a_published_book_stands_in_no_prices_by_its_own_evidence() -> None:
    msg = json.loads(json.dumps(body("ws_orderbook_snapshot_nautilus_testdata.json")))["msg"]
    yes, no = (read_ladder(msg, name, "") for name in ("yes_dollars_fp", "no_dollars_fp"))
    assert no_side_in_yes_prices(yes, mirrored(no)) is not False
