"""How each market ended, as far as it was recorded."""

import msgspec

from messages import MarketDefined

WON = {"yes": 1.0, "no": 0.0}


class Ended(msgspec.Struct, frozen=True):
    """Markets that were judged: how many, in how many windows (close times), settled, not settled as far as
    the record goes, settled otherwise than yes or no, and whose result was changed afterwards."""

    markets: int
    windows: int
    settled: int
    unsettled: int
    otherwise: int
    changed: int


class Outcomes:
    """Keeps the newest definition of each market, over all sessions."""

    def __init__(self) -> None:
        self._defined: dict[str, MarketDefined] = {}
        self._changed: set[str] = set()

    def take(self, defined: MarketDefined) -> None:
        """Take a definition. One without a result does not undo a result."""
        before = self._defined.get(defined.ticker)
        if before is not None and before.result:
            if not defined.result:
                return
            if before.result != defined.result:
                self._changed.add(defined.ticker)
        self._defined[defined.ticker] = defined

    def defined(self, ticker: str) -> MarketDefined | None:
        """What is known of a market."""
        return self._defined.get(ticker)

    def tickers(self) -> list[str]:
        """Of which something is known."""
        return list(self._defined)

    def yes(self, ticker: str) -> float:
        """1.0 if it settled YES, 0.0 if NO; NaN if not known, or neither."""
        defined = self._defined.get(ticker)
        return WON.get(defined.result, float("nan")) if defined is not None else float("nan")

    def sum_up(self, tickers: set[str]) -> Ended:
        """Count how these markets ended."""
        found = [defined for ticker in tickers if (defined := self._defined.get(ticker)) is not None]
        return Ended(
            markets=len(tickers),
            windows=len({defined.close_ns for defined in found}),
            settled=sum(defined.result in WON for defined in found),
            unsettled=len(tickers) - sum(bool(defined.result) for defined in found),
            otherwise=sum(bool(defined.result) and defined.result not in WON for defined in found),
            changed=len(self._changed & tickers),
        )
