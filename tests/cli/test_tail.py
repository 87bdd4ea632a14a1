"""`tail`: the messages themselves."""

import json
import signal

import pytest

from cli.errors import WrongUsageError
from cli.tail import _kinds_named
from messages import KINDS, DayVolume, FrameReceived, QuoteChanged, Turn
from messages.log import LogWriter
from tests.cli.commands import Home
from tests.messages.log.samples import QUIET, frame, volume


def test_tail_in_json_is_one_object_per_line_with_its_place_in_the_log(running: Home) -> None:
    arguments = ("tail", "coinbase", "--raw", "-n", "200", "--json", "--data", str(running.data))
    told = [json.loads(line) for line in running.run(*arguments).out.splitlines()]
    assert told
    assert {line["log"] for line in told} == {"coinbase"}
    numbers = [line["seq"] for line in told]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    frames = [line for line in told if line["type"] == "FrameReceived"]
    assert frames
    assert all(isinstance(json.loads(frame["data"]), dict) for frame in frames)


def test_tail_can_be_told_which_messages(running: Home) -> None:
    arguments = ("tail", "--kind", "quotechanged", "-n", "5", "--json", "--data", str(running.data))
    told = [json.loads(line) for line in running.run(*arguments).out.splitlines()]
    assert [line["type"] for line in told] == ["QuoteChanged"] * 5
    assert told == sorted(told, key=lambda line: int(line["recv_ns"]))


def test_tail_follows_until_ctrl_c(running: Home) -> None:
    with running.spawn("tail", "brti", "-f", "-n", "0", "--data", str(running.data)) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(5)]
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=10)
    assert all("IndexValue" in line for line in lines)
    assert (process.returncode, err) == (0, "")


@pytest.fixture
def recorded(home: Home) -> Home:
    """A home in which nothing runs; two actors have written."""
    for name, offset_ns in (("coinbase", 0), ("kraken", 1)):
        with LogWriter(home.data / "log" / name, QUIET) as writer:
            for second in range(1, 4):
                writer.append([frame(b"{}"), volume(second)], second * 10**9 + offset_ns)
    return home


def test_of_a_stopped_instance_the_last_words_are_shown_merged_by_time(recorded: Home) -> None:
    outcome = recorded.run("tail", "-n", "3", "--data", str(recorded.data))
    assert (outcome.code, outcome.err) == (0, "")
    lines = [line.split() for line in outcome.out.splitlines()]
    assert [(line[0], line[1], line[2]) for line in lines] == [
        ("00:00:02.000Z", "kraken", "DayVolume"),
        ("00:00:03.000Z", "coinbase", "DayVolume"),
        ("00:00:03.000Z", "kraken", "DayVolume"),
    ]
    assert recorded.run("tail", "-n", "0", "--data", str(recorded.data)) == (0, "", "")


def test_raw_frames_are_shown_where_they_are_asked_for(recorded: Home) -> None:
    arguments = ("tail", "kraken", "--raw", "-n", "2", "--json", "--data", str(recorded.data))
    told = [json.loads(line) for line in recorded.run(*arguments).out.splitlines()]
    assert [(line["seq"], line["type"]) for line in told] == [(5, "FrameReceived"), (6, "DayVolume")]
    assert told[0]["data"] == "{}"


def test_types_are_named_as_one_likes_and_else_all_but_the_raw_ones_are_meant() -> None:
    assert _kinds_named((), raw=True) == frozenset(KINDS)
    assert frozenset(KINDS) - _kinds_named((), raw=False) == {FrameReceived.kind, Turn.kind}
    chosen = _kinds_named(("quotechanged", "DayVolume", "dayvolume"), raw=False)
    assert chosen == {QuoteChanged.kind, DayVolume.kind}
    assert _kinds_named(("FrameReceived",), raw=False) == {FrameReceived.kind}
    with pytest.raises(WrongUsageError, match="did you mean 'QuoteChanged'"):
        _kinds_named(("QuoteChange",), raw=False)


def test_an_actor_that_never_wrote_is_refused_with_what_was_meant(recorded: Home) -> None:
    outcome = recorded.run("tail", "cionbase", "--data", str(recorded.data))
    assert (outcome.code, outcome.out) == (2, "")
    assert "did you mean 'coinbase'?" in outcome.err
