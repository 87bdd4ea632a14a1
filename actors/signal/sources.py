"""Which logs the signal actor reads, and what of them."""

from typing import Final

from messages import (
    ActorStarted,
    BookWithdrawn,
    FeedClosed,
    FeedGap,
    FeedHealth,
    IndexCompared,
    IndexValue,
    MarketBookChanged,
    MarketBookSnapshot,
    MarketBookWithdrawn,
    MarketDefined,
    MarketQuoteChanged,
    MarketRoleChanged,
    MarketTraded,
    OfficialIndexPublished,
    PolymarketQuote,
    PolymarketWithdrawn,
    QuoteChanged,
    SettlementAverage,
    SettlementCompared,
    kinds,
)

INDEX_LOG: Final = "brti"
MARKET_LOG: Final = "kalshi"
POLYMARKET_LOG: Final = "polymarket"

OF_A_FEED: Final = (ActorStarted, FeedClosed, FeedGap, FeedHealth)
INDEX_KINDS: Final = kinds(IndexValue, IndexCompared, SettlementAverage, SettlementCompared)
MARKET_KINDS: Final = kinds(
    *OF_A_FEED, MarketBookChanged, MarketBookSnapshot, MarketBookWithdrawn, MarketDefined, MarketQuoteChanged,
    MarketRoleChanged, MarketTraded, OfficialIndexPublished,
)  # fmt: skip
POLYMARKET_KINDS: Final = kinds(*OF_A_FEED, PolymarketQuote, PolymarketWithdrawn)
VENUE_KINDS: Final = kinds(*OF_A_FEED, BookWithdrawn, QuoteChanged)


def wanted(lead_venues: list[str]) -> dict[str, frozenset[int]]:
    """Log name -> kinds, in reading order: what moves first is read first."""
    return {
        **dict.fromkeys(lead_venues, VENUE_KINDS),
        POLYMARKET_LOG: POLYMARKET_KINDS,
        MARKET_LOG: MARKET_KINDS,
        INDEX_LOG: INDEX_KINDS,
    }


def rollback_s(lead_venues: list[str], speed: float) -> dict[str, float]:
    """How far back reading begins: feeds restate what they know every 10 s, Kalshi's flows are of a minute,
    and of the index a closing minute must be seen again."""
    return {
        **dict.fromkeys((*lead_venues, POLYMARKET_LOG), 15.0),
        MARKET_LOG: 15.0 + 60.0 / speed,
        INDEX_LOG: 30.0 + 120.0 / speed,
    }
