"""The frames of Crypto.com's market stream, as text.

Source: exchange-developer.crypto.com/exchange/v1/docs and frames recorded in June and September 2026.
"""

import orjson

from simulator.venues.depth_view import Level
from simulator.venues.market import Deal, Market
from simulator.venues.notation import padded

SYMBOL = "BTC_USD"
PRICE_DECIMALS = 2
PUSH_ID = -1  # of what no request asked for
_MATCH_ID = 4_611_686_018_427_387_904


def accepted(number: object, method: str, channel: str) -> str:
    """Acknowledge a book, or the end of any subscription; ticker and trades answer with what they show."""
    return f'{{"id":{_json(number)},"method":"{method}","code":0,"channel":{_json(channel)}}}'


def refused(number: object, method: object, code: int, message: str, channel: object = None) -> str:
    about = "" if channel is None else f'"channel":{_json(channel)},'
    return f'{{"id":{_json(number)},"method":{_json(method)},"code":{code},{about}"message":"{message}"}}'


def heartbeat(at_ms: int) -> str:
    return f'{{"id":{at_ms},"method":"public/heartbeat","code":0}}'


def book_frame(depth: int, bids: list[Level], asks: list[Level], t_ms: int, tt_ms: int, u: int) -> str:
    """The whole book. t_ms: now; tt_ms: its last change; u: the update that it stands after."""
    sides = f'"asks":[{rows(asks)}],"bids":[{rows(bids)}]'
    return _book("book", depth, f'{sides},"t":{t_ms},"tt":{tt_ms},"u":{u},"cs":{_cs(u)}')


def update_frame(
    depth: int, bids: list[Level], asks: list[Level], t_ms: int, tt_ms: int, u: int, pu: int
) -> str:
    """Changed levels. pu: the u of the frame before."""
    sides = f'"update":{{"asks":[{rows(asks)}],"bids":[{rows(bids)}]}}'
    return _book("book.update", depth, f'{sides},"t":{t_ms},"tt":{tt_ms},"u":{u},"pu":{pu},"cs":{_cs(u)}')


def trade_frame(deal: Deal, number: object = PUSH_ID) -> str:
    return _push(
        f"trade.{SYMBOL}",
        "trade",
        f'"d":"{deal.trade_id}","t":{deal.at_ns // 10**6},"p":"{price_text(deal.price)}",'
        f'"q":"{size_text(deal.size)}","s":"{deal.taker.upper()}","i":"{SYMBOL}","m":"{match_id(deal)}"',
        number=number,
    )


def ticker_frame(market: Market, now_ns: int, number: object = PUSH_ID) -> str:
    (bid, bid_size), (ask, ask_size) = market.book.bids(1)[0], market.book.asks(1)[0]
    day = ticker_day(market, now_ns)
    return _push(
        f"ticker.{SYMBOL}",
        "ticker",
        f'"h":"{day["h"]}","l":"{day["l"]}","a":"{day["a"]}","c":"{day["c"]}",'
        f'"b":"{price_text(bid)}","bs":"{size_text(bid_size)}",'
        f'"k":"{price_text(ask)}","ks":"{size_text(ask_size)}",'
        f'"i":"{SYMBOL}","v":"{day["v"]}","vv":"{day["vv"]}","oi":"0","t":{now_ns // 10**6}',
        number=number,
    )


def ticker_day(market: Market, now_ns: int) -> dict[str, str]:
    """High, low, last, relative change, volume in bitcoin and in dollars of the last 24 hours."""
    last, opened = market.last().price, market.day_open
    return {
        "h": price_text(market.day_high),
        "l": price_text(market.day_low),
        "a": price_text(last),
        "v": padded(market.day_volume(now_ns) // 10**4, 4),
        "vv": padded(market.day_turnover(now_ns) // 10**8, 2),  # ticks are cents
        "c": f"{(last - opened) / opened:.4f}",
    }


def rows(levels: list[Level]) -> str:
    return ",".join([f'["{price}","{size}","{orders}"]' for price, size, orders in texts(levels)])


def texts(levels: list[Level]) -> list[tuple[str, str, str]]:
    """Price, size and number of orders of each level; a level that is gone has `0` of both."""
    return [
        (price_text(price), size_text(size), str(1 + size % 7)) if size else (price_text(price), "0", "0")
        for price, size in levels
    ]


def price_text(ticks: int) -> str:
    return padded(ticks, PRICE_DECIMALS)


def size_text(lots: int) -> str:
    return padded(lots, 8)


def match_id(deal: Deal) -> int:
    return _MATCH_ID + deal.maker_no % 10**9


def _book(channel: str, depth: int, record: str) -> str:
    return _push(f"book.{SYMBOL}.{depth}", channel, record, f'"depth":{depth},')


def _push(subscription: str, channel: str, record: str, more: str = "", number: object = PUSH_ID) -> str:
    return (
        f'{{"id":{_json(number)},"method":"subscribe","code":0,"result":{{"instrument_name":"{SYMBOL}",'
        f'"subscription":"{subscription}","channel":"{channel}",{more}"data":[{{{record}}}]}}}}'
    )


def _cs(u: int) -> int:
    # What the real one is made of nobody has found out; a signed number of 32 bits it is.
    return (u * 2_654_435_761) % 2**32 - 2**31


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
