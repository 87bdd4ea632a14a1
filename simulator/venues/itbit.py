"""itBit, the exchange of Paxos: /marketdata/BTCUSD, /executiondata/BTCUSD and the REST pages.

Source: docs.paxos.com/api-reference/websockets as public clients read it; no recording is public. There
is nothing to subscribe to, no acknowledgement, no sequence, no checksum, no heartbeat.
"""

from simulator.book import BID, Change
from simulator.session import Session
from simulator.settings import Settings
from simulator.venues.exchange import Exchange, Stream
from simulator.venues.itbit_rest import ItbitPages, execution
from simulator.venues.market import Deal, Market, Profile
from simulator.venues.notation import trimmed
from simulator.world import World

PROFILE = Profile(
    tick_usd=0.01,
    price_decimals=2,
    level_btc=0.12,
    levels=400,
    gap_ticks=220.0,
    changes=3,
    trade_share=0.04,
    move_frames=3,
    trade_frames=1,
    day_volume_btc=350.0,
    first_trade_id=2_176_782_336_000_000_000,
)
SYMBOL = "BTCUSD"


class ItbitVenue(Exchange):
    def __init__(self, settings: Settings, world: World) -> None:
        market = Market("itbit", world, PROFILE)
        streams = {
            f"/marketdata/{SYMBOL}": ItbitBookStream(market),
            f"/executiondata/{SYMBOL}": ItbitExecutionStream(market),
        }
        super().__init__(market, streams, ItbitPages(market))


class ItbitStream(Stream):
    """What both addresses have in common: a connection is a subscription, and nobody listens to it."""

    symbol = SYMBOL
    foreign_symbol = "ETHUSD"

    def __init__(self, market: Market) -> None:
        super().__init__(market)
        self.members: dict[Session, None] = {}

    def closed(self, session: Session) -> None:
        self.members.pop(session, None)

    def received(self, session: Session, text: str, now_ns: int) -> None:
        pass

    def heartbeat(self, now_ns: int) -> None:
        pass

    def is_acknowledgement(self, text: str) -> bool:
        return False


class ItbitBookStream(ItbitStream):
    """The whole book at once, then a frame for each level that changed."""

    def opened(self, session: Session, now_ns: int) -> None:
        book = self.market.book
        session.send(
            f'{{"type":"SNAPSHOT","market":"{SYMBOL}","bids":[{_levels(book.bids())}],'
            f'"asks":[{_levels(book.asks())}],"final_snapshot":true}}'
        )
        self.members[session] = None

    def book_changed(self, changes: list[Change], now_ns: int) -> None:
        if self.members:
            for side, price, size in changes:
                self.tell(self.members, _update(side, price, size))

    def traded(self, deal: Deal, now_ns: int) -> None:
        pass

    def is_change(self, text: str) -> bool:
        return text.startswith('{"type":"UPDATE"')

    def crossed(self, change: str) -> list[str]:
        return [change, _update(BID, self.market.book.best_ask() + 250, 12_345_678)]


class ItbitExecutionStream(ItbitStream):
    """The last execution at once, then each as it happens; nobody says which side took."""

    def opened(self, session: Session, now_ns: int) -> None:
        session.send(_execution(self.market.last()))
        self.members[session] = None

    def book_changed(self, changes: list[Change], now_ns: int) -> None:
        pass

    def traded(self, deal: Deal, now_ns: int) -> None:
        if self.members:
            self.tell(self.members, _execution(deal))

    def is_change(self, text: str) -> bool:
        return False

    def crossed(self, change: str) -> list[str]:
        return [change]


def _update(side: str, price: int, size: int) -> str:
    shown = "BUY" if side == BID else "SELL"
    return (
        f'{{"type":"UPDATE","market":"{SYMBOL}","side":"{shown}","price":"{trimmed(price, 2)}",'
        f'"amount":"{trimmed(size, 8)}"}}'
    )


def _levels(levels: list[tuple[int, int]]) -> str:
    return ",".join(
        [f'{{"price":"{trimmed(price, 2)}","amount":"{trimmed(size, 8)}"}}' for price, size in levels]
    )


def _execution(deal: Deal) -> str:
    fields = ",".join([f'"{name}":"{value}"' for name, value in execution(deal).items()])
    return f'{{"market":"{SYMBOL}",{fields}}}'
