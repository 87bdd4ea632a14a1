import pytest

from actors.adapter import Get
from actors.drift import DriftCounter
from actors.errors import FrameError, NetworkError, RefusedError
from actors.kalshi.desk import MOST_FAILURES, MOST_UNREADABLE, MarketDesk
from messages import DriftSeen
from tests.actors.kalshi.rig import OPEN_NS, S, settings


def desk() -> MarketDesk:
    made = MarketDesk(settings(), DriftCounter("kalshi"))
    made.tick(OPEN_NS)
    return made


def test_the_start_asks_for_markets_first_and_for_everything_once() -> None:
    made = MarketDesk(settings(), DriftCounter("kalshi"))
    asked: list[str] = []
    for step in range(30):
        for output in made.tick(OPEN_NS + step * S // 10):
            assert isinstance(output, Get)
            asked.append(output.path.partition("?")[0])
            made.reply(output, 200, b"{}", 0.0, OPEN_NS, 1)
    assert asked[:2] == ["/markets", "/markets"]
    fees = ["/series/KXBTC15M", "/series/fee_changes"]
    assert sorted(asked[2:]) == ["/exchange/schedule", "/exchange/status", "/markets", "/markets", *fees]


@pytest.mark.parametrize(("status", "error"), [(0, NetworkError), (500, RefusedError), (403, RefusedError)])
def test_many_failures_in_a_row_are_insisted_on(status: int, error: type[Exception]) -> None:
    made = desk()
    for _ in range(MOST_FAILURES - 1):
        made.reply(Get("/exchange/status", "status:"), status, b"why", 0.0, OPEN_NS, 1)
        made.insist()
    made.reply(Get("/exchange/status", "status:"), status, b"why", 0.0, OPEN_NS, 1)
    with pytest.raises(error, match="why"):
        made.insist()
    made.reply(Get("/exchange/status", "status:"), 200, b"{}", 0.0, OPEN_NS, 1)
    made.insist()


def test_only_essential_replies_that_cannot_be_read_end_the_feed() -> None:
    made = desk()
    for _ in range(MOST_UNREADABLE + 5):
        out = made.reply(Get("/exchange/schedule", "schedule:"), 200, b"<html>", 0.0, OPEN_NS, 1)
        assert all(isinstance(output, DriftSeen) for output in out)
    listing = Get("/markets?x", "markets:open:KXBTC15M")
    for _ in range(MOST_UNREADABLE - 1):
        made.reply(listing, 200, b"<html>", 0.0, OPEN_NS, 1)
    with pytest.raises(FrameError, match="/markets"):
        made.reply(listing, 200, b"<html>", 0.0, OPEN_NS, 1)


def test_a_series_without_a_market_is_named_with_its_cause() -> None:
    made = desk()
    assert made.why_no_market(OPEN_NS) == "no market of KXBTC15M runs now"
    made.reply(Get("/exchange/status", "status:"), 200, b'{"trading_active":false}', 0.0, OPEN_NS, 1)
    assert made.why_no_market(OPEN_NS) == "no market of KXBTC15M runs now (Kalshi has paused trading)"
