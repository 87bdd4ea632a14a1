"""Rows of the actors: the same columns at any width, notes where there is room for them."""

from typing import Any

import pytest

from cli.screen_state import Rates
from cli.screen_table import Line, in_brief, is_calm, table
from tests.cli.test_screen_view import actor


def plain(lines: list[Line]) -> list[str]:
    return ["".join(text for text, _ in line) for line in lines]


@pytest.mark.parametrize("width", [80, 140])
def test_every_row_is_as_wide_as_the_headings_and_fits(width: int) -> None:
    headings, *rows = plain(table([actor("binance_us"), actor("kalshi", restarts=12)], Rates(), width))
    columns = len(headings.removesuffix(" NOTE"))
    assert {len(row.rstrip(" ")) for row in rows} == {columns}
    assert columns <= width


def test_a_note_stands_beside_the_row_or_below_the_table() -> None:
    troubled = actor("kraken", state="backoff", fresh=False, reason="connection refused")
    (_, wide) = plain(table([troubled], Rates(), 140))
    assert wide.endswith("connection refused")
    (_, row, below) = plain(table([troubled], Rates(), 80))
    assert (row.split()[0], below) == ("kraken", "kraken: connection refused")


@pytest.mark.parametrize(
    "trouble", [{"state": "stopped"}, {"fresh": False}, {"last_error": "the process was killed"}]
)
def test_only_who_runs_is_fresh_and_had_no_error_is_calm(trouble: dict[str, Any]) -> None:
    assert is_calm(actor("kraken"))
    assert not is_calm(actor("kraken", **trouble))


def test_in_brief_the_calm_are_named_only() -> None:
    lines = plain(in_brief([actor("brti"), actor("kraken", fresh=False), actor("signal")], Rates(), 80))
    assert [line.split()[0] for line in lines] == ["ACTOR", "kraken", "running"]
    assert lines[-1] == "running and fresh: brti signal"
    assert len(in_brief([actor("kraken", fresh=False)], Rates(), 80)) == 2


def test_only_as_many_lose_their_row_as_must_and_exchanges_first() -> None:
    actors = [actor(name) for name in ("logger", "kalshi", "coinbase", "kraken", "brti")]
    assert len(in_brief(actors, Rates(), 80, 6)) == 6
    lines = plain(in_brief(actors, Rates(), 80, 5))
    assert [line.split()[0] for line in lines] == ["ACTOR", "logger", "kalshi", "brti", "running"]
    assert lines[-1] == "running and fresh: coinbase kraken"
