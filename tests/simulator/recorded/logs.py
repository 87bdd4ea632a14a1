"""A recorded session made by hand: books that move, trades, a market, index values, a hole."""

from collections.abc import Sequence
from pathlib import Path

from messages import (
    ActorStarted,
    BookChanged,
    BookSnapshot,
    BookWithdrawn,
    DayVolume,
    FeedClosed,
    Level,
    MarketBookChanged,
    MarketBookSnapshot,
    MarketDefined,
    MarketTraded,
    Message,
    OfficialIndexPublished,
    TradePrinted,
)
from messages.log import LogWriter
from simulator.recorded.main import Recording
from simulator.settings import VENUES
from tests.messages.log.samples import QUIET

S = 1_000_000_000
T0_NS = 1_786_941_900 * S
"""When the session begins: 2026-08-17T04:45:00Z, a quarter hour's beginning."""
EXCHANGES = VENUES[1:]
TICKER = "KXBTC15M-26AUG170100-00"
USD_E8 = 10**8
BTC_E8 = 10**8
LEVELS = 60

Timed = tuple[float, Message]
"""A message and the second of the session in which it was appended."""


def write(log_dir: Path, timed: Sequence[Timed]) -> None:
    with LogWriter(log_dir, QUIET) as writer:
        for at_s, message in timed:
            writer.append([message], at(at_s))


def at(at_s: float) -> int:
    return T0_NS + round(at_s * S)


def recording(
    data_dir: Path, speed: float = 1.0, from_s: float = 0.0, market_speed: float = 1.0
) -> Recording:
    return Recording(data_dir / "log", T0_NS, at(1e6), at(from_s), speed, market_speed)


def symbol(venue: str) -> str:
    return "BTC-USDT" if venue == "binance" else "BTC-USD"


def levels(best_usd: int, step_usd: int) -> list[Level]:
    return [((best_usd + n * step_usd) * USD_E8, (n + 1) * BTC_E8 // 100) for n in range(LEVELS)]


def started(name: str) -> ActorStarted:
    return ActorStarted(name, "then", 1, T0_NS, "0", "{}")


def snapshot(venue: str, bid_usd: int = 60_000, checkpoint: bool = False) -> BookSnapshot:
    bids, asks = levels(bid_usd, -1), levels(bid_usd + 1, 1)
    return BookSnapshot(venue, symbol(venue), 1, T0_NS, T0_NS, bids, asks, checkpoint)


def changed(venue: str, bids: list[Level], asks: list[Level]) -> BookChanged:
    return BookChanged(venue, symbol(venue), 2, T0_NS, T0_NS, bids, asks)


def withdrawn(venue: str, reason: str = "a hole in the sequence") -> BookWithdrawn:
    return BookWithdrawn(venue, symbol(venue), 2, T0_NS, reason)


def closed(venue: str, fault: str = "network") -> FeedClosed:
    return FeedClosed(venue, 1, T0_NS, "the line broke", fault)


def traded(venue: str, price_usd: int = 60_000, size_e8: int = 1_000_000) -> TradePrinted:
    return TradePrinted(venue, symbol(venue), 2, T0_NS, T0_NS, "7", price_usd * USD_E8, size_e8, True)


def volume(venue: str, btc: int) -> DayVolume:
    return DayVolume(venue, symbol(venue), 2, T0_NS, btc * BTC_E8)


def moving(venue: str, moves: int, over_s: float) -> list[Timed]:
    """A book that moves up a dollar at a time, with a trade before each, and its volume."""
    out: list[Timed] = [(0.0, started(venue)), (0.05, volume(venue, 5_000)), (0.1, snapshot(venue))]
    for n in range(moves):
        bid_usd = 60_000 + n
        at_s = 0.2 + n * over_s / moves
        out.append((at_s, traded(venue, bid_usd + 1)))
        gone, fresh = (bid_usd + 1) * USD_E8, (bid_usd + 1) * USD_E8
        far = (bid_usd + 1 + LEVELS) * USD_E8
        near = (fresh, (n + 3) * 12_345)
        out.append(
            (at_s, changed(venue, [near, ((bid_usd - LEVELS + 1) * USD_E8, 0)], [(gone, 0), (far, 7)]))
        )
    return out


def defined(
    status: str = "active",
    strike_e6: int = 60_000_000_000,
    strike_source: str = "lifecycle",
    result: str = "",
    expiration_e6: int = -1,
    ticker: str = TICKER,
) -> MarketDefined:
    return MarketDefined(
        ticker=ticker, event_ticker="KXBTC15M-26AUG170100", series=ticker.partition("-")[0], at_ns=T0_NS,
        open_ns=T0_NS, close_ns=T0_NS + 900 * S, status=status, strike_type="greater_or_equal",
        strike_e6=strike_e6, strike_source=strike_source, result=result, expiration_e6=expiration_e6,
        ticks=[(0, 100_000, 1_000), (100_000, 900_000, 10_000), (900_000, 1_000_000, 1_000)],
        fee_type="quadratic", fee_multiplier="1",
    )  # fmt: skip


def contract_book(bids: list[Level], asks: list[Level]) -> MarketBookSnapshot:
    return MarketBookSnapshot(TICKER, 1, T0_NS, T0_NS, 1, 1, bids, asks, False)


def contract_change(is_bid: bool, price_e6: int, count_e2: int, change_e2: int) -> MarketBookChanged:
    return MarketBookChanged(TICKER, 2, T0_NS, T0_NS, 1, 2, is_bid, price_e6, count_e2, change_e2)


def contract_trade(price_e6: int, count_e2: int) -> MarketTraded:
    return MarketTraded(TICKER, 2, T0_NS, T0_NS, f"t{count_e2}", price_e6, count_e2, True, False)


def index(at_s: float, cents: int, hz: int = 1, window: tuple[int, int] = (-1, 0)) -> OfficialIndexPublished:
    value_e6 = cents * 10_000
    return OfficialIndexPublished("BRTI", 2, at(at_s), at(at_s), hz, value_e6, value_e6, *window)


def market_moves(moves: int, over_s: float) -> list[Timed]:
    """A contract whose best bid grows, shrinks and is traded, and the index beside it."""
    out: list[Timed] = [
        (0.0, started("kalshi")),
        (0.05, defined()),
        (0.1, contract_book([(480_000, 5_000), (95_000, 700)], [(520_000, 4_000), (905_000, 900)])),
    ]
    for n in range(moves):
        at_s = 0.2 + n * over_s / moves
        was, now = 5_000 + n * 25, 5_000 + (n + 1) * 25
        out.append((at_s, contract_change(True, 480_000, now, now - was)))
        out.append((at_s, contract_change(False, 520_000, 3_999 - n, -1)))
        out.append((at_s, contract_trade(520_000, 100 + n)))
    values: list[Timed] = [
        (second + 0.01, index(second, 6_000_000 + second)) for second in range(1, int(over_s))
    ]
    return sorted(out + values, key=lambda timed: timed[0])
