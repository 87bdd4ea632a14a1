"""What the page shows of Kalshi's markets: quotes, fair value, and what was signalled, decided and filled."""

from typing import NamedTuple

from messages import (
    DOLLAR_E6,
    Decision,
    FairValue,
    FeedGap,
    MarketBookWithdrawn,
    MarketQuoteChanged,
    MarketRoleChanged,
    PaperFill,
    PaperSettled,
    Signal,
)
from replay.report.envelope import NAN, Envelope

LINE_POINTS = 12_000
MARK_POINTS = 1500


class Settled(NamedTuple):
    """A market that settled with a paper position. pnl_usd: fees paid."""

    at_ns: int
    ticker: str
    pnl_usd: float


class SeriesLines:
    """One series, of which one market runs at a time. Prices in dollars, of YES.

    marks: what was signalled, decided and filled, by what and side; a NO at p is drawn where it stands in YES
    prices, at 1 - p.
    """

    def __init__(self) -> None:
        self.bid = Envelope(LINE_POINTS, True)
        self.ask = Envelope(LINE_POINTS, True)
        self.fair = Envelope(LINE_POINTS, True)
        self.strike = Envelope(MARK_POINTS, True)
        self.marks: dict[tuple[str, str], Envelope] = {}
        self.running = ""

    def run(self, ticker: str, at_ns: int) -> None:
        """Another market runs: no line is drawn from the one to the other."""
        if ticker != self.running:
            self.running = ticker
            self.stop(at_ns)
            self.strike.stop(at_ns)

    def stop(self, at_ns: int) -> None:
        """There are no quotes and no fair value, until they come again."""
        for line in (self.bid, self.ask, self.fair):
            line.stop(at_ns)

    def mark(self, what: str, side: str, at_ns: int, price_e6: int, note: str) -> None:
        """Something happened at a price of this side."""
        usd = price_e6 / DOLLAR_E6
        marks = self.marks.setdefault((what, side), Envelope(MARK_POINTS))
        marks.add(at_ns, usd if side == "yes" else 1.0 - usd, note)


class MarketLines:
    """All series that were watched, and what the paper account settled."""

    def __init__(self) -> None:
        self.series: dict[str, SeriesLines] = {}
        self.settled: list[Settled] = []
        self._running: dict[str, SeriesLines] = {}

    def role(self, log: str, message: MarketRoleChanged, at_ns: int) -> None:
        """Another market of a series runs now."""
        self._run(message.series, message.running, message.at_ns)

    def quote(self, log: str, message: MarketQuoteChanged, at_ns: int) -> None:
        """Take a quote of the market that runs."""
        lines = self._running.get(message.ticker)
        if lines is not None:
            at_ns = message.recv_ns
            lines.bid.add(at_ns, message.bid_e6 / DOLLAR_E6 if message.bid_e6 >= 0 else NAN)
            lines.ask.add(at_ns, message.ask_e6 / DOLLAR_E6 if message.ask_e6 >= 0 else NAN)

    def withdrawn(self, log: str, message: MarketBookWithdrawn, at_ns: int) -> None:
        """The market's book is not trusted any more."""
        lines = self._running.get(message.ticker)
        if lines is not None:
            lines.bid.stop(message.at_ns)
            lines.ask.stop(message.at_ns)

    def gap(self, log: str, message: FeedGap, at_ns: int) -> None:
        """Kalshi was not heard."""
        if message.from_ns and message.venue == "kalshi":
            for lines in self.series.values():
                lines.bid.stop(message.from_ns)
                lines.ask.stop(message.from_ns)

    def fair(self, log: str, message: FairValue, at_ns: int) -> None:
        """Take a fair value; one that is withheld breaks the line."""
        if not message.ticker:
            return
        lines = self._running.get(message.ticker)
        if lines is None:  # the record begins behind the moment at which it began to run
            lines = self._run(_series(message.ticker), message.ticker, message.at_ns)
        if message.withheld:
            lines.fair.stop(message.at_ns)
        else:
            lines.fair.add(message.at_ns, message.probability)
        if message.strike_e6 > 0:
            lines.strike.add(message.at_ns, message.strike_e6 / DOLLAR_E6)

    def signal(self, log: str, message: Signal, at_ns: int) -> None:
        """Take a signal."""
        what = _what(message.side, message.price_e6)
        note = f"signal {message.signal_kind}: {what}, edge {message.edge_usd * 100:+.2f} c"
        self._mark("signal", message.ticker, message.side, message.at_ns, message.price_e6, note)

    def decision(self, log: str, message: Decision, at_ns: int) -> None:
        """Take a decision."""
        note = (
            f"decision: {message.count_e2 / 100:g} {_what(message.side, message.price_e6)}, edge "
            f"{message.edge_usd * 100:+.2f} c, by {', '.join(message.reasons)}"
        )
        self._mark("decision", message.ticker, message.side, message.at_ns, message.price_e6, note)

    def fill(self, log: str, message: PaperFill, at_ns: int) -> None:
        """Take a paper fill."""
        what = "bought" if message.action == "buy" else "sold"
        note = f"paper {what} {message.count_e2 / 100:g} {_what(message.side, message.price_e6)}"
        self._mark(what, message.ticker, message.side, message.at_ns, message.price_e6, note)

    def settle(self, log: str, message: PaperSettled, at_ns: int) -> None:
        """Take what a market brought."""
        self.settled.append(Settled(message.at_ns, message.ticker, message.pnl_e6 / DOLLAR_E6))

    def ended(self, at_ns: int) -> None:
        """A session is over: nothing holds beyond it."""
        for lines in self.series.values():
            lines.stop(at_ns)
            lines.strike.stop(at_ns)

    def main(self) -> str:
        """The series with the most fair values, else with the most quotes; empty where there is none."""
        counts = {name: (lines.fair.count, lines.bid.count) for name, lines in self.series.items()}
        return max(counts, key=lambda name: counts[name], default="")

    def _run(self, series: str, ticker: str, at_ns: int) -> SeriesLines:
        lines = self.series.setdefault(series, SeriesLines())
        self._running.pop(lines.running, None)
        lines.run(ticker, at_ns)
        if ticker:
            self._running[ticker] = lines
        return lines

    def _mark(self, what: str, ticker: str, side: str, at_ns: int, price_e6: int, note: str) -> None:
        lines = self.series.setdefault(_series(ticker), SeriesLines())
        lines.mark(what, side, at_ns, price_e6, f"{ticker}\n{note}")


def _series(ticker: str) -> str:
    return ticker.split("-")[0]


def _what(side: str, price_e6: int) -> str:
    return f"{side} at ${price_e6 / DOLLAR_E6:.4g}"
