"""Bullish's records, word for word: books, trades, ticks.

Source: AsyncAPI documents of 2026-08, frames of production of 2025 and of the test venue of 2026-09.
"""

from functools import lru_cache

import orjson

from simulator.venues.market import Deal, Market
from simulator.venues.notation import padded, rfc3339_ms

SYMBOL = "BTCUSD"
SHOWN_LEVELS = 200  # a side
_MAKERS_TOLD = 7  # one trade in so many is told of from the side of the maker's order


def milliseconds(at_ns: int) -> str:
    return str(at_ns // 1_000_000)


def price(ticks: int) -> str:
    return padded(ticks, 1) + "000"


def size(lots: int) -> str:
    return padded(lots, 8)


@lru_cache(maxsize=4 * SHOWN_LEVELS)  # of the four hundred levels of a frame few are new
def pair(ticks: int, lots: int) -> str:
    """One level in a flat row of prices and sizes."""
    return f'"{price(ticks)}","{size(lots)}"'


def level2(market: Market, first: int, last: int, stamp: str, now_ns: int) -> str:
    """The whole book. stamp: the engine's, as it is to be written."""
    bids = ",".join([pair(*level) for level in market.book.bids(SHOWN_LEVELS)])
    asks = ",".join([pair(*level) for level in market.book.asks(SHOWN_LEVELS)])
    return (
        f'{{"type":"snapshot","dataType":"V1TALevel2","data":{{"symbol":"{SYMBOL}","bids":[{bids}],'
        f'"asks":[{asks}],"sequenceNumberRange":[{first},{last}],'
        f'"datetime":"{rfc3339_ms(market.changed_ns)}","timestamp":"{stamp}",'
        f'"publishedAtTimestamp":"{milliseconds(now_ns)}"}}}}'
    )


def level1(kind: str, market: Market, number: int, now_ns: int) -> str:
    """The touch. kind: `snapshot` or `update`."""
    (bid,), (ask,) = market.book.bids(1), market.book.asks(1)
    return (
        f'{{"type":"{kind}","dataType":"V1TALevel1","data":{{"symbol":"{SYMBOL}","bid":[{pair(*bid)}],'
        f'"ask":[{pair(*ask)}],"sequenceNumber":"{number}","datetime":"{rfc3339_ms(market.changed_ns)}",'
        f'"timestamp":"{milliseconds(market.changed_ns)}","publishedAtTimestamp":"{milliseconds(now_ns)}"}}}}'
    )


def trades(kind: str, deals: list[Deal], now_ns: int) -> str:
    """kind: `snapshot` or `update`; deals: newest first, at least one."""
    listed = []
    for deal in deals:
        fields = {**trade_fields(deal), "publishedAtTimestamp": milliseconds(now_ns)}
        listed.append({key: fields[key] for key in _STREAMED})
    data = {
        "trades": listed,
        "createdAtTimestamp": milliseconds(deals[0].at_ns),
        "publishedAtTimestamp": milliseconds(now_ns),
        "symbol": SYMBOL,
    }
    return orjson.dumps({"type": kind, "dataType": "V1TAAnonymousTradeUpdate", "data": data}).decode()


_STREAMED = (
    "tradeId",
    "isTaker",
    "price",
    "createdAtTimestamp",
    "quantity",
    "publishedAtTimestamp",
    "side",
    "createdAtDatetime",
    "symbol",
)


def trade_fields(deal: Deal) -> dict[str, object]:
    """A trade as the REST page lists it."""
    is_taker = deal.trade_id % _MAKERS_TOLD != 0
    return {
        "tradeId": str(deal.trade_id),
        "symbol": SYMBOL,
        "price": price(deal.price),
        "quantity": size(deal.size),
        "quoteAmount": padded(deal.price * deal.size // 10**5, 4),
        "side": "BUY" if (deal.taker == "buy") == is_taker else "SELL",
        "isTaker": is_taker,
        "createdAtTimestamp": milliseconds(deal.at_ns),
        "createdAtDatetime": rfc3339_ms(deal.at_ns),
    }


def tick_fields(market: Market, now_ns: int) -> dict[str, object]:
    """What stream and page have in common. A tick is made anew only when something happens."""
    deal, opened = market.last(), market.day_open
    (bid, bid_size), (ask, ask_size) = market.book.bids(1)[0], market.book.asks(1)[0]
    change = deal.price - opened
    sign = "-" if change < 0 else ""
    return {
        "createdAtDatetime": rfc3339_ms(market.changed_ns),
        "createdAtTimestamp": milliseconds(market.changed_ns),
        "high": price(market.day_high),
        "low": price(market.day_low),
        "bestBid": price(bid),
        "bidVolume": size(bid_size),
        "bestAsk": price(ask),
        "askVolume": size(ask_size),
        "vwap": price(market.vwap(now_ns)),
        "open": price(opened),
        "close": price(deal.price),
        "last": price(deal.price),
        "change": sign + price(abs(change)),
        "percentage": f"{change / opened * 100:.2f}",
        "average": price((deal.price + opened) // 2),
        "baseVolume": size(market.day_volume(now_ns)),
        "quoteVolume": padded(market.day_turnover(now_ns) // 10**5, 4),
        "lastTradeDatetime": rfc3339_ms(deal.at_ns),
        "ammData": [],
    }


def tick(kind: str, market: Market, now_ns: int) -> str:
    """kind: `snapshot` or `update`."""
    data = {
        **tick_fields(market, now_ns),
        "publishedAtTimestamp": milliseconds(now_ns),
        "lastTradeSize": size(market.last().size),
        "symbol": SYMBOL,
        "type": "ticker",
        "currentPrice": price(market.last().price),
    }
    return orjson.dumps({"type": kind, "dataType": "V1TATickerResponse", "data": data}).decode()
