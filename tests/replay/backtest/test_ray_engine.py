import importlib.util
import socket
import sys

import pytest

from replay.backtest.errors import EngineError
from replay.backtest.ray_engine import ADDRESS, RayEngine
from tests.replay.backtest.made import perform, task

NEEDS_RAY = pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="Ray is not installed")
SILENT = ("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning")
"""What Ray's own code warns of."""


@NEEDS_RAY
@pytest.mark.slow
@pytest.mark.timeout(180)  # Ray starts a dozen processes
@pytest.mark.filterwarnings(*SILENT)
def test_a_ray_of_this_machine_does_every_task_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ADDRESS, raising=False)
    wanted = [task(key) for key in "abc"]
    found = list(RayEngine(2, perform).run(wanted, print))
    assert sorted(done.task.key for done in found) == ["a", "b", "c"]
    assert {done.line for done in found if done.task.key == "a"} == {perform(wanted[0], print).line}
    assert list(RayEngine(2, perform).run([], print)) == []


@NEEDS_RAY
def test_a_cluster_that_does_not_answer_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # and nobody listens
        monkeypatch.setenv(ADDRESS, f"127.0.0.1:{held.getsockname()[1]}")
        with pytest.raises(EngineError, match=r"no Ray answers at 127\.0\.0\.1:\d+, which RAY_ADDRESS names"):
            list(RayEngine(2, perform).run([task("a")], print))


def test_without_ray_it_says_which_extra_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(EngineError, match="the extra `ray` brings it"):
        RayEngine(2)
