"""The `msg` bodies of the stream, as JSON text. Shapes as docs.kalshi.com and captures have them."""

import json
from typing import Any

from simulator.kalshi.clock import MarketClock, iso
from simulator.kalshi.contract_book import YES, Delta
from simulator.kalshi.documents import EXCHANGE_INDEX, netting, rules, strike_fields, subtitles
from simulator.kalshi.index import INDEX_ID, WINDOW, OfficialIndex, dollars
from simulator.kalshi.ladder import count_text, price_text
from simulator.kalshi.market import Market, Traded


def text(fields: Any) -> str:
    """Compact JSON."""
    return json.dumps(fields, separators=(",", ":"))


def snapshot(market: Market, yes_prices: bool) -> str:
    """Both sides ascending, the key of an empty side absent. yes_prices: the no side in YES prices."""
    ladder, book = market.ladder, market.book
    fields: dict[str, Any] = {"market_ticker": market.ticker, "market_id": market.market_id}
    yes = [[ladder.yes_text[n], count_text(size)] for n, size in enumerate(book.yes) if size]
    if yes_prices:
        no = [[ladder.yes_text[n], count_text(size)] for n, size in enumerate(book.no) if size]
    else:
        no = [[ladder.no_text[n], count_text(size)] for n, size in enumerate(book.no) if size][::-1]
    if yes:
        fields["yes_dollars_fp"] = yes
    if no:
        fields["no_dollars_fp"] = no
    return text(fields)


def empty_snapshot(ticker: str) -> str:
    """The snapshot of a market that nobody knows."""
    return text({"market_ticker": ticker, "market_id": ""})


def delta(market: Market, change: Delta, now_ns: int) -> tuple[str, str]:
    """One level's change, with its own price and, for subscribers with use_yes_price, in YES prices."""
    ladder = market.ladder
    head = f'{{"market_ticker":"{market.ticker}","market_id":"{market.market_id}","price_dollars":"'
    tail = (
        f'","delta_fp":"{count_text(change.change)}","side":"{change.side}",'
        f'"ts":"{iso(now_ns)}","ts_ms":{now_ns // 1_000_000}}}'
    )
    in_yes = f"{head}{ladder.yes_text[change.rung]}{tail}"
    if change.side == YES:
        return in_yes, in_yes
    return f"{head}{ladder.no_text[change.rung]}{tail}", in_yes


def trade(market: Market, traded: Traded) -> str:
    taker, rung, count = traded.print
    return text(
        {
            "trade_id": traded.trade_id,
            "market_ticker": market.ticker,
            "yes_price_dollars": market.ladder.yes_text[rung],
            "no_price_dollars": market.ladder.no_text[rung],
            "count_fp": count_text(count),
            "taker_side": taker,
            "taker_outcome_side": taker,
            "taker_book_side": "bid" if taker == YES else "ask",
            "is_block_trade": False,
            "ts": traded.at_ns // 1_000_000_000,
            "ts_ms": traded.at_ns // 1_000_000,
        }
    )


def ticker(market: Market, now_ns: int) -> str:
    bid, ask, bid_size, ask_size = market.quote_e4()
    return text(
        {
            "market_ticker": market.ticker,
            "market_id": market.market_id,
            "price_dollars": price_text(market.last_e4()),
            "yes_bid_dollars": price_text(bid),
            "yes_ask_dollars": price_text(ask),
            "yes_bid_size_fp": count_text(bid_size),
            "yes_ask_size_fp": count_text(ask_size),
            "last_trade_size_fp": count_text(market.last_count),
            "volume_fp": count_text(market.volume),
            "open_interest_fp": count_text(market.open_interest),
            "dollar_volume": market.turnover_e6 // 1_000_000,
            "dollar_open_interest": market.open_interest // 200,
            "ts": now_ns // 1_000_000_000,
            "ts_ms": now_ns // 1_000_000,
            "time": iso(now_ns),
        }
    )


def event_created(market: Market, title: str) -> str:
    """`event_lifecycle`."""
    return text(
        {
            "event_ticker": market.event_ticker,
            "exchange_index": EXCHANGE_INDEX,
            "title": title,
            "subtitle": iso(market.close_ns),
            "collateral_return_type": netting(market),
            "series_ticker": market.series,
        }
    )


