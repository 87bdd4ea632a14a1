"""Kalshi's public REST API, as docs.kalshi.com has it."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import orjson

from simulator.kalshi.clock import MarketClock, iso
from simulator.kalshi.documents import (
    EXCHANGE_INDEX,
    event_document,
    market_document,
    orderbook_document,
    series_document,
    trade_document,
)
from simulator.kalshi.keys import KeyRing
from simulator.kalshi.limits import TokenBucket
from simulator.kalshi.market import Market
from simulator.kalshi.queries import BadQueryError, Query
from simulator.kalshi.roll import ALL_SERIES
from simulator.server import Reply, Request
from simulator.settings import KalshiSettings

BASE = "/trade-api/v2"
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SERIES = {series.ticker: series for series in ALL_SERIES}
_CDN_S = 15


class Exchange(Protocol):
    """What REST shows."""

    clock: MarketClock
    trading: bool

    def markets(self) -> list[Market]: ...
    def find(self, ticker: str) -> Market | None: ...


class Rest:
    """Answers GETs below /trade-api/v2. A signature may be absent; one that is there must be right."""

    def __init__(self, exchange: Exchange, settings: KalshiSettings, keys: KeyRing) -> None:
        self._exchange = exchange
        self._settings = settings
        self._keys = keys
        self._buckets: dict[str, TokenBucket] = {}
        self._cache: dict[str, tuple[int, bytes]] = {}
        self._routes: dict[str, Callable[[Query], Any]] = {
            "/markets": self._markets,
            "/markets/orderbooks": self._orderbooks,
            "/markets/trades": self._trades,
            "/events": self._events,
            "/series": self._series_list,
            "/series/fee_changes": lambda query: {"series_fee_change_arr": []},
            "/events/fee_changes": lambda query: {"event_fee_changes": [], "cursor": ""},
            "/exchange/status": self._status,
            "/exchange/schedule": lambda query: {"schedule": _schedule()},
            "/account/endpoint_costs": lambda query: {"default_cost": 10, "endpoint_costs": []},
        }

    def answer(self, request: Request, now_ns: int) -> Reply:
        """The reply to one GET."""
        path = request.path
        if path.endswith("/") and len(path) > 1:
            return Reply(301, b"", {"Location": path.rstrip("/")})
        if "kalshi-access-key" in request.headers:
            reason = self._keys.refuses("GET", path, request.headers, now_ns // 1_000_000)
            if reason is not None:
                return self.unauthorised()
        caller = request.headers.get("kalshi-access-key", "")
        bucket = self._buckets.setdefault(
            caller, TokenBucket(self._settings.read_tokens_per_s, self._settings.read_bucket_tokens)
        )
        if not bucket.take(now_ns):
            return self._error(429, "too_many_requests", "too many requests")
        if not path.startswith(BASE):
            return self._error(404, "not_found", "not found")
        return self._routed(path.removeprefix(BASE), request.query, now_ns)

    def unauthorised(self) -> Reply:
        """401, as for a stream too."""
        return self._error(401, "token_authentication_failure", "token_authentication_failure")

    def _routed(self, path: str, pairs: list[tuple[str, str]], now_ns: int) -> Reply:
        cached = path == "/markets" or path.startswith("/series")
        key = f"{path}?{pairs}"
        if cached and self._settings.summary_cache_s > 0 and key in self._cache:
            at_ns, body = self._cache[key]
            age_s = (now_ns - at_ns) / 1e9
            if age_s < self._settings.summary_cache_s:
                return Reply(
                    200, body, {"Cache-Control": f"public, max-age={_CDN_S}", "Age": str(int(age_s))}
                )
        query = Query(pairs)
        try:
            document = self._find(path, query, now_ns)
        except BadQueryError as error:
            return self._error(400, "bad_request", "bad request", str(error))
        if document is None:
            return self._error(404, "not_found", "not found")
        body = orjson.dumps(document)
        if cached and self._settings.summary_cache_s > 0:
            self._cache[key] = now_ns, body
        headers: Mapping[str, str] = {"Cache-Control": f"public, max-age={_CDN_S}"} if cached else {}
        return Reply(200, body, headers)

    def _find(self, path: str, query: Query, now_ns: int) -> Any:
        route = self._routes.get(path)
        if route is not None:
            return route(query)
        match path.strip("/").split("/"):
            case ["markets", ticker]:
                market = self._exchange.find(ticker)
                return market and {"market": market_document(market, self._exchange.clock)}
            case ["markets", ticker, "orderbook"]:
                depth = query.bounded("depth", 0, 100, 0)
                return {"orderbook_fp": orderbook_document(self._exchange.find(ticker), depth)}
            case ["events", event_ticker]:
                return self._event(event_ticker, query)
            case ["series", ticker]:
                return self._series(ticker)
            case ["historical", "cutoff"]:
                return _cutoff(now_ns)
        return None

    def _markets(self, query: Query) -> dict[str, Any]:
        limit = query.bounded("limit", 0, 1000, 100)
        statuses = query.wanted_status()
        series, event = query.text("series_ticker"), query.text("event_ticker")
        tickers = {ticker for ticker in query.text("tickers").split(",") if ticker}
        found = [
            market
            for market in self._newest_first()
            if (not series or market.series == series)
            and (not event or market.event_ticker == event)
            and (not tickers or market.ticker in tickers)
            and (not statuses or market.status in statuses)
            and query.keeps(market)
        ]
        part, cursor = query.page(limit, len(found))
        clock = self._exchange.clock
        return {"markets": [market_document(market, clock) for market in found[part]], "cursor": cursor}

    def _newest_first(self) -> list[Market]:
        # Markets made in one go share their time of creation; the later close is the newer one.
        return sorted(
            self._exchange.markets(), key=lambda m: (m.created_ns, m.close_ns, m.ticker), reverse=True
        )

    def _orderbooks(self, query: Query) -> dict[str, Any]:
        tickers = query.all("tickers")
        if not 1 <= len(tickers) <= 100:
            raise BadQueryError("invalid tickers: between 1 and 100 are needed")
        books = [(ticker, orderbook_document(self._exchange.find(ticker))) for ticker in tickers]
        return {"orderbooks": [{"ticker": ticker, "orderbook_fp": book} for ticker, book in books]}

    def _trades(self, query: Query) -> dict[str, Any]:
        limit = query.bounded("limit", 1, 1000, 100)
        ticker, low, high = query.text("ticker"), query.integer("min_ts"), query.integer("max_ts")
        if query.text("is_block_trade") == "true":
            return {"trades": [], "cursor": ""}
        found = [
            (market, traded)
            for market in self._exchange.markets()
            if not ticker or market.ticker == ticker
            for traded in market.trades
            if (low is None or traded.at_ns >= low * 1_000_000_000)
            and (high is None or traded.at_ns <= high * 1_000_000_000)
        ]
        found.sort(key=lambda pair: pair[1].at_ns, reverse=True)
        part, cursor = query.page(limit, len(found))
        return {"trades": [trade_document(*pair) for pair in found[part]], "cursor": cursor}

    def _events(self, query: Query) -> dict[str, Any]:
        limit = query.bounded("limit", 1, 200, 200)
        statuses, series = query.wanted_status(), query.text("series_ticker")
        nested = query.text("with_nested_markets") == "true"
        events: dict[str, list[Market]] = {}
        for market in self._newest_first():
            if (not series or market.series == series) and (not statuses or market.status in statuses):
                events.setdefault(market.event_ticker, []).append(market)
        part, cursor = query.page(limit, len(events))
        documents = [self._event_fields(markets, nested) for markets in list(events.values())[part]]
        return {"events": documents, "milestones": [], "cursor": cursor}

    def _event(self, event_ticker: str, query: Query) -> dict[str, Any] | None:
        markets = [m for m in self._exchange.markets() if m.event_ticker == event_ticker]
        if not markets:
            return None
        nested = query.text("with_nested_markets") == "true"
        clock = self._exchange.clock
        documents = [market_document(market, clock) for market in markets]
        return {
            "event": self._event_fields(markets, nested),
            "markets": [] if nested else documents,
        }

    def _event_fields(self, markets: list[Market], nested: bool) -> dict[str, Any]:
        document = event_document(markets, _SERIES[markets[0].series])
        if nested:
            document["markets"] = [market_document(market, self._exchange.clock) for market in markets]
        return document

    def _series(self, ticker: str) -> dict[str, Any] | None:
        series = _SERIES.get(ticker)
        markets = [market for market in self._exchange.markets() if market.series == ticker]
        return {"series": series_document(series, markets)} if series else None

    def _series_list(self, query: Query) -> dict[str, Any]:
        documents = [self._series(ticker) for ticker in _SERIES]
        return {"series": [document["series"] for document in documents if document]}

    def _status(self, query: Query) -> dict[str, Any]:
        trading = self._exchange.trading
        return {
            "exchange_active": True,
            "trading_active": trading,
            "intra_exchange_transfers_active": True,
            "exchange_estimated_resume_time": None,
            "exchange_index_statuses": [
                {
                    "exchange_index": number,
                    "description": description,
                    "exchange_active": True,
                    "trading_active": trading,
                    "intra_exchange_transfers_active": True,
                }
                for number, description in ((0, "Default"), (EXCHANGE_INDEX, "Crypto & Commodities"))
            ],
        }

    def _error(self, status: int, code: str, message: str, details: str = "") -> Reply:
        fields = {"code": code, "message": message, **({"details": details} if details else {})}
        if self._settings.flat_errors:
            # What the documents show: the flat object, and for 429 a bare text.
            body: dict[str, Any] = {"error": message} if status == 429 else fields
        else:
            body = {"error": fields}
        return Reply(status, orjson.dumps(body))


def _schedule() -> dict[str, Any]:
    hours: dict[str, Any] = {day: [{"open_time": "00:00", "close_time": "00:00"}] for day in _DAYS}
    hours["thursday"] = [
        {"open_time": "00:00", "close_time": "03:00"},
        {"open_time": "05:00", "close_time": "00:00"},
    ]
    hours |= {"start_time": "2025-01-01T05:00:00Z", "end_time": "2099-01-01T05:00:00Z"}
    return {"standard_hours": [hours], "maintenance_windows": []}


def _cutoff(now_ns: int) -> dict[str, Any]:
    day_ns = 86_400 * 1_000_000_000
    settled = iso((now_ns // day_ns - 60) * day_ns)
    return {
        "market_positions_last_updated_ts": settled,
        "market_settled_ts": settled,
        "orders_updated_ts": settled,
        "trades_created_ts": settled,
    }
