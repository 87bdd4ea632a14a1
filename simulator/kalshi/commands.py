"""What a client may say on the stream, and what it is told when it says it wrong."""

import json
from collections.abc import Callable
from typing import Any, Protocol

from simulator.kalshi.index import INDEX_ID
from simulator.kalshi.subscriptions import BOOK, BY_INDEX, BY_MARKET, CHANNELS, TICKER, Desk, Subscription
from simulator.settings import KalshiSettings

_COMMANDS_PER_S = 10_000
KNOWN_INDICES = (INDEX_ID,)


class CommandError(Exception):
    """A command that is answered by an error. code: as docs.kalshi.com lists them."""

    def __init__(self, code: int, message: str) -> None:
        self.code = code
        super().__init__(message)


class Data(Protocol):
    """What commands make the venue send at once."""

    def send_snapshot(self, subscription: Subscription, ticker: str, command_id: int = 0) -> None: ...
    def send_ticker(self, subscription: Subscription, ticker: str) -> None: ...


class Commands:
    """Carries out one client's commands.

    Where the documents are silent: a command with an unknown channel changes nothing at all; an unknown
    market in a list is taken up and has an empty book, as REST has it.
    """

    def __init__(self, settings: KalshiSettings, data: Data) -> None:
        self._settings = settings
        self._data = data
        self._known: dict[str, Callable[[Desk, int, dict[str, Any]], None]] = {
            "subscribe": self._subscribe,
            "unsubscribe": self._unsubscribe,
            "update_subscription": self._update,
        }

    def run(self, desk: Desk, raw: str, now_ns: int) -> None:
        """Carry out one frame's command; every answer goes to the desk's session."""
        command_id = 0
        try:
            command = _parse(raw)
            command_id = command["id"] if type(command.get("id")) is int else 0
            self._count(desk, now_ns)
            self._dispatch(desk, command_id, command)
        except CommandError as error:
            desk.error(command_id, error.code, str(error))

    def _count(self, desk: Desk, now_ns: int) -> None:
        if now_ns - desk.commands_since_ns >= 1_000_000_000:
            desk.commands_since_ns, desk.commands = now_ns, 0
        desk.commands += 1
        if desk.commands > _COMMANDS_PER_S:
            raise CommandError(27, "Too many requests")

    def _dispatch(self, desk: Desk, command_id: int, command: dict[str, Any]) -> None:
        name = command.get("cmd")
        if name == "list_subscriptions":
            desk.listed(command_id)
            return
        action = self._known.get(name) if isinstance(name, str) else None
        if action is None:
            raise CommandError(5, "Unknown command")
        params = command.get("params")
        if not isinstance(params, dict) or not params:
            raise CommandError(2, "Params required")
        action(desk, command_id, params)

    def _subscribe(self, desk: Desk, command_id: int, params: dict[str, Any]) -> None:
        channels = params.get("channels")
        if not isinstance(channels, list) or not channels:
            raise CommandError(3, "Channels required")
        tickers, indices = _tickers(params), _strings(params, "index_ids")
        for channel in channels:
            if not isinstance(channel, str) or channel not in CHANNELS:
                raise CommandError(8, "Unknown channel name")
            self._check(channel, params, tickers, indices)
        for channel in dict.fromkeys(channels):
            self._join(desk, command_id, channel, params, tickers, indices)

    def _check(self, channel: str, params: dict[str, Any], tickers: list[str], indices: list[str]) -> None:
        if channel == BOOK and ("market_id" in params or "market_ids" in params):
            raise CommandError(11, "Invalid parameter")
        if channel == BOOK and not tickers:
            raise CommandError(14, "Market ticker required")
        if channel in BY_INDEX:
            _check_indices(indices)
        if channel == "pyth_value" and not params.get("underlying_tickers"):
            raise CommandError(28, "Underlying tickers required")

    def _join(
        self,
        desk: Desk,
        command_id: int,
        channel: str,
        params: dict[str, Any],
        tickers: list[str],
        indices: list[str],
    ) -> None:
        subscription = desk.by_channel.get(channel)
        first = subscription is None
        if subscription is None:
            self._limit(len(set(tickers)))
            subscription = desk.open(channel)
            subscription.use_yes_price = params.get("use_yes_price") is True
            subscription.quiet_ack = channel == TICKER and params.get("skip_ticker_ack") is True
        fresh = []
        if channel in BY_INDEX:
            subscription.indices.update(dict.fromkeys(_meant(indices)))
        elif channel in BY_MARKET:
            fresh = self._add(subscription, tickers)
            subscription.every = subscription.every or not tickers
        if first:
            desk.subscribed(subscription, command_id)
        else:
            desk.ok(subscription, command_id)
        self._first_data(subscription, fresh, params)

    def _add(self, subscription: Subscription, tickers: list[str]) -> list[str]:
        fresh = [ticker for ticker in dict.fromkeys(tickers) if ticker not in subscription.markets]
        self._limit(len(subscription.markets) + len(fresh))
        subscription.markets.update(dict.fromkeys(fresh))
        return fresh

    def _limit(self, markets: int) -> None:
        if markets > self._settings.subscription_market_limit:
            raise CommandError(26, "Subscription market limit exceeded")

    def _first_data(self, subscription: Subscription, fresh: list[str], params: dict[str, Any]) -> None:
        for ticker in fresh:
            if subscription.channel == BOOK:
                self._data.send_snapshot(subscription, ticker)
            elif subscription.channel == TICKER and params.get("send_initial_snapshot") is True:
                self._data.send_ticker(subscription, ticker)

    def _unsubscribe(self, desk: Desk, command_id: int, params: dict[str, Any]) -> None:
        sids = params.get("sids")
        if not isinstance(sids, list) or not sids:
            raise CommandError(4, "Subscription IDs required")
        for sid in sids:
            subscription = desk.by_sid(sid) if type(sid) is int else None
            if subscription is None:
                desk.error(command_id, 7, "Unknown subscription ID")
                continue
            desk.drop(subscription)
            desk.unsubscribed(subscription, command_id)

    def _update(self, desk: Desk, command_id: int, params: dict[str, Any]) -> None:
        sids = params["sids"] if "sids" in params else [params["sid"]] if "sid" in params else []
        if not isinstance(sids, list) or len(sids) != 1 or type(sids[0]) is not int:
            raise CommandError(12, "Exactly one subscription ID is required")
        subscription = desk.by_sid(sids[0])
        if subscription is None:
            raise CommandError(7, "Unknown subscription ID")
        action = params.get("action")
        if not action:
            raise CommandError(15, "Action required")
        if action in ("subscribe_indices", "unsubscribe_indices") and subscription.channel in BY_INDEX:
            self._change_indices(subscription, action, params)
            desk.ok(subscription, command_id)
        elif action == "indexlist" and subscription.channel in BY_INDEX:
            body = json.dumps({"index_ids": list(KNOWN_INDICES)})
            subscription.send(f"{subscription.channel}_indexlist", body, command_id)
        elif action in ("add_markets", "delete_markets") and subscription.channel in BY_MARKET:
            self._change_markets(desk, command_id, subscription, params)
        elif action == "get_snapshot" and subscription.channel == BOOK:
            self._snapshots(desk, command_id, subscription, params)
        else:
            raise CommandError(13, "Unsupported action")

    def _change_indices(self, subscription: Subscription, action: str, params: dict[str, Any]) -> None:
        indices = _strings(params, "index_ids")
        if not indices:
            raise CommandError(24, "Index ids required")
        _check_indices(indices)
        for index_id in _meant(indices):
            if action == "subscribe_indices":
                subscription.indices[index_id] = None
            else:
                subscription.indices.pop(index_id, None)

    def _change_markets(
        self, desk: Desk, command_id: int, subscription: Subscription, params: dict[str, Any]
    ) -> None:
        tickers = _needed_tickers(params)
        fresh: list[str] = []
        if params["action"] == "add_markets":
            fresh = self._add(subscription, tickers)
        for ticker in tickers if params["action"] == "delete_markets" else ():
            subscription.markets.pop(ticker, None)
        desk.ok(subscription, command_id)
        self._first_data(subscription, fresh, params)

    def _snapshots(
        self, desk: Desk, command_id: int, subscription: Subscription, params: dict[str, Any]
    ) -> None:
        tickers = _needed_tickers(params)
        if any(ticker not in subscription.markets for ticker in tickers):
            raise CommandError(11, "Invalid parameter")
        if self._settings.snapshot_gives_ok:
            desk.ok(subscription, command_id)
        for ticker in tickers:
            self._data.send_snapshot(subscription, ticker, command_id)


def _parse(raw: str) -> dict[str, Any]:
    try:
        command = json.loads(raw)
    except ValueError:
        command = None
    if not isinstance(command, dict):
        raise CommandError(1, "Unable to process message")
    return command


def _tickers(params: dict[str, Any]) -> list[str]:
    single = params.get("market_ticker")
    if single is not None and not isinstance(single, str):
        raise CommandError(11, "Invalid parameter")
    return ([single] if single else []) + _strings(params, "market_tickers")


def _needed_tickers(params: dict[str, Any]) -> list[str]:
    tickers = _tickers(params)
    if not tickers:
        raise CommandError(14, "Market ticker required")
    return tickers


def _check_indices(indices: list[str]) -> None:
    if not {*KNOWN_INDICES, "all"}.issuperset(indices):
        raise CommandError(11, "Invalid parameter")


def _meant(indices: list[str]) -> list[str]:
    """`all` stands for every index there is."""
    return list(KNOWN_INDICES) if "all" in indices else indices


def _strings(params: dict[str, Any], key: str) -> list[str]:
    values = params.get(key) or []
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise CommandError(11, "Invalid parameter")
    return values
