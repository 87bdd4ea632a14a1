"""Which logs the paper trader reads."""

from typing import Final

SIGNAL_LOG: Final = "signal"
MARKET_LOG: Final = "kalshi"
