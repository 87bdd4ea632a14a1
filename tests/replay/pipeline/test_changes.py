"""What was said then and what is said now, side by side."""

from collections.abc import Sequence
from pathlib import Path

from messages import ActorStarted, Message, PaperFill, PaperOrder, PaperSettled, Turn
from replay.pipeline.changes import Decided, changes
from replay.sessions import Session
from tests.actors.paper.playing import T0, TICKER, S, decision, defined
from tests.replay.pipeline.samples import volume, write_log

SESSIONS = [Session("one", "sim", T0, T0 + 3600 * S, 1.0)]


def trades(pnl_e6: int) -> list[Message]:
    return [
        PaperOrder(1, TICKER, T0, T0, 1, "buy", "yes", 530_000, 100),
        PaperFill(1, TICKER, T0, "buy", "yes", 520_000, 100, 17_500, 1),
        PaperSettled(TICKER, T0, "yes", 100, 0, 537_500, 1_000_000, pnl_e6),
    ]


def write(data_dir: Path, signal: Sequence[Message], paper: Sequence[Message]) -> None:
    started = ActorStarted("x", "one", 1, T0, "1", "{}")
    for log, words in (("signal", signal), ("paper", paper)):
        turn = Turn(T0, [], True)
        write_log(data_dir, log, [(T0, [started]), *((T0 + n, [turn, word]) for n, word in enumerate(words))])
    write_log(data_dir, "kalshi", [(T0, [defined(result="yes")])])


def test_words_are_counted_by_type_and_decisions_by_market_and_side(tmp_path: Path) -> None:
    then, now = tmp_path / "then", tmp_path / "now"
    write(then, [decision(1), decision(2), decision(3, "no")], trades(462_500))
    write(now, [decision(5), decision(6, "no"), decision(7, "no")], [])
    late = volume(1)
    write_log(then, "brti", [(T0 - 1, [late]), (T0, [late]), (T0 + 4000 * S, [late])])
    said = {"brti": {"DayVolume": 3}, "signal": {"Decision": 3}, "paper": {}}
    found = changes(then, now, SESSIONS, said)
    assert found.counts == {
        "brti": {"DayVolume": (1, 3)},
        "signal": {"Decision": (3, 3)},
        "paper": {"PaperFill": (1, 0), "PaperOrder": (1, 0), "PaperSettled": (1, 0)},
    }
    assert found.decided == Decided(both=2, then=1, now=1)
    assert found.paper_now is None
    assert found.paper_then is not None
    assert (found.paper_then.pnl_usd, found.paper_then.settled) == (0.4625, 1)
    assert found.paper_then.disagreeing == []


def test_who_was_not_run_is_not_compared(tmp_path: Path) -> None:
    write(tmp_path, [decision(1)], trades(1))
    found = changes(tmp_path, tmp_path, SESSIONS, {"paper": {"PaperFill": 1}})
    assert list(found.counts) == ["paper"]
    assert found.decided is None
    assert found.paper_now == found.paper_then
    only_index = changes(tmp_path, tmp_path, SESSIONS, {"brti": {}})
    assert only_index == ({"brti": {}}, None, None, None)
