"""One readable line for each message that an actor can say. Pure."""

from collections.abc import Callable
from typing import Any

from cli import decision_sayings, polymarket_sayings, store_sayings
from cli.wording import (
    clock_utc,
    contract_price,
    contract_side,
    count,
    dollars,
    milliseconds,
    printable,
)
from messages import (
    ActorStarted,
    ActorStateChanged,
    ActorStopped,
    BookChanged,
    BookSnapshot,
    BookWithdrawn,
    DayVolume,
    DriftSeen,
    FeedClosed,
    FeedGap,
    FeedHealth,
    FeedOpened,
    FrameReceived,
    IndexCompared,
    IndexValue,
    Level,
    MarketBookChanged,
    MarketBookSnapshot,
    MarketBookWithdrawn,
    MarketChecked,
    MarketDefined,
    MarketQuoteChanged,
    MarketRoleChanged,
    MarketTicker,
    MarketTraded,
    Message,
    OfficialIndexPublished,
    QuoteChanged,
    RecordsLost,
    SettlementAverage,
    SettlementCompared,
    TradePrinted,
    Turn,
    to_json_fields,
)

RAW_CHARACTERS = 160


def say(message: Message) -> str:
    """What the message says, without its type, log and time."""
    words = _WORDS.get(type(message))
    return printable(words(message) if words else _fields(message))


def _fields(message: Message) -> str:
    return " ".join(f"{name}={value}" for name, value in to_json_fields(message).items() if name != "type")


def _spot(price_e8: int, size_e8: int) -> str:
    return (
        f"{dollars(price_e8 / 1e8)} ({size_e8 / 1e8:.8f}".rstrip("0").rstrip(".") + " BTC)"
        if price_e8
        else "-"
    )


def _best_spot(levels: list[Level]) -> str:
    return _spot(*levels[0]) if levels else "-"


def _best_contract(levels: list[Level]) -> str:
    return f"{contract_price(levels[0][0])} x {count(levels[0][1])}" if levels else "-"


def _actor_started(m: ActorStarted) -> str:
    return f"{m.name} started as process {m.pid} in session {m.session}, version {m.version}"


def _actor_stopped(m: ActorStopped) -> str:
    return f"{m.name} stopped: {m.reason}" + (f" (fault: {m.fault})" if m.fault != "none" else "")


def _state_changed(m: ActorStateChanged) -> str:
    wait = f", next start in {m.delay_s:.0f} s" if m.delay_s >= 1 else ""
    process = f", process {m.pid}" if m.pid else ""
    return f"{m.name}: {m.was} -> {m.now} ({m.reason}){process}{wait}"


def _records_lost(m: RecordsLost) -> str:
    return f"records {m.first} to {m.last} of {m.log} could not be read: {m.reason}"


def _turn(m: Turn) -> str:
    reads = ", ".join(f"{read.log} {read.first}-{read.last}" for read in m.reads)
    return f"read {reads or 'nothing'}" + ("" if m.caught_up else " (catching up)")


def _frame(m: FrameReceived) -> str:
    text = m.data.decode("utf-8", "replace")
    shown = text if len(text) <= RAW_CHARACTERS else f"{text[:RAW_CHARACTERS]}… ({len(m.data)} bytes)"
    return f"{m.source} #{m.conn} {shown}"


def _opened(m: FeedOpened) -> str:
    return f"connection {m.conn} to {m.url} from {m.local or 'here'}, {m.mode}"


def _closed(m: FeedClosed) -> str:
    return f"connection {m.conn}: {m.reason}" + (f" (fault: {m.fault})" if m.fault != "none" else "")


def _gap(m: FeedGap) -> str:
    if m.from_ns == 0:
        return f"nothing before {clock_utc(m.to_ns)}: {m.reason}"
    lost_s = (m.to_ns - m.from_ns) / 1e9
    return f"{lost_s:.3f} s without data, {clock_utc(m.from_ns)} to {clock_utc(m.to_ns)}: {m.reason}"


