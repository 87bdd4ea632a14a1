"""Listeners side by side: who hears what, and in which order they turn."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from messages import Message
from messages.log.bulk import BulkWriter
from replay.pipeline.chain import UNRUNG_NS, Chain
from replay.pipeline.delays import AT_ONCE, Delays
from replay.pipeline.merging import HOLE, Source
from replay.pipeline.player import Player
from replay.records import Missing
from tests.replay.pipeline.samples import TRADES, VOLUMES, Heard, trade

Make = Callable[[str, Heard, Delays], Player]
FEED = Source("a", TRADES, 0, 0)


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    logs: list[BulkWriter] = []

    def player(name: str, rule: Heard, delays: Delays) -> Player:
        logs.append(BulkWriter(tmp_path / name))
        made = Player(name, rule, logs[-1], delays)
        made.begin("one", 10, {})
        made.play()
        return made

    yield player
    for log in logs:
        log.close()


def records(*at_ns: int, place: int = 0) -> list[tuple[int, int, int, int, Message | Missing]]:
    return [(at, place, seq, trade(0).kind, trade(seq)) for seq, at in enumerate(at_ns, 1)]


def turns(rule: Heard) -> list[tuple[int, int]]:
    """(time, records taken in) of each turn that took something in."""
    return [(now_ns, new) for now_ns, _, new in rule.turned if new]


def test_without_delays_a_turn_takes_in_all_of_its_moment(make: Make) -> None:
    rule = Heard({"a": TRADES})
    chain = Chain([make("p", rule, AT_ONCE)], [FEED])
    chain.take(records(100, 200, 200, 300))
    assert turns(rule) == [(100, 1), (200, 2)]
    chain.run_until(300)
    assert turns(rule) == [(100, 1), (200, 2), (300, 1)]


def test_with_delays_a_turn_takes_in_what_came_meanwhile_and_its_words_come_later(make: Make) -> None:
    first, second = Heard({"a": TRADES}), Heard({"first": VOLUMES, "a": TRADES})
    chain = Chain([make("first", first, Delays(20, 30)), make("second", second, Delays(5, 0))], [FEED])
    chain.take(records(100, 115, 125, 1000))
    assert turns(first) == [(120, 2), (150, 1)]
    # Words of 120 stand from 150 on, those of 150 from 180 on.
    assert turns(second) == [(105, 1), (120, 1), (130, 1), (155, 1), (185, 1)]


def test_of_equal_times_the_first_in_the_chain_turns_first(make: Make) -> None:
    first, second = Heard({"a": TRADES}), Heard({"first": VOLUMES, "a": TRADES})
    chain = Chain([make("first", first, AT_ONCE), make("second", second, AT_ONCE)], [FEED])
    chain.take(records(100))
    chain.run_until(100)
    assert [log for log, *_ in second.taken] == ["first", "a"]
    assert turns(second) == [(100, 2)]


def test_nothing_is_done_behind_the_end(make: Make) -> None:
    rule = Heard({"a": TRADES})
    chain = Chain([make("p", rule, Delays(50, 0))], [FEED])
    chain.take(records(100))
    chain.run_until(149)
    assert turns(rule) == []
    chain.run_until(150)
    assert turns(rule) == [(150, 1)]


def test_a_log_whose_bell_does_not_ring_waits_for_the_next_turn(make: Make) -> None:
    wanted: Mapping[str, frozenset[int]] = {"coinbase": TRADES, "kalshi": TRADES}
    sources = [Source(log, TRADES, 0, 0) for log in wanted]
    rule, rung = Heard(wanted), Heard(wanted)
    chain = Chain([make("brti", rule, AT_ONCE), make("other", rung, AT_ONCE)], sources)
    chain.take(records(100, place=1))
    chain.take(records(300, 500, place=0))
    assert turns(rung) == [(100, 1), (300, 1)]
    assert turns(rule) == [(300, 2)]
    chain.take([(600, 1, 2, trade(0).kind, trade(2))])
    chain.run_until(600 + UNRUNG_NS)
    assert turns(rule)[-1] == (600 + UNRUNG_NS, 1)


def test_damage_goes_to_everybody_who_reads_the_log(make: Make) -> None:
    players = [make(name, Heard({log: TRADES}), AT_ONCE) for name, log in (("p", "a"), ("q", "b"))]
    chain = Chain(players, [FEED])
    chain.take([(100, 0, 1, HOLE, Missing("a", 1, 1, "damaged"))])
    chain.run_until(100)
    assert [player.log.next_seq for player in players] == [5, 3]
