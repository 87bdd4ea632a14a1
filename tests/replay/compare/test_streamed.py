from contextlib import closing
from pathlib import Path

from messages import (
    FeedHealth,
    MarketBookWithdrawn,
    MarketQuoteChanged,
    MarketRoleChanged,
    MarketTraded,
    Message,
    Signal,
)
from messages.log import LogWriter
from replay.compare.evaluate import Opportunity
from replay.compare.streamed import RunningMarket, Stream
from replay.compare.views import Quote
from tests.replay.compare.samples import at

TICKER = "KXBTC15M-T"


def write(data_dir: Path, log: str, messages: list[tuple[float, Message]]) -> None:
    with LogWriter(data_dir / "log" / log) as writer:
        for seconds, message in messages:
            writer.append([message], at(seconds))


def quote(seconds: float, bid_e6: int, ask_e6: int, ticker: str = TICKER, late_ms: int = 5) -> Message:
    venue_ns = at(seconds) - late_ms * 1_000_000
    return MarketQuoteChanged(ticker, 1, at(seconds), venue_ns, bid_e6, 100, ask_e6, 100)


def roles(*said: tuple[str, str]) -> list[tuple[float, Message]]:
    return [(n, MarketRoleChanged(series, at(n), ticker, "")) for n, (series, ticker) in enumerate(said)]


def test_the_running_market_is_the_one_said_last_of_its_series(tmp_path: Path) -> None:
    with closing(RunningMarket(tmp_path, "KXBTC15M")) as market:
        assert market.ticker() == ""
    write(tmp_path, "kalshi", roles(("KXBTC15M", "A"), ("KXBTC15M", "B"), ("KXBTCD", "C")))
    with closing(RunningMarket(tmp_path, "KXBTC15M")) as market:
        assert market.ticker() == "B"


def test_the_running_market_is_followed_from_one_to_the_next_and_to_none(tmp_path: Path) -> None:
    with closing(RunningMarket(tmp_path, "KXBTC15M")) as market:
        for said, then in ((("KXBTC15M", "A"), "A"), (("KXBTCD", "C"), "A"), (("KXBTC15M", ""), "")):
            write(tmp_path, "kalshi", roles(said))
            assert market.ticker() == then


def test_it_is_what_the_logs_say_of_these_markets_in_that_time(tmp_path: Path) -> None:
    health = FeedHealth("kalshi", 1, at(-1), True, 0, 1, 0, 0, 1.0, 1.0, 2.0, "")
    trade = MarketTraded(TICKER, 1, at(2.5), 0, "t", 410_000, 100, True, False)
    write(
        tmp_path,
        "kalshi",
        [
            (-1, health),
            (0, quote(0, 400_000, 420_000)),
            (1, quote(1, 400_000, 420_000, "OTHER")),
            (2, quote(2, 400_000, 420_000)),  # only the counts are new
            (2.5, trade),
            (3, quote(3, 410_000, 430_000)),
            (4, MarketBookWithdrawn(TICKER, 1, at(4), "closed")),
            (9, quote(9, 1, 2)),
        ],
    )
    signal = Signal("edge", TICKER, at(3), at(3), "yes", 430_000, 100, 0, 0.5, 0.1, 0.0, 1, [], [])
    write(tmp_path, "signal", [(3, signal)])
    found = Stream(tmp_path, {TICKER}, at(1.5), at(5))
    assert found.quotes[TICKER] == [
        Quote(at(0), 400_000, 420_000), Quote(at(3), 410_000, 430_000), Quote(at(4), -1, -1),
    ]  # fmt: skip
    assert found.trades[TICKER] == 1
    assert found.latency_ms[TICKER] == [3.0, 3.0]
    assert found.opportunities[TICKER] == [Opportunity(at(3), "edge", "yes", 430_000)]
