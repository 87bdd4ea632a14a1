from typing import Any

import msgspec
import pytest

from actors.logger.line import LEVELS
from actors.logger.narrator import MOST_MARKETS, Narrator
from messages import (
    ActorStarted,
    ActorStateChanged,
    ActorStopped,
    BookWithdrawn,
    DayVolume,
    Decision,
    DecisionWithheld,
    DriftSeen,
    FairValue,
    FeedClosed,
    FeedGap,
    FeedHealth,
    FeedOpened,
    IndexValue,
    LeftOut,
    MarketBookWithdrawn,
    MarketChecked,
    MarketDefined,
    MarketRoleChanged,
    Message,
    MethodAverage,
    PaperFill,
    PaperOrder,
    PaperRefused,
    PaperSettled,
    SegmentStored,
    SettlementCompared,
    SettlementMismatch,
    Share,
    Signal,
    StoreTrimmed,
    StoreTroubled,
)

S = 1_000_000_000


def health(fresh: bool, reason: str = "") -> FeedHealth:
    return FeedHealth("kraken", 2, S, fresh, 0, 0, 0, 0, -1.0, -1.0, 0.0, reason)


def market(**changes: Any) -> MarketDefined:
    plain = MarketDefined("M-1", "E", "S", S, 0, 0, "initialized", "", -1, "", "", -1, [], "", "")
    return msgspec.structs.replace(plain, **changes)


def index(*left_out: LeftOut, withheld: str = "", chosen: bool = True) -> IndexValue:
    shares = [] if withheld else [Share("coinbase", 1.0, 1.0, False, 0, 1)]
    value_usd = 0.0 if withheld else 1.0
    return IndexValue("BRTI", "m", S, S, value_usd, shares, list(left_out), False, withheld, S, chosen)


def fair(withheld: str) -> FairValue:
    return FairValue(
        "M-1", S, S, 0.5, 1.0, 84_000_000_000, 1.0, 0, 0.0, 5e-5, -1, 0, -1, 0, 0.0, 0.0, [], [], withheld
    )


@pytest.mark.parametrize(
    ("message", "level", "event"),
    [
        (ActorStarted("kraken", "s", 1, S, "0", "{}"), "INFO", "started"),
        (ActorStopped("kraken", S, "asked to stop", "none"), "INFO", "stopped"),
        (MarketChecked("M-1", S, 1, "yes", 2, [], 7), "INFO", "market checked"),
        (MarketChecked("M-1", S, 1, "yes", 2, ["result was no, is yes"], 7), "ERROR", "market contradicted"),
        (ActorStopped("kraken", S, "checksum", "venue"), "ERROR", "failed"),
        (ActorStateChanged("kraken", S, "starting", "running", "ready", 7, 0, 0.0), "INFO", "child"),
        (ActorStateChanged("kraken", S, "running", "backoff", "killed", 0, 1, 1.5), "ERROR", "child"),
        (ActorStateChanged("kraken", S, "running", "stopping", "told to", 7, 1, 0.0), "INFO", "child"),
        (ActorStateChanged("kraken", S, "backoff", "failed", "too often", 0, 9, 300.0), "CRITICAL", "child"),
        (FeedOpened("kraken", 1, S, "wss://x", "127.0.0.1:9", "stream"), "INFO", "feed opened"),
        (FeedClosed("kraken", 1, S, "asked to stop", "none"), "INFO", "feed closed"),
        (FeedClosed("kraken", 1, S, "reset", "network"), "WARNING", "feed closed"),
        (FeedGap("kraken", 1, 0, S, ""), "INFO", "first data"),
        (FeedGap("kraken", 2, S, 2 * S, "killed"), "WARNING", "gap"),
        (DriftSeen("kraken", S, "type", "surprise", 1), "WARNING", "drift"),
        (BookWithdrawn("kraken", "BTC-USD", 0, S, "checksum"), "WARNING", "book withdrawn"),
        (MarketBookWithdrawn("M-1", 0, S, "gap"), "WARNING", "book withdrawn"),
        (Signal("edge", "M-1", S, S, "yes", 1, 1, 1, 0.5, 0.1, 0.02, 3, [], []), "INFO", "signal"),
        (
            Decision(
                "M-1", S, S, "yes", 420_000, 1000, 400_000, 17_000, 0.5, 0.08, 1.5, ["edge"], "", 3, 4, [], []
            ),
            "INFO",
            "decision",
        ),
        (
            DecisionWithheld("M-1", S, S, "yes", 400_000, 0.08, 1.5, "book", "the book is withdrawn", 3, 4),
            "INFO",
            "decision withheld",
        ),
        (
            SettlementMismatch("M-1", S, S, "official", 8_400_012, 84_000_130_000, "yes", "yes"),
            "ERROR",
            "settlement mismatch",
        ),
        (PaperOrder(1, "M-1", S, S, 7, "buy", "yes", 420_000, 1000), "INFO", "paper order"),
        (PaperFill(1, "M-1", S, "buy", "yes", 400_000, 1000, 168_000, 9), "INFO", "paper fill"),
        (PaperRefused(0, "M-1", S, 7, 1000, "max_orders"), "INFO", "paper refused"),
        (PaperSettled("M-1", S, "no", 1000, 0, 4_168_000, 0, -4_168_000), "INFO", "paper settled"),
        (SegmentStored("kraken", 1, 9, S, 9, 0, 100, 20, 10, 1.5), "INFO", "segment stored"),
        (SegmentStored("kraken", 1, 9, S, 7, 2, 100, 20, 10, 1.5), "ERROR", "damaged segment stored"),
        (StoreTrimmed("kraken", 1, 9, S, 30, "age"), "INFO", "segment trimmed"),
        (StoreTroubled("kraken", 1, S, "the disk is full"), "ERROR", "store troubled"),
        (StoreTroubled("kraken", 1, S, ""), "INFO", "store goes on"),
    ],
)
def test_each_of_these_is_a_line_every_time(message: Message, level: str, event: str) -> None:
    narrator = Narrator({})
    for _ in range(2):
        told = narrator.tell(message)
        assert told is not None
        assert (told.level, told.event) == (level, event)
        assert told.level in LEVELS


