"""What the paper trader does with decisions, books and results."""

from actors.adapter import Freshness
from actors.fees import Rounding
from actors.paper.account import Account, day_of
from actors.paper.book import BUY, NO, SELL, YES
from actors.paper.exits import exits
from actors.paper.floor import Floor
from actors.paper.limits import Limits
from actors.paper.settings import Settings
from actors.paper.sources import MARKET_LOG, SIGNAL_LOG
from messages import (
    DOLLAR_E6,
    ActorStarted,
    Decision,
    FairValue,
    FeedClosed,
    FeedGap,
    FeedHealth,
    MarketBookChanged,
    MarketBookSnapshot,
    MarketBookWithdrawn,
    MarketDefined,
    Message,
    PaperAccount,
    PaperFill,
    PaperOrder,
    PaperRefused,
)

STATED_NS = 60_000_000_000
"""The account is stated at least this often."""
REACH_NS = 900_000_000_000
"""How far back decisions are followed up after a restart."""
MARGIN_NS = 15_000_000_000
"""Further back still, so that every book is found whole: feeds write it down every 10 s."""

_MARKET_KINDS = frozenset(
    cls.kind
    for cls in (
        ActorStarted, FeedClosed, FeedGap, FeedHealth, MarketBookChanged, MarketBookSnapshot,
        MarketBookWithdrawn, MarketDefined,
    )
)  # fmt: skip


