from urllib.parse import parse_qs

from actors.adapter import Get
from actors.kalshi.listings import LOOK_BACK_S, REVIEW_S, SEEK_S, Listings
from actors.kalshi.requests import Requests

S = 1_000_000_000
NOW = 1_786_942_000 * S
SERIES = "KXBTC15M"


class Desk:
    """Listings whose requests are answered at once."""

    def __init__(self) -> None:
        self.requests = Requests(1000.0)
        self.listings = Listings([SERIES], self.requests, lambda seconds: int(seconds * S))

    def tick(
        self, now_ns: int, role: tuple[str, str] = ("A", "B"), events: tuple[str, ...] = ()
    ) -> list[str]:
        self.listings.tick(SERIES, role, events, now_ns)
        paths = []
        while sent := self.requests.due(now_ns):
            for get in sent:
                assert isinstance(get, Get)
                self.requests.answered(get, 200, b"{}", 0.0, now_ns)
                paths.append(get.path)
        return paths


def statuses(paths: list[str]) -> list[str]:
    return [parse_qs(path.partition("?")[2])["status"][0] for path in paths if path.startswith("/markets?")]


def test_the_start_looks_back_for_what_settled_while_nobody_watched() -> None:
    paths = Desk().tick(NOW)
    assert statuses(paths) == ["open", "unopened", "closed", "settled"]
    assert all(f"min_close_ts={NOW // S - int(LOOK_BACK_S)}" in path for path in paths if "settled" in path)


def test_a_missing_market_is_sought_more_often() -> None:
    desk = Desk()
    desk.tick(NOW, ("", ""))
    assert statuses(desk.tick(NOW + int(SEEK_S) * S, ("", ""))) == ["open", "unopened"]
    assert desk.tick(NOW + int(SEEK_S) * S + 1, ("A", "B")) == []


def test_fees_are_read_again_with_every_review_and_an_events_as_soon_as_it_is_known() -> None:
    desk = Desk()
    fees = {f"/series/{SERIES}", f"/series/fee_changes?series_ticker={SERIES}"}
    assert fees <= set(desk.tick(NOW))
    assert desk.tick(NOW + S) == []
    assert desk.tick(NOW + S, events=("E1",)) == ["/events/fee_changes?event_ticker=E1&limit=1000"]
    assert desk.tick(NOW + 2 * S, events=("E1",)) == []
    assert fees <= set(desk.tick(NOW + int(REVIEW_S) * S))


def test_after_a_miss_everything_is_listed_again() -> None:
    desk = Desk()
    desk.tick(NOW)
    desk.listings.again()
    assert statuses(desk.tick(NOW + S)) == ["open", "unopened", "closed", "settled"]


def test_pages_end() -> None:
    desk = Desk()
    desk.tick(NOW)
    pages = 0
    while True:
        desk.listings.take_page(f"open:{SERIES}", {"cursor": "more"})
        if not desk.tick(NOW + S):
            break
        pages += 1
    assert pages == 10