def fee_update(event_ticker: str, fee_type: str | None, multiplier: float | None) -> str:
    """`event_fee_update`."""
    return text(
        {
            "event_ticker": event_ticker,
            "fee_type_override": fee_type,
            "fee_multiplier_override": multiplier,
        }
    )


def created(market: Market, clock: MarketClock, title: str) -> str:
    yes_title, no_title = subtitles(market)
    primary, secondary = rules(market, clock)
    expected_ns = market.close_ns + clock.seconds_ns(300)
    return text(
        {
            "event_type": "created",
            "market_ticker": market.ticker,
            "exchange_index": EXCHANGE_INDEX,
            "open_ts": market.open_ns // 1_000_000_000,
            "close_ts": market.close_ns // 1_000_000_000,
            "additional_metadata": {
                "name": title,
                "title": title,
                "yes_sub_title": yes_title,
                "no_sub_title": no_title,
                "rules_primary": primary,
                "rules_secondary": secondary,
                "can_close_early": True,
                "event_ticker": market.event_ticker,
                "expected_expiration_ts": expected_ns // 1_000_000_000,
                **strike_fields(market),
            },
            "price_level_structure": market.ladder.name,
            "price_ranges": market.ladder.ranges,
        }
    )


def struck(market: Market) -> str:
    """`metadata_updated` with the strike."""
    return text(
        {
            "event_type": "metadata_updated",
            "market_ticker": market.ticker,
            **strike_fields(market),
            "yes_sub_title": subtitles(market)[0],
        }
    )


def determined(market: Market) -> str:
    return text(
        {
            "market_ticker": market.ticker,
            "determination_ts": market.determined_ns // 1_000_000_000,
            "result": market.result,
            "settlement_value": "1.0000" if market.result == YES else "0.0000",
            "event_type": "determined",
        }
    )


def settled(market: Market) -> str:
    return text(
        {
            "market_ticker": market.ticker,
            "settled_ts": market.finalized_ns // 1_000_000_000,
            "event_type": "settled",
        }
    )


def switched(market: Market, off: bool) -> str:
    """`deactivated` or `activated`."""
    return text(
        {
            "market_ticker": market.ticker,
            "is_deactivated": off,
            "event_type": "deactivated" if off else "activated",
        }
    )


def index_value(index: OfficialIndex, clock: MarketClock, second: int, now_ns: int) -> str:
    """`cfbenchmarks_value`: one value, the mean of the last minute, and in a window's last minute the
    running settlement average."""
    stamp_ns = clock.stamp_ns(second)
    average, size = index.trailing_average(second)
    fields: dict[str, Any] = {
        "index_id": INDEX_ID,
        "received_at": now_ns // 1_000_000,
        "data": text(
            {
                "type": "value",
                "time": stamp_ns // 1_000_000,
                "id": INDEX_ID,
                "value": dollars(index.cents(second)),
            }
        ),
        "avg_60s_data": averaged(average, size, stamp_ns - clock.seconds_ns(WINDOW), stamp_ns),
    }
    # The quarter hour that this second belongs to ends at its close, the close itself included.
    close = -(-second // 900) * 900
    if close - WINDOW < second:
        average, size = index.window_average(second, close)
        fields["last_60s_windowed_average_15min"] = averaged(
            average, size, clock.stamp_ns(close - WINDOW), now_ns
        )
    return text(fields)


def fast_index_value(cents: int, stamp_ns: int, now_ns: int) -> str:
    """`cfbenchmarks_value_5hz`."""
    value = dollars(cents)
    data = {"type": "value", "time": stamp_ns // 1_000_000, "id": INDEX_ID, "value": value}
    return text(
        {
            "index_id": INDEX_ID,
            "value_usd": f"{value}000000",
            "source_ts_ms": stamp_ns // 1_000_000,
            "received_at": now_ns // 1_000_000,
            "data": text(data),
        }
    )


def averaged(value_usd: float, size: int, begin_ns: int, end_ns: int) -> dict[str, Any]:
    """A mean of so many values and the stretch of time it is of."""
    return {
        "value": f"{value_usd:.8f}",
        "window_size": size,
        "window_start_ts_ms": begin_ns // 1_000_000,
        "window_end_ts_exclusive": end_ns // 1_000_000,
    }
