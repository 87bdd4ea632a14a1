"""Kraken's data frames: numbers are JSON numbers, padded to the pair's precision."""

from simulator.venues.market import SIZE_DECIMALS, Deal, Market
from simulator.venues.notation import padded, rfc3339_us

SYMBOL = "BTC/USD"
PRICE_DECIMALS = 1

Level = tuple[int, int]


def status_frame(system: str, connection_id: int) -> str:
    """system: online, maintenance, cancel_only, post_only or limit_only."""
    return (
        '{"channel":"status","type":"update","data":[{"version":"2.0.10",'
        f'"system":"{system}","api_version":"v2","connection_id":{connection_id}}}]}}'
    )


def book_frame(kind: str, bids: list[Level], asks: list[Level], checksum: int, now_ns: int) -> str:
    """kind: snapshot or update. Levels are applied in the order given; size 0 removes."""
    bid_text = ",".join([_level(price, size) for price, size in bids])
    ask_text = ",".join([_level(price, size) for price, size in asks])
    return (
        f'{{"channel":"book","type":"{kind}","data":[{{"symbol":"{SYMBOL}","bids":[{bid_text}],'
        f'"asks":[{ask_text}],"checksum":{checksum},"timestamp":"{rfc3339_us(now_ns)}"}}]}}'
    )


def trade_frame(kind: str, deals: list[Deal]) -> str:
    """kind: snapshot or update; the newest trade comes last."""
    trades = ",".join([_trade(deal) for deal in deals])
    return f'{{"channel":"trade","type":"{kind}","data":[{trades}]}}'


def ticker_frame(kind: str, market: Market, now_ns: int) -> str:
    """kind: snapshot or update."""
    (bid, bid_qty), (ask, ask_qty) = market.book.bids(1)[0], market.book.asks(1)[0]
    last, opened = market.last().price, market.day_open
    change = (last - opened) / 10**PRICE_DECIMALS
    return (
        f'{{"channel":"ticker","type":"{kind}","data":[{{"symbol":"{SYMBOL}",'
        f'"bid":{_price(bid)},"bid_qty":{_qty(bid_qty)},"ask":{_price(ask)},"ask_qty":{_qty(ask_qty)},'
        f'"last":{_price(last)},"volume":{_qty(market.day_volume(now_ns))},'
        f'"vwap":{_price(market.vwap(now_ns))},"low":{_price(market.day_low)},"high":{_price(market.day_high)},'
        f'"change":{change:.1f},"change_pct":{(last - opened) / opened * 100:.2f},'
        f'"timestamp":"{rfc3339_us(now_ns)}"}}]}}'
    )


def _trade(deal: Deal) -> str:
    kind = "market" if deal.maker_no & 3 else "limit"
    return (
        f'{{"symbol":"{SYMBOL}","side":"{deal.taker}","price":{_price(deal.price)},"qty":{_qty(deal.size)},'
        f'"ord_type":"{kind}","trade_id":{deal.trade_id},"timestamp":"{rfc3339_us(deal.at_ns)}"}}'
    )


def _level(price: int, size: int) -> str:
    return f'{{"price":{_price(price)},"qty":{_qty(size)}}}'


def _price(ticks: int) -> str:
    return padded(ticks, PRICE_DECIMALS)


def _qty(lots: int) -> str:
    return padded(lots, SIZE_DECIMALS)