def _health(m: FeedHealth) -> str:
    state = "fresh" if m.fresh else f"NOT FRESH ({m.reason})"
    latency = f"{milliseconds(m.latency_p50_ms)}/{milliseconds(m.latency_p99_ms)} ms"
    return (
        f"{state}, data {m.age_ms} ms old, latency p50/p99 {latency}, "
        f"{m.frames} frames, {m.gaps} gaps, {m.drifts} drifts"
    )


def _drift(m: DriftSeen) -> str:
    return f"{m.venue} sent an unknown {m.what}: {m.name} (seen {m.count} times)"


def _book(m: BookSnapshot) -> str:
    origin = "checkpoint" if m.checkpoint else "from the venue"
    return f"{_best_spot(m.bids)} x {_best_spot(m.asks)}, {len(m.bids)} bids, {len(m.asks)} asks, {origin}"


def _book_changed(m: BookChanged) -> str:
    sides = (("bid", m.bids), ("ask", m.asks))
    moves = [f"{side} {dollars(p / 1e8)} -> {s / 1e8:g}" for side, levels in sides for p, s in levels]
    return ", ".join(moves) or "no level"


def _quote(m: QuoteChanged) -> str:
    return f"{_spot(m.bid_e8, m.bid_size_e8)} x {_spot(m.ask_e8, m.ask_size_e8)}"


def _trade(m: TradePrinted) -> str:
    return f"{'buy' if m.taker_buys else 'sell'} {_spot(m.price_e8, m.size_e8)}"


def _defined(m: MarketDefined) -> str:
    strike = (
        f"strike {dollars(m.strike_e6 / 1e6)} ({m.strike_source})" if m.strike_e6 >= 0 else "no strike yet"
    )
    result = f", result {m.result}" if m.result else ""
    average = f" at {dollars(m.expiration_e6 / 1e6)}" if m.expiration_e6 >= 0 else ""
    return f"{m.ticker} {m.status}, {strike}, closes {clock_utc(m.close_ns, 0)}{result}{average}"


def _market_book(m: MarketBookSnapshot) -> str:
    origin = "checkpoint" if m.checkpoint else "from Kalshi"
    sides = f"{len(m.bids)} bids, {len(m.asks)} asks"
    return f"{m.ticker} {_best_contract(m.bids)} - {_best_contract(m.asks)}, {sides}, {origin}"


def _market_book_changed(m: MarketBookChanged) -> str:
    side = "bid" if m.is_bid else "ask"
    return f"{m.ticker} {side} {contract_price(m.price_e6)} -> {count(m.count_e2)}"


def _market_quote(m: MarketQuoteChanged) -> str:
    sides = f"{contract_side(m.bid_e6, m.bid_count_e2)} - {contract_side(m.ask_e6, m.ask_count_e2)}"
    return f"{m.ticker} {sides}"


def _market_trade(m: MarketTraded) -> str:
    side = "YES" if m.taker_buys_yes else "NO"
    block = ", block" if m.is_block else ""
    return f"{m.ticker} taker buys {side}, YES at {contract_price(m.price_e6)} x {count(m.count_e2)}{block}"


def _ticker(m: MarketTicker) -> str:
    sides = f"{contract_side(m.bid_e6, m.bid_count_e2)} - {contract_side(m.ask_e6, m.ask_count_e2)}"
    volume = count(m.volume_e2) if m.volume_e2 >= 0 else "-"
    return f"{m.ticker} last {contract_price(m.last_e6)}, {sides}, volume {volume}"


def _checked(m: MarketChecked) -> str:
    final = f"{m.result or 'no result'} at {dollars(m.expiration_e6 / 1e6) if m.expiration_e6 >= 0 else '-'}"
    return f"{m.ticker} read again: {'; '.join(m.differences) or f'{final}, as it was told'}"


