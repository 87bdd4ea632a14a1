"""What can be set about the Kalshi feed, with units in the names."""

import msgspec


class Subscribe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to watch.

    series: in each, the running market is found, followed, and left for the next one: KXBTC15M has one at a
    time, KXBTCD one per strike. strikes: of the latter, so many that are nearest the index; more, as it moves
    on. markets: extra tickers, kept until they settle.
    """

    series: list[str] = msgspec.field(default_factory=lambda: ["KXBTC15M"])
    markets: list[str] = []
    strikes: int = 5


class KalshiSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Settings of the Kalshi actor.

    url, rest_url: stream and REST base. key_id: empty means no key, and polling. key_file: PEM file of
    the private key (RSA or Ed25519); if empty, the environment variable named by key_env holds the PEM
    text. index_ids: indices to take from Kalshi's relay, where the key may. use_yes_price: ask for
    both sides of a book in YES prices. requests_per_s: most REST requests a second, in either mode.
    poll_book_s, poll_trades_s: how often polling reads a book and the trades. subscribe_ahead_s: how
    long before its opening a market is subscribed (market clock). ack_limit_s: how long a command may
    go unanswered. heal_limit_s: how long a broken book may take to be made good. quiet_s: a running
    market this long without a message is compared with REST. silent_limit_s: a connection this long
    without anything is deaf, if it has brought the index before. checkpoint_s: how often the state is
    restated. speed: of the market clock; other than 1 only with the simulator.
    """

    subscribe: Subscribe = Subscribe()
    url: str = "wss://external-api-ws.kalshi.com/trade-api/ws/v2"
    rest_url: str = "https://external-api.kalshi.com/trade-api/v2"
    key_id: str = ""
    key_file: str = ""
    key_env: str = "KALSHI_PRIVATE_KEY"
    index_ids: list[str] = msgspec.field(default_factory=lambda: ["BRTI"])
    use_yes_price: bool = True
    requests_per_s: float = 4.0
    poll_book_s: float = 0.5
    poll_trades_s: float = 1.0
    subscribe_ahead_s: float = 120.0
    ack_limit_s: float = 5.0
    heal_limit_s: float = 2.0
    quiet_s: float = 3.0
    silent_limit_s: float = 8.0
    checkpoint_s: float = 10.0
    speed: float = 1.0

    def __post_init__(self) -> None:
        if not self.subscribe.series and not self.subscribe.markets:
            message = "subscribe names neither a series nor a market; give at least one"
            raise ValueError(message)
        if not 1 <= self.subscribe.strikes <= 50:
            message = f"subscribe.strikes must lie between 1 and 50, not {self.subscribe.strikes}"
            raise ValueError(message)
        if not self.url.startswith(("ws://", "wss://")):
            message = f"url must begin with ws:// or wss://, not {self.url!r}"
            raise ValueError(message)
        if not self.rest_url.startswith(("http://", "https://")) or self.rest_url.endswith("/"):
            message = (
                f"rest_url must begin with http:// or https:// and not end with /, not {self.rest_url!r}"
            )
            raise ValueError(message)
        if self.key_file and not self.key_id:
            message = "key_file is set but key_id is not; both belong to one key"
            raise ValueError(message)
        if not 0 < self.requests_per_s <= 20:
            message = f"requests_per_s must lie above 0 and at most at 20, not {self.requests_per_s}"
            raise ValueError(message)
        for name in ("poll_book_s", "poll_trades_s", "subscribe_ahead_s", "ack_limit_s", "heal_limit_s",
                     "quiet_s", "silent_limit_s", "checkpoint_s", "speed"):  # fmt: skip
            if not 0 < getattr(self, name) < 86_400:
                message = f"{name} must lie above 0 and below 86400, not {getattr(self, name)}"
                raise ValueError(message)
