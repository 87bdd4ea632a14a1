"""REST's objects: market, event, series, trade, order book. Shapes as docs.kalshi.com has them."""

from typing import Any

from simulator.kalshi.clock import MarketClock, iso, spoken_time
from simulator.kalshi.index import dollars
from simulator.kalshi.ladder import E4, count_text, price_text
from simulator.kalshi.market import FINALIZED, Market, Traded
from simulator.kalshi.roll import Series

EXCHANGE_INDEX = 2  # crypto and commodities
_RULES_SECONDARY = (
    "Not all cryptocurrency price data is the same. While checking a source like Google or Coinbase may "
    "help guide your decision, the price used to determine this market is based on CF Benchmarks' "
    "corresponding Real Time Index (RTI). At the last minute before expiration, 60 RTI prices are "
    "collected. The official and final value is the average of these prices"
)


def strike_text(cents: int) -> str:
    """`$63,441.03`."""
    return f"${cents / 100:,.2f}"


def strike_fields(market: Market) -> dict[str, Any]:
    """Strike type, strike and what else appears with it; nothing before it is known."""
    if market.strike_cents is None:
        return {}
    fields: dict[str, Any] = {
        "strike_type": "greater_or_equal" if market.at_least else "greater",
        "floor_strike": market.strike_cents / 100,
    }
    if market.at_least:
        fields["custom_strike"] = {"round_digits": "2"}
    return fields


def subtitles(market: Market) -> tuple[str, str]:
    """yes_sub_title and no_sub_title; the latter of a quarter hour never learns the strike."""
    if not market.at_least:
        text = f"${(market.strike_cents or 0) // 100 + 1:,} or above"
        return text, text
    if market.strike_cents is None:
        return "Target price: TBD", "Target price: TBD"
    return f"Target Price: {strike_text(market.strike_cents)}", "Target price: TBD"


def netting(market: Market) -> str:
    """collateral_return_type: the strikes of one hour are netted against each other."""
    return "" if market.at_least else "DIRECNET"


def rules(market: Market, clock: MarketClock) -> tuple[str, str]:
    """rules_primary and rules_secondary."""
    seconds = clock.speed > 1
    close = spoken_time(market.close_ns, seconds)
    if market.at_least:
        opened = spoken_time(market.open_ns, seconds)
        average = "the simple average of the sixty seconds of CF Benchmarks' BRTI before"
        primary = f"If {average} {close} is at least {average} {opened}, then the market resolves to Yes."
        return primary, f"{_RULES_SECONDARY}, rounded to the nearest 2 decimal places."
    strike = dollars(market.strike_cents or 0)
    primary = (
        "If the simple average of the sixty seconds of CF Benchmarks' Bitcoin Real-Time Index (BRTI) before "
        f"{close} is above {strike}, then the market resolves to Yes."
    )
    return primary, f"{_RULES_SECONDARY}."


def market_document(market: Market, clock: MarketClock) -> dict[str, Any]:
    """The market object of OpenAPI 3.32, without the fields removed before October 2026."""
    bid, ask, bid_size, ask_size = market.quote_e4()
    yes_title, no_title = subtitles(market)
    primary, secondary = rules(market, clock)
    expected = iso(market.close_ns + clock.seconds_ns(300))
    latest = iso(market.close_ns + 7 * 86_400 * 1_000_000_000)
    close = spoken_time(market.close_ns, clock.speed > 1)
    title = "BTC price up in next 15 mins?" if market.at_least else f"Bitcoin price at {close}?"
    document: dict[str, Any] = {
        "can_close_early": True,
        "close_time": iso(market.close_ns),
        "created_time": iso(market.created_ns),
        "event_ticker": market.event_ticker,
        "exchange_index": EXCHANGE_INDEX,
        "expected_expiration_time": expected,
        "expiration_time": latest,
        "expiration_value": dollars(market.settled_cents) if market.settled_cents is not None else "",
        "last_price_dollars": price_text(market.last_e4()),
        "latest_expiration_time": latest,
        "market_type": "binary",
        "no_ask_dollars": price_text(E4 - bid),
        "no_bid_dollars": price_text(E4 - ask),
        "no_sub_title": no_title,
        "notional_value_dollars": "1.0000",
        "occurrence_datetime": expected,
        "open_interest_fp": count_text(market.open_interest),
        "open_time": iso(market.open_ns),
        "previous_price_dollars": "0.0000",
        "previous_yes_ask_dollars": "0.0000",
        "previous_yes_bid_dollars": "0.0000",
        "price_level_structure": market.ladder.name,
        "price_ranges": market.ladder.ranges,
        "result": market.result,
        "rules_primary": primary,
        "rules_secondary": secondary,
        "settlement_bounds_type": "default",
        "settlement_timer_seconds": market.timer_s,
        "status": market.status,
        "ticker": market.ticker,
        "title": title,
        "updated_time": iso(market.updated_ns),
        "volume_24h_fp": count_text(market.volume),
        "volume_fp": count_text(market.volume),
        "yes_ask_dollars": price_text(ask),
        "yes_ask_size_fp": count_text(ask_size),
        "yes_bid_dollars": price_text(bid),
        "yes_bid_size_fp": count_text(bid_size),
        "yes_sub_title": yes_title,
        **strike_fields(market),
    }
    if not market.at_least:
        document["subtitle"] = yes_title
    if market.result:
        document["settlement_value_dollars"] = "1.0000" if market.result == "yes" else "0.0000"
    if market.status == FINALIZED:
        document["settlement_ts"] = iso(market.finalized_ns)
    return document