def _roles(m: MarketRoleChanged) -> str:
    return f"{m.series}: running {m.running or 'none'}, next {m.upcoming or 'none'}"


def _official(m: OfficialIndexPublished) -> str:
    closing = f", closing minute {dollars(m.window_e6 / 1e6)} of {m.window_count}" if m.window_count else ""
    return f"{m.index_id} {dollars(m.value_e6 / 1e6)} ({m.hz} Hz){closing}"


def _index(m: IndexValue) -> str:
    left_out = "".join(f", without {left.venue} ({left.why})" for left in m.left_out)
    if m.withheld:
        return f"{m.index_id} {m.method} withheld: {m.withheld}{left_out}"
    shares = "".join(f" {share.venue}={share.price_usd:.2f}" for share in m.shares)
    made_from = f" from{shares}" if shares else ""
    depth = f", depth {m.depth_btc:g} of {m.curve_btc:g} BTC, cap {m.cap_btc:.4g} BTC" if m.depth_btc else ""
    return f"{m.index_id} {m.method} {dollars(m.value_usd)}{made_from}{left_out}{depth}"


def _compared(m: IndexCompared) -> str:
    errors = ", ".join(f"{error.method} {error.error_bps:+.2f} bps" for error in m.errors) or "no method"
    left_out = f", without {' '.join(m.left_out)}" if m.left_out else ""
    return f"{clock_utc(m.stamp_ns)} official {dollars(m.official_e6 / 1e6)}: {errors}{left_out}"


def _settlement(m: SettlementAverage) -> str:
    known = f"{m.ticker} average {dollars(m.average_cents / 100)} of {m.known} ({m.source})"
    missing = f", {len(m.missing)} missing" if m.missing else ""
    if m.result:
        return f"{known}, settles {m.result.upper()}"
    left = m.remaining + len(m.missing)
    required = f", {left} left must average {dollars(m.required_usd)} for YES" if m.strike_cents >= 0 else ""
    return f"{known}{missing}{required or ', no strike yet'}"


def _settled(m: SettlementCompared) -> str:
    averages = ", ".join(
        f"{average.method} {average.error_bps:+.2f} bps ({average.known} of 60)" for average in m.averages
    )
    result = f", result {m.result}" if m.result else ""
    return f"{m.ticker} settled at {dollars(m.expiration_e6 / 1e6)}{result}: {averages or 'no method'}"


_WORDS: dict[type[Message], Callable[[Any], str]] = {
    ActorStarted: _actor_started,
    ActorStopped: _actor_stopped,
    ActorStateChanged: _state_changed,
    RecordsLost: _records_lost,
    Turn: _turn,
    FrameReceived: _frame,
    FeedOpened: _opened,
    FeedClosed: _closed,
    FeedGap: _gap,
    FeedHealth: _health,
    DriftSeen: _drift,
    BookSnapshot: _book,
    BookChanged: _book_changed,
    BookWithdrawn: lambda m: f"book withdrawn: {m.reason}",
    QuoteChanged: _quote,
    TradePrinted: _trade,
    DayVolume: lambda m: f"{m.volume_e8 / 1e8:,.2f} BTC in 24 h",
    MarketDefined: _defined,
    MarketBookSnapshot: _market_book,
    MarketBookChanged: _market_book_changed,
    MarketBookWithdrawn: lambda m: f"{m.ticker} book withdrawn: {m.reason}",
    MarketQuoteChanged: _market_quote,
    MarketTraded: _market_trade,
    MarketTicker: _ticker,
    MarketRoleChanged: _roles,
    MarketChecked: _checked,
    OfficialIndexPublished: _official,
    IndexValue: _index,
    IndexCompared: _compared,
    SettlementAverage: _settlement,
    SettlementCompared: _settled,
    **decision_sayings.WORDS,
    **polymarket_sayings.WORDS,
    **store_sayings.WORDS,
}
