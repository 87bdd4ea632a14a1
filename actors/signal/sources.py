"""Which logs the signal actor reads."""

from typing import Final

INDEX_LOG: Final = "brti"
MARKET_LOG: Final = "kalshi"
