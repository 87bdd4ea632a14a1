from collections.abc import Sequence
from pathlib import Path

from actors.logger.ledger import Ledger
from actors.logger.record import SessionRecord, load_record
from messages import ActorStarted, ActorStopped, FrameReceived, Message
from messages.codec import encode
from messages.log import Record

S = 1_000_000_000
ONE, TWO = "2026-11-22T20-00-00Z", "2026-11-22T21-00-00Z"


def started(session: str, name: str = "kraken", settings: str = "{}") -> ActorStarted:
    return ActorStarted(name, session, 1, S, "0.1.0", settings)


FRAME = FrameReceived(1, S, "ws", b"x")


def as_log(*messages: Message) -> list[Record]:
    return [Record(seq, seq * S, m.kind, encode(m)) for seq, m in enumerate(messages, 1)]


def feed(ledger: Ledger, log: str, records: Sequence[Record]) -> None:
    """As the follower does, one record at a time, from where the ledger says."""
    begin = ledger.next_seq(log) or 1
    for record in records[begin - 1 :]:
        message = record.message()
        if isinstance(message, ActorStarted):
            ledger.begin(log, message, record)
        elif isinstance(message, ActorStopped):
            ledger.end(log, message)
        account = ledger.account(log)
        if account is not None:
            account.count([record])


def load(folder: Path, session: str) -> SessionRecord:
    record = load_record(folder / session)
    assert record is not None
    return record


def totals(folder: Path) -> dict[str, int]:
    return {
        path.parent.name: load(folder, path.parent.name).logs["kraken"].total
        for path in folder.glob("*/session.json")
        if "kraken" in load(folder, path.parent.name).logs
    }


def test_a_record_belongs_to_the_session_of_the_last_start_before_it(tmp_path: Path) -> None:
    log = as_log(started(ONE), FRAME, FRAME, started(ONE), FRAME, started(TWO), FRAME)
    ledger = Ledger(tmp_path, TWO, ["kraken"])
    feed(ledger, "kraken", log)
    ledger.save(S)
    assert totals(tmp_path) == {ONE: 5, TWO: 2}
    assert load(tmp_path, ONE).logs["kraken"].restarts == 1
    assert load(tmp_path, TWO).logs["kraken"].first_seq == 6


def test_what_stands_before_the_first_start_belongs_to_nobody(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, ONE, ["kraken"])
    feed(ledger, "kraken", as_log(FRAME, FRAME, started(ONE), FRAME))
    ledger.save(S)
    assert totals(tmp_path) == {ONE: 2}


def test_a_session_that_the_logger_missed_is_recorded_afterwards(tmp_path: Path) -> None:
    log = as_log(started(ONE), FRAME, FRAME, FRAME, started(TWO), FRAME)
    early = Ledger(tmp_path, ONE, ["kraken"])
    feed(early, "kraken", log[:2])
    early.save(S)
    late = Ledger(tmp_path, TWO, ["kraken"])
    assert late.next_seq("kraken") == 3
    feed(late, "kraken", log)
    late.save(S)
    assert totals(tmp_path) == {ONE: 4, TWO: 2}


def test_wherever_the_ledger_is_cut_off_and_begins_again_the_counts_are_the_same(tmp_path: Path) -> None:
    log = as_log(started(ONE), FRAME, FRAME, started(TWO), FRAME, started(TWO), FRAME)
    for saved_after in range(len(log) + 1):
        for killed_after in range(saved_after, len(log) + 1):
            folder = tmp_path / f"{saved_after}-{killed_after}"
            first = Ledger(folder, TWO, ["kraken"])
            feed(first, "kraken", log[:saved_after])
            first.save(S)
            feed(first, "kraken", log[:killed_after])
            again = Ledger(folder, TWO, ["kraken"])
            feed(again, "kraken", log)
            again.save(S)
            assert totals(folder) == {ONE: 3, TWO: 4}


def test_a_kill_between_the_two_files_of_one_save_counts_nothing_twice(tmp_path: Path) -> None:
    log = as_log(started(ONE), FRAME, FRAME, started(TWO), FRAME)
    first = Ledger(tmp_path, TWO, ["kraken"])
    feed(first, "kraken", log)
    first.save(S)
    (tmp_path / TWO / "session.json").unlink()
    again = Ledger(tmp_path, TWO, ["kraken"])
    feed(again, "kraken", log)
    again.save(S)
    assert totals(tmp_path) == {ONE: 3, TWO: 2}


def test_a_session_ends_when_the_supervisor_says_so(tmp_path: Path) -> None:
    facts = '{"mode": "sim", "actors": []}'
    log = as_log(started(ONE, "supervisor", facts), ActorStopped("supervisor", 9 * S, "asked to", "none"))
    ledger = Ledger(tmp_path, ONE, ["supervisor"])
    feed(ledger, "supervisor", log[:1])
    ledger.save(S)
    running = load(tmp_path, ONE)
    assert (running.mode, running.version, running.ended, running.ended_ns) == ("sim", "0.1.0", "", 0)
    feed(ledger, "supervisor", log)
    ledger.save(S)
    ended = load(tmp_path, ONE)
    assert (ended.started_ns, ended.ended, ended.ended_ns) == (S, "stopped", 9 * S)


def test_a_session_without_an_end_is_cut_off_by_the_next_one(tmp_path: Path) -> None:
    first = Ledger(tmp_path, ONE, ["supervisor", "kraken"])
    feed(first, "supervisor", as_log(started(ONE, "supervisor")))
    kraken = as_log(started(ONE), FRAME, FRAME)
    feed(first, "kraken", kraken[:1])
    first.save(S)
    second = Ledger(tmp_path, TWO, ["supervisor", "kraken"])
    feed(second, "supervisor", as_log(started(ONE, "supervisor"), started(TWO, "supervisor")))
    feed(second, "kraken", kraken)
    second.save(S)
    old = load(tmp_path, ONE)
    assert (old.ended, old.ended_ns) == ("cut off", 3 * S)
    assert load(tmp_path, TWO).ended == ""


def test_a_logger_that_comes_back_within_its_session_reopens_it(tmp_path: Path) -> None:
    first = Ledger(tmp_path, ONE, [])
    first.stop(5 * S)
    first.save(S)
    assert load(tmp_path, ONE).ended == "stopped"
    Ledger(tmp_path, ONE, []).save(S)
    assert (load(tmp_path, ONE).ended, load(tmp_path, ONE).ended_ns) == ("", 0)


def test_the_places_in_own_outputs_go_over_to_the_next_session(tmp_path: Path) -> None:
    first = Ledger(tmp_path, ONE, [])
    first.current.outputs["kraken"] = (7, 42)
    first.save(5 * S)
    second = Ledger(tmp_path, TWO, [])
    assert second.current.outputs == {"kraken": (7, 42)}
    assert second.saved_ns == 5 * S
