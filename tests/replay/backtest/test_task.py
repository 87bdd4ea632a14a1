from pathlib import Path
from typing import Any

import msgspec
import pytest

from cli.backtest_grid import read_points
from messages.version import VERSION
from replay.backtest.judged import Judged
from replay.backtest.span import sessions_between
from replay.backtest.table import Row
from replay.backtest.task import Task, perform
from replay.sessions import EVER_NS
from tests.replay.backtest import recording

WINDOWS = 6


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("known") / "data"
    recording.record(folder, WINDOWS)
    return folder


def task(data_dir: Path, latency_ms: float, **changes: Any) -> Task:
    (part,) = sessions_between(data_dir, 0, EVER_NS)
    settings = {"paper": {"latency_ms": latency_ms, **changes}}
    return Task("key", "config", {"latency": latency_ms}, str(data_dir), part.cut, settings, latency_ms, "")


def unheard(share: float) -> None:
    pass


def judged(of: Task) -> Judged:
    done = perform(of, unheard)
    assert done.failure == ""
    return msgspec.json.decode(done.line, type=Row).judged


@pytest.mark.parametrize(
    ("latency_ms", "price_e6"), [(50.0, recording.BEFORE_E6), (200.0, recording.AFTER_E6)]
)
def test_an_order_meets_the_book_that_stood_after_its_latency(
    data_dir: Path, latency_ms: float, price_e6: int
) -> None:
    found = judged(task(data_dir, latency_ms))
    assert (len(found.windows), found.unsettled, found.disagreeing) == (WINDOWS, 0, [])
    for number, window in enumerate(found.windows):
        gain = recording.pnl_usd(number, price_e6)
        assert window.pnl_usd + window.fees_usd == pytest.approx(gain)
        assert (window.fills, window.bought) == (2, 2.0)
    assert len(found.decisions["yes"]) == 2 * WINDOWS
    assert found.decisions["later_usd"] == pytest.approx([price_e6 / 1e6 + 0.0175] * 2 * WINDOWS, abs=1e-3)


def test_the_row_says_what_was_run_and_the_folder_of_the_run_is_gone(data_dir: Path, tmp_path: Path) -> None:
    of = task(data_dir, 50.0)._replace(work_dir=str(tmp_path))
    row = msgspec.json.decode(perform(of, unheard).line, type=Row)
    assert (row.key, row.config, row.point, row.version) == ("key", "config", {"latency": 50.0}, VERSION)
    assert (row.session, row.from_ns, row.to_ns) == (of.session.name, of.session.from_ns, of.session.to_ns)
    assert row.said["paper"]["PaperFill"] == 2 * WINDOWS
    assert row.passed > 0
    assert list(tmp_path.iterdir()) == []


def test_the_same_task_gives_the_same_result(data_dir: Path) -> None:
    assert judged(task(data_dir, 50.0)) == judged(task(data_dir, 50.0))


def test_a_position_that_is_still_held_at_the_end_is_left_out(data_dir: Path) -> None:
    of = task(data_dir, 50.0)
    row = judged(of._replace(session=of.session._replace(to_ns=of.session.to_ns - 19 * 10**9)))
    assert (len(row.windows), row.unsettled) == (WINDOWS - 1, 1)


def test_the_whole_chain_is_run_anew_over_a_real_recording(recorded: Path) -> None:
    (point,) = read_points(None, {}, {})
    part = sessions_between(recorded, 0, EVER_NS)[0]
    of = Task("key", "config", {}, str(recorded), part.cut, point.settings, 100.0, "")
    row = msgspec.json.decode(perform(of, unheard).line, type=Row)
    assert row.said["brti"]["IndexValue"] > 0
    assert row.said["signal"]["FairValue"] > 0
    assert row.said["paper"]["PaperAccount"] > 0
    assert row.passed > 500


def test_settings_that_no_actor_takes_are_a_failure_in_a_sentence(data_dir: Path) -> None:
    done = perform(task(data_dir, 50.0, max_orders="many"), unheard)
    assert done.line == b""
    assert "max_orders" in done.failure


def test_a_machine_of_another_version_gives_no_result(data_dir: Path) -> None:
    done = perform(task(data_dir, 50.0)._replace(version="0.0.0"), unheard)
    assert done.line == b""
    assert f"has version {VERSION} of this project, and not 0.0.0" in done.failure


def test_logs_that_are_not_on_this_machine_are_a_failure_too(data_dir: Path, tmp_path: Path) -> None:
    done = perform(task(data_dir, 50.0)._replace(data_dir=str(tmp_path)), unheard)
    assert done.line == b""
    assert f"there are no logs in {tmp_path} on this machine" in done.failure
