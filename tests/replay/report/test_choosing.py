"""Which sessions a page is about."""

from pathlib import Path

import pytest

from messages import Message
from replay.errors import UnknownSessionError
from replay.report.choosing import choose
from replay.sessions import EVER_NS, Session
from tests.replay.report.said import index_value
from tests.replay.score.logs import write
from tests.replay.score.made import BEGIN, S

DAY_NS = 86_400 * S
DAY = BEGIN // DAY_NS * DAY_NS
"""2026-11-23 in UTC."""


def session(name: str, from_ns: int, to_ns: int = EVER_NS) -> Session:
    return Session(name, "sim", from_ns, to_ns, 1.0)


def test_a_session_is_chosen_by_name_and_the_newest_as_last(tmp_path: Path) -> None:
    found = [session("a", DAY, DAY + S), session("b", DAY + S)]
    assert choose(found, "a", tmp_path).sessions == [found[0]]
    last = choose(found, "last", tmp_path)
    assert (last.name, last.title, last.sessions, last.whole) == ("b", "Session b", [found[1]], [found[1]])


def test_a_day_has_all_its_sessions_each_cut_to_it(tmp_path: Path) -> None:
    said: list[Message] = [index_value(DAY + hour * 3600 * S, 84_000.0) for hour in (-30, -2, 1, 5)]
    write(tmp_path, "brti", said)
    found = [
        session("over before", DAY - 2 * DAY_NS, DAY - DAY_NS),
        session("over midnight", DAY - 3 * 3600 * S, DAY + 4 * 3600 * S),
        session("after", DAY + 4 * 3600 * S),
    ]
    chosen = choose(found, "2026-11-23", tmp_path)
    assert (chosen.name, chosen.title) == ("2026-11-23", "2026-11-23 (UTC)")
    assert chosen.whole == found[1:]
    assert [(one.from_ns, one.to_ns) for one in chosen.sessions] == [
        (DAY, DAY + 4 * 3600 * S),
        (DAY + 4 * 3600 * S, DAY + DAY_NS),
    ]


def test_a_session_that_fell_silent_the_day_before_is_none_of_the_day(tmp_path: Path) -> None:
    write(tmp_path, "brti", [index_value(DAY - 3600 * S, 84_000.0)])
    with pytest.raises(
        UnknownSessionError, match=r"nothing was recorded on 2026-11-23 .*the newest session there is a"
    ):
        choose([session("a", DAY - 7200 * S)], "2026-11-23", tmp_path)


@pytest.mark.parametrize(
    ("which", "words"), [("2026-02-30", "there is no day 2026-02-30"), ("b", "there is no session 'b'")]
)
def test_what_there_is_not_is_said(which: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(UnknownSessionError, match=words):
        choose([session("a", DAY)], which, tmp_path)


def test_where_nothing_was_recorded_there_is_no_last(tmp_path: Path) -> None:
    with pytest.raises(UnknownSessionError, match="nothing was recorded there yet"):
        choose([], "last", tmp_path)