def orderbook_document(market: Market | None, depth: int = 0) -> dict[str, Any]:
    """Ascending bids of both sides, the best depth of them (0: all). An unknown market has empty sides."""
    if market is None:
        return {"yes_dollars": [], "no_dollars": []}
    ladder, book = market.ladder, market.book
    yes = [[ladder.yes_text[n], count_text(size)] for n, size in enumerate(book.yes) if size]
    no = [[ladder.no_text[n], count_text(size)] for n, size in enumerate(book.no) if size][::-1]
    return {"yes_dollars": yes[-depth:], "no_dollars": no[-depth:]}


def trade_document(market: Market, traded: Traded) -> dict[str, Any]:
    """One printed trade."""
    taker, rung, count = traded.print
    return {
        "count_fp": count_text(count),
        "created_time": iso(traded.at_ns),
        "is_block_trade": False,
        "no_price_dollars": market.ladder.no_text[rung],
        "taker_book_side": "bid" if taker == "yes" else "ask",
        "taker_outcome_side": taker,
        "taker_side": taker,
        "ticker": market.ticker,
        "trade_id": traded.trade_id,
        "yes_price_dollars": market.ladder.yes_text[rung],
    }


def event_document(markets: list[Market], series: Series) -> dict[str, Any]:
    """The event that these markets share."""
    first = markets[0]
    return {
        "category": "Crypto",
        "collateral_return_type": netting(first),
        "event_ticker": first.event_ticker,
        "exchange_index": EXCHANGE_INDEX,
        "last_updated_ts": iso(max(market.updated_ns for market in markets)),
        "mutually_exclusive": False,
        "product_metadata": None,
        "series_ticker": series.ticker,
        "settlement_sources": [{"name": "CF Benchmarks", "url": "https://www.cfbenchmarks.com"}],
        "strike_date": iso(first.close_ns),
        "strike_period": "",
        "sub_title": iso(first.close_ns),
        "title": series.title,
    }


def series_document(series: Series, markets: list[Market]) -> dict[str, Any]:
    """One series."""
    return {
        "additional_prohibitions": [],
        "categories": ["Crypto"],
        "category": "Crypto",
        "contract_terms_url": "https://assets.kalshi.com/contract_terms/CRYPTO.pdf",
        "contract_url": "https://assets.kalshi.com/regulatory/product-certifications/CRYPTO.pdf",
        "exchange_index": EXCHANGE_INDEX,
        "fee_multiplier": 1,
        "fee_type": "quadratic",
        "frequency": series.frequency,
        "last_updated_ts": iso(max((market.updated_ns for market in markets), default=0)),
        "product_metadata": None,
        "settlement_sources": [{"name": "CF Benchmarks", "url": "https://www.cfbenchmarks.com"}],
        "tags": ["15 min", "BTC"] if series.frequency == "fifteen_min" else ["Hourly", "BTC"],
        "ticker": series.ticker,
        "title": series.title,
        "volume_fp": count_text(sum(market.volume for market in markets)),
    }
