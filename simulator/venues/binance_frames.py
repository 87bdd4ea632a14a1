"""What Binance writes on its stream: raw events, each wrapped once more for combined streams."""

from simulator.venues.batch import Levels
from simulator.venues.market import Deal, Market
from simulator.venues.notation import padded

_DAY_MS = 86_400_000


def price_text(ticks: int) -> str:
    return padded(ticks, 2) + "000000"  # every price has eight decimals


def size_text(lots: int) -> str:
    return padded(lots, 8)


def rows(levels: Levels) -> str:
    return ",".join([f'["{price_text(price)}","{size_text(size)}"]' for price, size in levels])


def wrapped(stream: str, event: str) -> str:
    return f'{{"stream":"{stream}","data":{event}}}'


def depth_update(symbol: str, first: int, last: int, bids: Levels, asks: Levels, now_ns: int) -> str:
    return (
        f'{{"e":"depthUpdate","E":{now_ns // 1_000_000},"s":"{symbol}","U":{first},"u":{last},'
        f'"b":[{rows(bids)}],"a":[{rows(asks)}]}}'
    )


def partial_depth(last: int, bids: Levels, asks: Levels) -> str:
    return f'{{"lastUpdateId":{last},"bids":[{rows(bids)}],"asks":[{rows(asks)}]}}'


def book_ticker(symbol: str, last: int, touch: Levels) -> str:
    """touch: best bid and best ask with their sizes."""
    (bid, bid_size), (ask, ask_size) = touch
    return (
        f'{{"u":{last},"s":"{symbol}","b":"{price_text(bid)}","B":"{size_text(bid_size)}",'
        f'"a":"{price_text(ask)}","A":"{size_text(ask_size)}"}}'
    )


def trade(symbol: str, deal: Deal) -> str:
    at_ms = deal.at_ns // 1_000_000
    return (
        f'{{"e":"trade","E":{at_ms},"s":"{symbol}","t":{deal.trade_id},"p":"{price_text(deal.price)}",'
        f'"q":"{size_text(deal.size)}","T":{at_ms},"m":{_buyer_is_maker(deal)},"M":true}}'
    )


def agg_trade(symbol: str, deal: Deal) -> str:
    """Every trade here is one order's alone, so each is an aggregate of one."""
    at_ms, number = deal.at_ns // 1_000_000, deal.trade_id
    return (
        f'{{"e":"aggTrade","E":{at_ms},"s":"{symbol}","a":{number},"p":"{price_text(deal.price)}",'
        f'"q":"{size_text(deal.size)}","f":{number},"l":{number},"T":{at_ms},'
        f'"m":{_buyer_is_maker(deal)},"M":true}}'
    )


def day_ticker(symbol: str, market: Market, now_ns: int) -> str:
    deal, now_ms = market.last(), now_ns // 1_000_000
    (bid, bid_size), (ask, ask_size) = market.book.bids(1) + market.book.asks(1)
    count = _trades_a_day(market)
    return (
        f'{{"e":"24hrTicker","E":{now_ms},"s":"{symbol}","p":"{_signed(deal.price - market.day_open)}",'
        f'"P":"{change_percent(market)}","w":"{price_text(market.vwap(now_ns))}",'
        f'"x":"{price_text(market.day_open)}","c":"{price_text(deal.price)}","Q":"{size_text(deal.size)}",'
        f'"b":"{price_text(bid)}","B":"{size_text(bid_size)}","a":"{price_text(ask)}",'
        f'"A":"{size_text(ask_size)}",{_day(market, now_ns)},"O":{now_ms - _DAY_MS},"C":{now_ms},'
        f'"F":{deal.trade_id - count + 1},"L":{deal.trade_id},"n":{count}}}'
    )


def mini_ticker(symbol: str, market: Market, now_ns: int) -> str:
    return (
        f'{{"e":"24hrMiniTicker","E":{now_ns // 1_000_000},"s":"{symbol}",'
        f'"c":"{price_text(market.last().price)}",{_day(market, now_ns)}}}'
    )


def rest_ticker(symbol: str, market: Market, now_ns: int) -> dict[str, object]:
    """The same day as the REST page has it."""
    deal, now_ms = market.last(), now_ns // 1_000_000
    (bid, bid_size), (ask, ask_size) = market.book.bids(1) + market.book.asks(1)
    count = _trades_a_day(market)
    return {
        "symbol": symbol,
        "priceChange": _signed(deal.price - market.day_open),
        "priceChangePercent": change_percent(market),
        "weightedAvgPrice": price_text(market.vwap(now_ns)),
        "prevClosePrice": price_text(market.day_open),
        "lastPrice": price_text(deal.price),
        "lastQty": size_text(deal.size),
        "bidPrice": price_text(bid),
        "bidQty": size_text(bid_size),
        "askPrice": price_text(ask),
        "askQty": size_text(ask_size),
        "openPrice": price_text(market.day_open),
        "highPrice": price_text(market.day_high),
        "lowPrice": price_text(market.day_low),
        "volume": size_text(market.day_volume(now_ns)),
        "quoteVolume": size_text(market.day_turnover(now_ns) // 100),  # ticks are cents
        "openTime": now_ms - _DAY_MS,
        "closeTime": now_ms,
        "firstId": deal.trade_id - count + 1,
        "lastId": deal.trade_id,
        "count": count,
    }


def change_percent(market: Market) -> str:
    return f"{(market.last().price - market.day_open) / market.day_open * 100:.3f}"


def shutdown(now_ns: int) -> str:
    return f'{{"e":"serverShutdown","E":{now_ns // 1_000_000}}}'


def _day(market: Market, now_ns: int) -> str:
    return (
        f'"o":"{price_text(market.day_open)}","h":"{price_text(market.day_high)}",'
        f'"l":"{price_text(market.day_low)}","v":"{size_text(market.day_volume(now_ns))}",'
        f'"q":"{size_text(market.day_turnover(now_ns) // 100)}"'
    )


def _trades_a_day(market: Market) -> int:
    return market.last().trade_id - market.profile.first_trade_id


def _signed(ticks: int) -> str:
    return f"-{price_text(-ticks)}" if ticks < 0 else price_text(ticks)


def _buyer_is_maker(deal: Deal) -> str:
    return "true" if deal.taker == "sell" else "false"
