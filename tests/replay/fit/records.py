"""Made markets written into real logs, as the actors write them."""

from collections.abc import Sequence
from pathlib import Path

from messages import ActorStarted, FairValue, Indicators, MarketDefined, Message
from messages.log import LogWriter
from replay.fit.dataset import Market
from tests.messages.log.samples import QUIET

SESSION = "made"


def started(name: str, at_ns: int, session: str = SESSION, speed: float = 1.0) -> ActorStarted:
    return ActorStarted(name, session, 7, at_ns, "1", f'{{"speed": {speed}, "mode": "sim"}}')


def defined(market: Market, result: str = "") -> MarketDefined:
    return MarketDefined(
        market.ticker, market.ticker, "KXBTC15M", market.open_ns, market.open_ns, market.close_ns,
        "finalized" if result else "active", "greater_or_equal", 84_000_000_000, "rest", result, -1, [],
        "quadratic", "1",
    )  # fmt: skip


def fair(market: Market, place: int, withheld: str = "") -> FairValue:
    """Of one sample of the market."""
    at_ns = int(market.at_ns[place])
    probability = -1.0 if withheld else float(market.probability[place])
    return FairValue(
        market.ticker, at_ns, at_ns, probability, 84_000.0, 84_000_000_000,
        (market.close_ns - at_ns) / 1e9, 0, 0.0, 5e-5,
        int(market.bid_e6[place]), 500, int(market.ask_e6[place]), 500, 0.0, 0.0, [], [], withheld,
    )  # fmt: skip


def indicators(market: Market, place: int, fair_seq: int) -> Indicators:
    at_ns = int(market.at_ns[place])
    return Indicators(market.ticker, at_ns, at_ns, fair_seq, market.values[place].tolist(), [], [])


def record(data_dir: Path, markets: Sequence[Market]) -> None:
    """One session in which all of this was said."""
    begin_ns = min(market.open_ns for market in markets)
    data_dir.mkdir(parents=True, exist_ok=True)
    (data_dir / "mode").write_text("sim\n")
    with LogWriter(data_dir / "log" / "supervisor", QUIET) as writer:
        writer.append([started("supervisor", begin_ns)], begin_ns)
    with LogWriter(data_dir / "log" / "kalshi", QUIET) as writer:
        for market in markets:
            writer.append([defined(market)], market.open_ns)
            if market.known_ns:
                writer.append([defined(market, "yes" if market.outcome else "no")], market.known_ns)
    with LogWriter(data_dir / "log" / "signal", QUIET) as writer:
        writer.append([started("signal", begin_ns)], begin_ns)
        for market in markets:
            for place in range(len(market.at_ns)):
                said: list[Message] = [fair(market, place), indicators(market, place, writer.next_seq)]
                writer.append(said, int(market.at_ns[place]))
