"""The registry of listeners: each is made as its actor makes it, with what it recalls."""

from pathlib import Path

import msgspec
import pytest

from actors.brti.rule import BrtiRule
from actors.brti.settings import Settings as BrtiSettings
from actors.paper.rule import PaperRule
from actors.signal.rule import SignalRule
from messages import ActorStarted, FairValue, PaperAccount, Position, VolatilityState
from messages.log import LogWriter
from replay.errors import ForeignSettingsError, UnknownNameError
from replay.listeners import LISTENERS, begin, build
from replay.turns import Run
from tests.messages.log.samples import QUIET


def run(log: str, settings: dict[str, object], first_seq: int = 1) -> Run:
    return Run(log, "s", first_seq, 10, "0.0.9", settings)


def test_every_listener_is_made_from_its_settings() -> None:
    made = {log: type(build(log, {})) for log in LISTENERS}
    assert made == {"brti": BrtiRule, "signal": SignalRule, "paper": PaperRule}
    told = msgspec.to_builtins(BrtiSettings(venues=["kraken"], fallback=[], symbols={}))
    assert set(build("brti", told).wanted) == {"kraken", "kalshi"}


def test_a_run_begins_with_the_newest_of_what_it_had_said_of_itself_before(tmp_path: Path) -> None:
    account = PaperAccount(5, 7, [Position("M", 100, 0, 50)], "2026-11-23", 0, 0, [], 3)
    started = ActorStarted("paper", "s", 1, 10, "1", "{}")
    with LogWriter(tmp_path / "log" / "paper", QUIET) as writer:
        writer.append([msgspec.structs.replace(account, next_order=6), account, started], 5)
        writer.append([msgspec.structs.replace(account, next_order=8)], 20)
    rule, recalled = begin(tmp_path, run("paper", {}, 3))
    assert recalled == [account]
    assert isinstance(rule, PaperRule)
    assert begin(tmp_path, run("paper", {}, 1)).recalled == []


def test_a_listener_that_recalls_nothing_begins_empty(tmp_path: Path) -> None:
    fair = FairValue("M", 1, 1, 0.5, 1.0, 1, 1.0, 0, 0.0, 1.0, 1, 1, 1, 1, 0.0, 0.0, [], [], "")
    with LogWriter(tmp_path / "log" / "signal", QUIET) as writer:
        writer.append([fair], 1)
    assert begin(tmp_path, run("signal", {}, 2)).recalled == []
    assert begin(tmp_path, run("brti", {}, 2)).recalled == []
    assert LISTENERS["signal"].recalled == {VolatilityState.kind}


def test_foreign_settings_and_unknown_names_are_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="'logger' is no listener that can be played; there are: brti"):
        build("logger", {})
    with pytest.raises(ForeignSettingsError, match="nonsense"):
        build("brti", {"nonsense": 1})
    with pytest.raises(
        ForeignSettingsError, match=r"the paper actor of session s, version 0\.0\.9, cannot be built again"
    ):
        begin(tmp_path, run("paper", {"nonsense": 1}))