def test_what_is_no_change_of_state_is_no_line() -> None:
    assert Narrator({}).tell(DayVolume("kraken", "BTC-USD", 0, S, 1)) is None


def events(narrator: Narrator, messages: list[Message]) -> list[str | None]:
    told = [narrator.tell(message) for message in messages]
    return [None if one is None else one.event for one in told]


def test_health_is_told_when_it_turns() -> None:
    said: list[Message] = [
        health(True),
        health(True),
        health(False, "silent"),
        health(False, "silent"),
        health(True),
    ]
    assert events(Narrator({}), said) == ["feed fresh", None, "feed not fresh", None, "feed fresh"]


def test_the_index_is_told_when_its_composition_turns() -> None:
    out = LeftOut("kraken", "stale", 3000)
    later = LeftOut("kraken", "stale", 3200)
    said: list[Message] = [index(), index(), index(out), index(later), index(out, withheld="none"), index()]
    assert events(Narrator({}), said) == [
        "index whole", None, "index incomplete", None, "index withheld", "index whole",
    ]  # fmt: skip


def test_methods_that_the_user_did_not_choose_are_not_told() -> None:
    said: list[Message] = [
        index(withheld="none", chosen=False),
        index(),
        index(withheld="none", chosen=False),
    ]
    assert events(Narrator({}), said) == [None, "index whole", None]


def test_a_value_between_grid_times_names_no_venues_and_is_not_told() -> None:
    between = IndexValue("BRTI", "m", S, S, 1.0, [], [], False, "")
    assert events(Narrator({}), [between, index(), between]) == [None, "index whole", None]


def test_a_settled_minute_is_told_with_the_error_of_each_method() -> None:
    averages = [MethodAverage("cme-cf", 84_000.0, 60, 0.0124)]
    told = Narrator({}).tell(SettlementCompared("M-1", S, S, -1, 84_000_000_000, "yes", averages))
    assert told is not None
    assert told.event == "index settled"
    assert told.fields == {"ticker": "M-1", "settlement": "84000.00", "cme-cf_bps": "+0.012"}


def test_a_settlement_mismatch_is_told_with_both_figures() -> None:
    alarm = SettlementMismatch("M-1", S, S, "official", 8_400_012, 84_000_130_000, "yes", "no")
    told = Narrator({}).tell(alarm)
    assert told is not None
    assert (told.fields["ours"], told.fields["theirs"]) == ("84000.12", "84000.13")
    assert (told.fields["our_result"], told.fields["result"]) == ("no", "yes")


def test_a_fair_value_is_told_when_it_is_withheld_and_when_it_is_back() -> None:
    said: list[Message] = [fair("no strike"), fair("no strike"), fair(""), fair("")]
    assert events(Narrator({}), said) == ["fair value withheld", None, "fair value", None]


def test_a_market_is_told_when_it_is_defined_gets_its_strike_changes_and_settles() -> None:
    strike = {"strike_e6": 84_000_000_000, "strike_source": "lifecycle"}
    said: list[Message] = [
        market(),
        market(at_ns=9),
        market(**strike),
        market(**strike, status="active"),
        market(**strike, status="active", result="yes", expiration_e6=84_001_000_000),
        market(**strike, status="active", result="yes", expiration_e6=84_001_000_000),
    ]
    assert events(Narrator({}), said) == [
        "market defined", None, "strike", "market changed", "market settled", None,
    ]  # fmt: skip


def test_a_roll_is_told_once() -> None:
    roll = MarketRoleChanged("S", S, "M-1", "M-2")
    assert events(Narrator({}), [roll, roll, MarketRoleChanged("S", S, "M-2", "")]) == [
        "market roll", None, "market roll",
    ]  # fmt: skip


def test_after_a_restart_of_the_actor_its_state_is_told_anew() -> None:
    started = ActorStarted("kraken", "s", 1, S, "0", "{}")
    assert events(Narrator({}), [health(True), started, health(True)]) == [
        "feed fresh",
        "started",
        "feed fresh",
    ]


def test_what_was_told_survives_as_plain_data() -> None:
    told: dict[str, str] = {}
    Narrator(told).tell(health(True))
    copied = msgspec.json.decode(msgspec.json.encode(told), type=dict[str, str])
    assert Narrator(copied).tell(health(True)) is None


def test_it_remembers_a_bounded_number_of_markets() -> None:
    told: dict[str, str] = {}
    narrator = Narrator(told)
    for number in range(500):
        narrator.tell(market(ticker=f"M-{number}"))
    assert len(told) == MOST_MARKETS
