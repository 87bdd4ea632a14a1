"""One supervisor per data folder."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from supervisor.errors import AlreadyRunningError, FolderError, LeftoversError
from supervisor.instance import Instance, is_locked, read_instance
from supervisor.spec import Plan

HOLD = """
import fcntl, os, sys, time
fd = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
fcntl.flock(fd, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(60)
"""


def plan_of(data_dir: Path) -> Plan:
    return Plan(specs=[], data_dir=data_dir, session="s", mode="sim", version="9")


def test_a_second_one_is_refused_and_told_who_holds_the_folder(tmp_path: Path) -> None:
    first = Instance(tmp_path)
    with pytest.raises(AlreadyRunningError) as refusal:
        Instance(tmp_path)
    assert refusal.value.pid == os.getpid()
    assert str(os.getpid()) in str(refusal.value)
    first.close()
    Instance(tmp_path).close()


def test_the_lock_is_seen_from_outside(tmp_path: Path) -> None:
    assert not is_locked(tmp_path)
    instance = Instance(tmp_path)
    assert is_locked(tmp_path)
    instance.close()
    assert not is_locked(tmp_path)


def test_it_describes_itself_and_takes_everything_away_again(tmp_path: Path) -> None:
    instance = Instance(tmp_path)
    listener = instance.listen()
    instance.describe(plan_of(tmp_path), listener.getsockname())
    facts = read_instance(tmp_path)
    assert (facts["session"], facts["mode"], facts["pid"], facts["version"]) == ("s", "sim", os.getpid(), "9")
    assert facts["socket"] == str(tmp_path / "control.sock")
    assert os.stat(facts["socket"]).st_mode & 0o777 == 0o600
    listener.close()
    instance.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["children.lock", "instance.lock"]


def test_a_path_too_long_for_a_socket_gets_a_private_folder_instead(tmp_path: Path) -> None:
    data_dir = tmp_path / ("long" * 30)
    instance = Instance(data_dir)
    listener = instance.listen()
    address = Path(listener.getsockname())
    instance.describe(plan_of(data_dir), str(address))
    assert address.parent.parent == Path(tempfile.gettempdir())
    assert address.parent.stat().st_mode & 0o777 == 0o700
    listener.close()
    instance.close()
    assert not address.parent.exists()


def test_what_a_killed_one_left_is_taken_over(tmp_path: Path) -> None:
    folder = Path(tempfile.mkdtemp(prefix="kalshi-actors-"))
    (tmp_path / "instance.json").write_text(json.dumps({"pid": 1, "socket": str(folder / "control.sock")}))
    (tmp_path / "instance.lock").write_text("12345\n")
    (tmp_path / "control.sock").touch()
    instance = Instance(tmp_path)
    assert not folder.exists()
    instance.listen().close()
    instance.close()


def test_a_data_folder_that_is_named_like_such_a_folder_keeps_its_data() -> None:
    with tempfile.TemporaryDirectory(prefix="kalshi-actors-") as name:
        data_dir = Path(name)
        (data_dir / "log").mkdir()
        instance = Instance(data_dir)
        listener = instance.listen()
        instance.describe(plan_of(data_dir), listener.getsockname())
        listener.close()
        instance.close()
        Instance(data_dir).close()
        assert (data_dir / "log").is_dir()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"socket": 5}', '{"socket": "/etc/passwd"}', "\x00"])
def test_a_description_that_makes_no_sense_harms_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "instance.json").write_text(text)
    Instance(tmp_path).close()


def test_a_lock_that_names_nobody_still_refuses(tmp_path: Path) -> None:
    with _holder(tmp_path / "instance.lock") as holder:
        try:
            with pytest.raises(AlreadyRunningError) as refusal:
                Instance(tmp_path)
        finally:
            holder.kill()
    assert refusal.value.pid == 0


def test_it_waits_for_children_of_a_killed_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with _holder(tmp_path / "children.lock") as holder:
        monkeypatch.setattr("supervisor.instance.LEFTOVERS_LIMIT_S", 0.05)
        with pytest.raises(LeftoversError):
            Instance(tmp_path)
        assert not is_locked(tmp_path)
        holder.kill()
    Instance(tmp_path).close()


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FolderError, match="cannot be used"):
        Instance(tmp_path / "file" / "data")


def _holder(path: Path) -> subprocess.Popen[str]:
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    return holder
