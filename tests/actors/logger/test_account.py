import pytest

from actors.logger.account import MOST_NAMES, Account, type_name
from actors.logger.record import LogCounts, Progress
from messages import (
    ActorStarted,
    ActorStateChanged,
    ActorStopped,
    DriftSeen,
    FeedClosed,
    FeedGap,
    FeedHealth,
    FrameReceived,
    IndexValue,
    Message,
)
from messages.codec import encode
from messages.log import Record

S = 1_000_000_000
MS = 1_000_000


def records(first_seq: int, *messages: Message) -> list[Record]:
    return [
        Record(seq, seq * S, message.kind, encode(message)) for seq, message in enumerate(messages, first_seq)
    ]


def new_account() -> Account:
    return Account(LogCounts(), Progress())


def take(account: Account, batch: list[Record]) -> None:
    account.count(batch)
    for record in batch:
        account.note(record, record.message())


STARTED = ActorStarted("kraken", "s", 1, S, "0", "{}")


def test_records_are_counted_by_type_with_their_first_and_last() -> None:
    account = new_account()
    take(account, records(5, STARTED, FrameReceived(1, S, "ws", b"x"), FrameReceived(1, S, "ws", b"y")))
    take(account, records(8, FrameReceived(1, S, "ws", b"z")))
    counts = account.counts
    assert counts.records == {"ActorStarted": 1, "FrameReceived": 3}
    assert (counts.total, counts.frames) == (4, 3)
    assert (counts.first_seq, counts.last_seq) == (5, 8)
    assert (counts.first_ns, counts.last_ns) == (5 * S, 8 * S)
    assert account.progress.next_seq == 9


def test_a_kind_of_a_later_version_is_counted_under_its_number() -> None:
    account = new_account()
    account.count([Record(1, S, 9999, b"")])
    assert account.counts.records == {"kind 9999": 1}
    assert type_name(FrameReceived.kind) == "FrameReceived"


def test_starts_after_the_first_are_restarts() -> None:
    account = new_account()
    for seq in (1, 2, 3):
        take(account, records(seq, STARTED))
    assert account.counts.restarts == 2


def test_gaps_are_summed_up_by_reason_and_the_first_connection_is_none() -> None:
    account = new_account()
    take(
        account,
        records(
            1,
            FeedGap("kraken", 1, 0, S, "first"),
            FeedGap("kraken", 2, S, 4 * S, "killed"),
            FeedGap("kraken", 3, 5 * S, 6 * S, "closed"),
            FeedGap("kraken", 4, 7 * S, 8 * S, "killed"),
        ),
    )
    gaps = account.counts.gaps
    assert (gaps.count, gaps.total_s, gaps.longest_s) == (3, 5.0, 3.0)
    assert gaps.reasons == {"killed": 2, "closed": 1}


def test_reasons_and_drift_names_that_never_end_do_not_fill_the_memory() -> None:
    account = new_account()
    for number in range(1, 500):
        take(account, records(number, DriftSeen("kraken", S, "field", f"f{number}", 1)))
    assert len(account.counts.drift) == MOST_NAMES + 1
    assert "…" in account.counts.drift


def test_drift_keeps_the_highest_count_told() -> None:
    account = new_account()
    take(account, records(1, DriftSeen("k", S, "type", "x", 1), DriftSeen("k", S, "type", "x", 10)))
    take(account, records(3, DriftSeen("k", S, "type", "x", 1)))
    assert account.counts.drift == {"type x": 10}


def health(p50: float, p99: float) -> FeedHealth:
    return FeedHealth("kraken", 1, S, True, 0, 0, 0, 0, p50, p99, 0.0, "")


def test_a_feeds_latency_is_that_of_its_seconds_and_seconds_without_are_left_out() -> None:
    account = new_account()
    take(account, records(1, health(1.0, 2.0), health(2.0, 4.0), health(3.0, 50.0), health(-1.0, -1.0)))
    account.sum_up()
    latency = account.counts.latency_ms
    assert latency.count == 3
    assert latency.p50 == pytest.approx(2.0, rel=0.03)
    assert latency.p99 == pytest.approx(50.0, rel=0.03)
    assert latency.max == 50.0


def test_the_indexs_latency_is_from_a_new_cause_to_the_record() -> None:
    def value(cause_ns: int, on_grid: bool) -> IndexValue:
        return IndexValue("BRTI", "m", S, cause_ns, 1.0, [], [], on_grid, "")

    account = new_account()
    for at_ns, cause_ns, on_grid in (
        (S, S - 1, False),
        (2 * S, 2 * S - 3 * MS, False),
        (3 * S, 2 * S - 3 * MS, False),
        (3 * S, 3 * S - 90 * MS, True),
    ):
        message = value(cause_ns, on_grid)
        account.note(Record(1, at_ns, message.kind, b""), message)
    account.sum_up()
    assert account.counts.latency_ms.count == 1
    assert account.counts.latency_ms.max == 3.0


@pytest.mark.parametrize(
    ("message", "error"),
    [
        (ActorStopped("kraken", S, "checksum", "venue"), "checksum"),
        (ActorStopped("kraken", S, "asked to stop", "none"), ""),
        (FeedClosed("kraken", 1, S, "reset by peer", "network"), "reset by peer"),
        (ActorStateChanged("kraken", S, "running", "backoff", "killed", 0, 1, 1.0), "kraken: killed"),
        (ActorStateChanged("kraken", S, "starting", "running", "ready", 9, 1, 0.0), ""),
    ],
)
def test_the_last_error_is_what_ended_something_by_itself(message: Message, error: str) -> None:
    account = new_account()
    take(account, records(1, message))
    assert account.counts.last_error == error


def test_what_damage_took_is_counted_as_lost_and_passed() -> None:
    account = new_account()
    take(account, records(1, STARTED))
    account.lost(3, 5)
    assert account.counts.lost == 3
    assert account.progress.next_seq == 5