class PaperRule:
    """Decisions and the market's records in; orders, fills, refusals, settlements and the account out.

    What becomes of an order depends on stamps alone: it meets the book that stood `latency` after its
    decision, whenever both are read. So a trader that was killed and starts again finds the same fills.
    What it finds while catching up is kept and said in the first turn that is heard; the account that
    follows it in the same append says that it is done. Reads no clock.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._latency_ns = round(settings.latency_ms * 1e6 / settings.speed)
        self._stale_ns = round(settings.book_stale_s * 1e9)
        self._exit_cooldown_ns = round(settings.exit_cooldown_s * 1e9 / settings.speed)
        self._rounding = Rounding(settings.fee_rounding)
        self._limits = Limits(settings)
        self._account = Account()
        self._floor = Floor(self._stale_ns, self._rounding)
        self._came: list[tuple[int, Decision | FairValue]] = []
        self._exited_ns: dict[str, int] = {}
        self._unsaid: list[Message] = []
        self._stated_ns = 0
        self._is_recalled = False
        self._known_ns = 0
        self._meanwhile: list[MarketDefined] = []
        self._health: FeedHealth | None = None
        signal_kinds = {Decision.kind} | ({FairValue.kind} if settings.exit == "edge" else set())
        self.wanted: dict[str, frozenset[int]] = {
            MARKET_LOG: _MARKET_KINDS,
            SIGNAL_LOG: frozenset(signal_kinds),
        }
        self.rollback_s: dict[str, float] = dict.fromkeys(self.wanted, MARGIN_NS / 1e9)

    # -- what was before

    def recall(self, said: PaperAccount, now_ns: int, meanwhile: list[MarketDefined]) -> None:
        """Begin with the account as it was stated last; reading then begins before that, within reach.

        meanwhile: results of its markets, also those that came before reading begins.
        """
        self._account.restore(said)
        self._floor.recall(said)
        self._is_recalled, self._known_ns, self._meanwhile = True, said.at_ns, meanwhile
        away_ns = min(max(0, now_ns - said.at_ns), REACH_NS)
        self.rollback_s = dict.fromkeys(self.wanted, (away_ns + MARGIN_NS) / 1e9)

    # -- in

    def take(self, log: str, seq: int, message: Message) -> None:
        """Take one record of the signal actor's or the market feed's log."""
        if isinstance(message, (Decision, FairValue)):
            if seq > self._account.decided:
                self._came.append((seq, message))
            return
        if isinstance(message, FeedHealth):
            self._health = message
        self._floor.take(seq, message)

    # -- out

    def turn(self, now_ns: int, next_seq: int) -> list[Message]:
        """Say what became of decisions, orders and markets, and the account behind it."""
        is_heard = next_seq > 0
        came, self._came = self._came, []
        for seq, message in came:
            if isinstance(message, FairValue):
                self._consider_exits(seq, message, now_ns)
            elif is_heard or self._is_recalled:
                self._decide(seq, message, now_ns)
            else:
                self._account.decided = seq  # made before there was an account
        self._meet_books(now_ns)
        self._floor.settle()
        self._pay()
        if not is_heard:
            return []
        for defined in self._meanwhile:
            self._settle(defined.ticker, defined.result, defined.at_ns)
        self._meanwhile = []
        if not self._unsaid and now_ns < self.due_ns(now_ns):
            return []
        said, self._unsaid = self._unsaid, []
        return [*said, self._statement(now_ns)]

    def due_ns(self, now_ns: int) -> int:
        """When the account is to be stated again, or a market that fell silent ends an order's wait."""
        due_ns = self._stated_ns + STATED_NS if self._stated_ns <= now_ns else now_ns
        if self._account.open:
            first_ns = min(order.due_ns for order in self._account.open.values())
            due_ns = min(due_ns, max(first_ns, self._floor.heard_ns) + self._stale_ns)
        return due_ns

    def freshness(self, now_ns: int) -> Freshness:
        """Fresh while the market feed is: without it, no order could be met by a book."""
        health = self._health
        if health is None:
            return Freshness(False, -1, "Kalshi's feed has not reported yet")
        age_ms = max(0, now_ns - self._floor.heard_ns) // 1_000_000
        if abs(now_ns - health.at_ns) > self._stale_ns:
            limit = f"{self._settings.book_stale_s:g} s"
            return Freshness(False, age_ms, f"Kalshi's feed has been silent for more than {limit}")
        return Freshness(health.fresh, age_ms, "" if health.fresh else health.reason)

    # -- decisions

    def _decide(self, seq: int, decision: Decision, now_ns: int) -> None:
        account, floor, ticker = self._account, self._floor, decision.ticker
        account.decided = seq
        allowed_e2 = 0
        if decision.side not in (YES, NO) or not 0 < decision.limit_e6 < DOLLAR_E6 or decision.count_e2 <= 0:
            contracts = f"{decision.count_e2 / 100:g} {decision.side}"
            reason = f"{contracts} at ${decision.limit_e6 / 1e6:g} cannot be bought"
        else:
            allowed_e2, reason = self._limits.allow(
                account, floor.multiplier_e6, ticker, decision.limit_e6, decision.count_e2,
                day_of(decision.at_ns),
            )  # fmt: skip
        if allowed_e2:
            self._order(
                PaperOrder(
                    account.next_order, ticker, now_ns, decision.at_ns + self._latency_ns, seq, BUY,
                    decision.side, decision.limit_e6, allowed_e2,
                )
            )  # fmt: skip
        if reason:
            rest_e2 = decision.count_e2 - allowed_e2
            self._unsaid.append(PaperRefused(0, ticker, now_ns, seq, rest_e2, reason))

    def _consider_exits(self, seq: int, fair: FairValue, now_ns: int) -> None:
        account, ticker = self._account, fair.ticker
        if ticker not in account.holdings or fair.at_ns <= self._known_ns:
            return
        if 0 <= fair.at_ns - self._exited_ns.get(ticker, 0) < self._exit_cooldown_ns:
            return
        multiplier = self._floor.multiplier_e6(ticker)
        for side, limit_e6 in exits(fair, multiplier, self._rounding, self._settings.exit_edge_usd):
            count_e2 = account.free_e2(ticker, side)
            if count_e2 > 0:
                self._exited_ns[ticker] = fair.at_ns
                account.decided = seq
                self._order(
                    PaperOrder(
                        account.next_order, ticker, now_ns, fair.at_ns + self._latency_ns, seq, SELL,
                        side, limit_e6, count_e2,
                    )
                )  # fmt: skip

    def _order(self, order: PaperOrder) -> None:
        self._account.ordered(order)
        self._unsaid.append(order)

    # -- books and results

    def _meet_books(self, now_ns: int) -> None:
        """Let every order meet its book whose time the market feed has passed, or fell silent before."""
        account, floor = self._account, self._floor
        while account.open:
            order = min(account.open.values(), key=lambda one: (one.due_ns, one.order))
            silent_ns = max(order.due_ns, floor.heard_ns) + self._stale_ns
            if floor.heard_ns <= order.due_ns and now_ns < silent_ns:
                return
            floor.bring(order.due_ns)
            self._pay()
            self._arrive(order)

    def _arrive(self, order: PaperOrder) -> None:
        fills, reason = self._floor.meet(order)
        self._account.arrived(order, fills)
        for fill in fills:
            self._unsaid.append(
                PaperFill(
                    order.order, order.ticker, order.due_ns, order.action, order.side, fill.price_e6,
                    fill.count_e2, fill.fee_e6, self._floor.passed_seq,
                )
            )  # fmt: skip
        if reason:
            rest_e2 = order.count_e2 - sum(fill.count_e2 for fill in fills)
            self._unsaid.append(
                PaperRefused(order.order, order.ticker, order.due_ns, order.decision, rest_e2, reason)
            )

    def _pay(self) -> None:
        for ticker, result, at_ns in self._floor.results:
            self._settle(ticker, result, at_ns)
        self._floor.results.clear()

    def _settle(self, ticker: str, result: str, at_ns: int) -> None:
        self._exited_ns.pop(ticker, None)
        settled = self._account.settle(ticker, result, at_ns)
        if settled is not None:
            self._unsaid.append(settled)

    # -- the account

    def _statement(self, now_ns: int) -> PaperAccount:
        account, floor = self._account, self._floor
        busy = {order.ticker for order in account.open.values()}
        busy.update(ticker for ticker, held in account.holdings.items() if not held.is_empty)
        floor.forget(busy, now_ns)
        for ticker in [ticker for ticker in account.holdings if ticker not in busy]:
            if not floor.knows(ticker):
                del account.holdings[ticker]
                self._exited_ns.pop(ticker, None)
        account.turn_to(day_of(now_ns))
        self._stated_ns = self._known_ns = now_ns
        return account.statement(now_ns, *floor.taken())
