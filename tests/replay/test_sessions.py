"""Sessions of a data folder: their order, their ends, their clock."""

from pathlib import Path

import pytest

from messages import ActorStarted, ActorStopped
from messages.log import LogWriter
from replay.errors import UnknownSessionError
from replay.sessions import EVER_NS, Session, choose, sessions, settings_of
from tests.messages.log.samples import QUIET

S = 10**9


def started(name: str, session: str, settings: str = "{}") -> ActorStarted:
    return ActorStarted(name, session, 7, 1, "1", settings)


def two_sessions(data_dir: Path) -> None:
    """In the first, signal is started twice, at a fast clock; in the second, brti runs without it."""
    with LogWriter(data_dir / "log" / "supervisor", QUIET) as writer:
        writer.append([started("supervisor", "one", '{"mode": "sim"}')], 10 * S)
        writer.append([ActorStopped("supervisor", 1, "asked to", "none")], 20 * S)
        writer.append([started("supervisor", "two", '{"mode": "live"}')], 30 * S)
    with LogWriter(data_dir / "log" / "signal", QUIET) as writer:
        writer.append([started("signal", "one", '{"speed": 60}')], 11 * S)
        writer.append([started("signal", "one", '{"speed": 60}')], 15 * S)
    with LogWriter(data_dir / "log" / "brti", QUIET) as writer:
        writer.append([started("brti", "one", '{"speed": 60}')], 11 * S)
        writer.append([started("brti", "two", '{"speed": 2.0}')], 31 * S)


def test_a_session_lasts_until_the_next_and_knows_its_clock(tmp_path: Path) -> None:
    two_sessions(tmp_path)
    assert sessions(tmp_path) == [
        Session("one", "sim", 10 * S, 30 * S, 60.0),
        Session("two", "live", 30 * S, EVER_NS, 2.0),
    ]


def test_without_the_supervisors_log_the_actors_own_tell_it(tmp_path: Path) -> None:
    two_sessions(tmp_path)
    (tmp_path / "log" / "supervisor").rename(tmp_path / "elsewhere")
    assert sessions(tmp_path) == [
        Session("one", "", 11 * S, 31 * S, 60.0),
        Session("two", "", 31 * S, EVER_NS, 2.0),
    ]


def test_sessions_are_chosen_by_name_in_the_order_of_time(tmp_path: Path) -> None:
    two_sessions(tmp_path)
    found = sessions(tmp_path)
    assert choose(found, [], tmp_path) == found
    assert choose(found, ["two", "one"], tmp_path) == found
    assert choose(found, ["two"], tmp_path) == found[1:]
    with pytest.raises(UnknownSessionError, match=r"no session 'three' in .*; there are: one, two"):
        choose(found, ["three"], tmp_path)
    with pytest.raises(UnknownSessionError, match="nothing was recorded there yet"):
        choose([], ["one"], tmp_path)


@pytest.mark.parametrize("settings", ["", "[]", "{"])
def test_settings_that_cannot_be_read_are_none(settings: str) -> None:
    assert settings_of(started("a", "b", settings)) == {}
