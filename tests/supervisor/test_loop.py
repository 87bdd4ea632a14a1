"""The whole supervisor with real processes."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import psutil
import pytest

from messages import ActorStarted, ActorStateChanged, ActorStopped
from messages.log import LogReader
from tests.conftest import wait_until
from tests.supervisor.conftest import ROOT, Host, child, is_alive


def test_children_start_in_order_and_stop_in_reverse(host: Host) -> None:
    host.start(child("a"), child("b"), child("c"))
    for name in "abc":
        host.wait_for(name, "running")
    assert host.stop() == 0
    assert host.lines("notes")[-3:] == ["c stopped", "b stopped", "a stopped"]
    assert [line for line in host.lines("changes") if "starting" in line][:3] == [
        "a stopped starting",
        "b stopped starting",
        "c stopped starting",
    ]


def test_nothing_of_the_instance_is_left_after_a_stop(host: Host) -> None:
    host.start(child("a"))
    assert oct((host.data_dir / "control.sock").stat().st_mode & 0o777) == "0o600"
    host.send(cmd="stop")
    assert host.process is not None
    assert host.process.wait(10) == 0
    assert not (host.data_dir / "control.sock").exists()
    assert not (host.data_dir / "instance.json").exists()


def test_a_killed_child_comes_again(host: Host) -> None:
    host.start(child("a"), child("b"))
    old, other = host.wait_for("a", "running")["pid"], host.wait_for("b", "running")["pid"]
    os.kill(old, signal.SIGKILL)
    actor = host.wait_for_successor("a", old)
    assert (actor["restarts"], actor["last_error"]) == (1, "killed by SIGKILL")
    assert host.pid("b") == other


def test_each_transition_is_in_the_supervisors_log(host: Host) -> None:
    host.start(child("a"))
    old = host.wait_for("a", "running")["pid"]
    os.kill(old, signal.SIGKILL)
    host.wait_for_successor("a", old)
    host.stop()
    reader = LogReader(host.data_dir / "log" / "supervisor")
    reader.seek_start()
    first, *changes, last = [record.message() for record in reader.read(100)]
    reader.close()
    assert isinstance(first, ActorStarted)
    assert isinstance(last, ActorStopped)
    path = [(change.was, change.now) for change in changes if isinstance(change, ActorStateChanged)]
    assert path == [
        ("stopped", "starting"),
        ("starting", "running"),
        ("running", "backoff"),
        ("backoff", "starting"),
        ("starting", "running"),
        ("running", "stopping"),
        ("stopping", "stopped"),
    ]
    assert [f"a {was} {now}" for was, now in path] == host.lines("changes")
    died = changes[2]
    assert isinstance(died, ActorStateChanged)
    assert died.pid == old


def test_a_hung_child_leaves_its_stacks_and_is_replaced(host: Host) -> None:
    host.start(child("a", "hangs_once", heartbeat_s=0.3))
    old = host.wait_for("a", "running")["pid"]
    actor = host.wait_for_successor("a", old)
    assert actor["last_error"].startswith("hung")
    assert any("in hangs" in line for line in host.lines("logs/a.err"))


def test_a_stopped_child_is_killed_and_replaced(host: Host) -> None:
    host.start(child("a", heartbeat_s=0.3))
    old = host.wait_for("a", "running")["pid"]
    os.kill(old, signal.SIGSTOP)
    assert host.wait_for_successor("a", old)["last_error"].startswith("hung")
    assert not is_alive(old)


def test_a_supervisor_that_was_held_up_blames_nobody(host: Host) -> None:
    host.start(child("a", heartbeat_s=0.5), child("b", heartbeat_s=0.5))
    pids = [host.wait_for(name, "running")["pid"] for name in "ab"]
    assert host.process is not None
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    host.status()  # by now it has read all they had said, and will find them silent
    os.kill(host.process.pid, signal.SIGSTOP)
    pause_ends_s = time.monotonic() + 2.0
    wait_until(lambda: time.monotonic() > pause_ends_s)
    for pid in (host.process.pid, *pids):
        os.kill(pid, signal.SIGCONT)
    spoken = host.actor("a")["out"], host.actor("b")["out"]
    wait_until(lambda: host.actor("a")["out"] > spoken[0] + 10 and host.actor("b")["out"] > spoken[1] + 10)
    assert [host.wait_for(name, "running")["pid"] for name in "ab"] == pids


def test_a_last_word_behind_many_beats_is_heard(host: Host) -> None:
    host.start(child("a", "talks_itself_to_death", backoff_s=30))
    pid = host.wait_for("a", "running")["pid"]
    assert host.process is not None
    os.kill(host.process.pid, signal.SIGSTOP)
    (host.data_dir / "go").touch()
    wait_until(lambda: not is_alive(pid))
    os.kill(host.process.pid, signal.SIGCONT)
    wait_until(lambda: host.actor("a")["last_error"])
    assert host.actor("a")["last_error"] == "ValueError: on purpose"


def test_a_child_that_is_not_ready_in_time_is_replaced(host: Host) -> None:
    host.start(child("a", "never_ready", ready_s=0.3, backoff_s=30))
    assert "no snapshot yet" in host.wait_for("a", "backoff")["last_error"]


def test_a_crash_is_told_in_status_and_written_into_the_error_file(host: Host) -> None:
    host.start(child("a", "crashes", backoff_s=30))
    host.wait_for("a", "backoff")
    wait_until(lambda: host.actor("a")["restarts"] == 1)
    actor = host.wait_for("a", "backoff")
    assert actor["last_error"] == "ValueError: on purpose"
    assert "starts again in" in actor["reason"]
    assert "ValueError: on purpose" in host.lines("logs/a.err")


def test_a_child_that_cannot_be_imported_says_so(host: Host) -> None:
    host.start({"name": "a", "start": "no.such.module:start", "backoff_s": 30})
    assert host.wait_for("a", "backoff")["last_error"].startswith("ModuleNotFoundError")


def test_an_error_that_knows_its_fault_is_told_in_its_own_words_and_its_wish_obeyed(host: Host) -> None:
    host.start(child("a", "is_refused"))
    actor = host.wait_for("a", "backoff")
    assert actor["last_error"] == "come back later"
    assert actor["next_start_s"] > 5


def test_an_exit_code_is_told(host: Host) -> None:
    host.start(child("a", "exits", settings={"code": 7}, restart="temporary"))
    assert host.wait_for("a", "stopped")["reason"] == "exit code 7"


def test_a_transient_child_that_is_done_stays_stopped(host: Host) -> None:
    host.start(child("a", "exits", settings={"code": 0}, restart="transient"), child("b"))
    wait_until(lambda: host.actor("a")["reason"] == "ended by itself (exit code 0)")
    assert host.actor("a")["state"] == "stopped"


def test_a_crash_loop_fails_loudly_and_one_trial_mends_it(host: Host) -> None:
    quick = {"max_restarts": 3, "backoff_s": 0.01, "backoff_limit_s": 0.02, "trial_s": 0.5}
    host.start(child("a", "crashes_unless_told", **quick))
    actor = host.wait_for("a", "failed")
    assert "gave up after 3 restarts" in actor["reason"]
    assert "one trial in" in actor["reason"]
    wait_until(lambda: host.actor("a")["restarts"] > 4)
    assert "its trial failed" in host.wait_for("a", "failed")["reason"]
    (host.data_dir / "mended").touch()
    host.wait_for("a", "running")


def test_what_the_operator_stops_in_backoff_stays_stopped_until_restarted(host: Host) -> None:
    host.start(child("a", "crashes_unless_told", backoff_s=0.2))
    host.wait_for("a", "backoff")
    assert host.send(cmd="stop", names=["a"])["ok"]
    actor = host.actor("a")
    assert (actor["state"], actor["reason"]) == ("stopped", "stopped by the operator")
    (host.data_dir / "mended").touch()
    restarts = actor["restarts"]
    host.send(cmd="restart", names=["a"])
    assert host.wait_for("a", "running")["restarts"] == restarts + 1


def test_what_the_operator_stops_while_it_runs_stays_stopped(host: Host) -> None:
    host.start(child("a"), child("b"))
    old = host.wait_for("a", "running")["pid"]
    host.send(cmd="stop", names=["a"])
    host.wait_for("a", "stopped")
    assert not is_alive(old)
    assert host.wait_for("b", "running")["restarts"] == 0


def test_a_restart_while_starting_makes_a_new_process(host: Host) -> None:
    host.start(child("a", "never_ready"))
    wait_until(lambda: host.actor("a")["pid"])
    old = host.pid("a")
    host.send(cmd="restart", names=["a"])
    wait_until(lambda: host.actor("a")["pid"] not in (None, old) and host.actor("a")["state"] == "starting")
    assert not is_alive(old)


def test_a_restart_of_one_disturbs_no_other(host: Host) -> None:
    host.start(child("a"), child("b"))
    old, other = host.wait_for("a", "running")["pid"], host.wait_for("b", "running")["pid"]
    host.send(cmd="restart", names=["a"])
    host.wait_for_successor("a", old)
    assert host.actor("b")["pid"] == other
    assert "a stopped" in host.lines("notes")


def test_a_stop_also_reaches_a_child_that_someone_has_stopped(host: Host) -> None:
    host.start(child("a"))
    pid = host.wait_for("a", "running")["pid"]
    os.kill(pid, signal.SIGSTOP)
    assert host.stop() == 0
    assert "a stopped" in host.lines("notes")


def test_a_child_that_ignores_sigterm_is_killed_at_its_own_limit(host: Host) -> None:
    host.start(child("a"), child("b", "ignores_sigterm", shutdown_s=0.4))
    for name in "ab":
        host.wait_for(name, "running")
    assert host.stop() == 0
    assert "a stopped" in host.lines("notes")
    assert any("in ignores_sigterm" in line for line in host.lines("logs/b.err"))


def test_the_limit_for_all_ends_a_stop_that_takes_too_long(host: Host) -> None:
    host.start(*(child(name, "ignores_sigterm", shutdown_s=60) for name in "abc"), stop_limit_s=0.5)
    for name in "abc":
        host.wait_for(name, "running")
    assert host.stop(timeout_s=10) == 1


def test_a_second_signal_kills_at_once(host: Host) -> None:
    host.start(child("a", "ignores_sigterm", shutdown_s=60), stop_limit_s=60)
    host.wait_for("a", "running")
    assert host.process is not None
    host.process.send_signal(signal.SIGINT)
    host.wait_for("a", "stopping")
    assert host.stop(signal.SIGINT, timeout_s=10) == 1


def test_a_stop_does_not_wait_for_those_in_backoff(host: Host) -> None:
    host.start(child("a", "is_refused"), child("b"))
    host.wait_for("a", "backoff")
    assert host.stop() == 0


def test_ctrl_c_in_the_terminal_reaches_no_child(host: Host) -> None:
    host.start(child("a"))
    pid = host.wait_for("a", "running")["pid"]
    assert host.process is not None
    assert os.getsid(pid) != os.getsid(host.process.pid)
    os.kill(pid, signal.SIGINT)
    assert host.actor("a")["pid"] == pid


def test_a_child_behind_a_gate_waits_until_it_is_ready(host: Host) -> None:
    host.start(child("gate", "crashes_unless_told", gates=True, backoff_s=0.05), child("b"))
    host.wait_for("gate", "backoff")
    assert host.actor("b")["reason"] == "waits until gate is ready"
    (host.data_dir / "mended").touch()
    host.wait_for("b", "running")


def test_each_child_holds_only_its_own_descriptors(host: Host) -> None:
    host.start(child("a", "describes_itself"), child("b", "describes_itself", listens=["a", "supervisor"]))
    facts = {}
    for name in "ab":
        wait_until(lambda: (host.data_dir / f"{name}.json").exists())  # noqa: B023
        facts[name] = json.loads((host.data_dir / f"{name}.json").read_text())
    a, b = facts["a"], facts["b"]
    assert (a["doorbell_fd"], len(a["ring_fds"])) == (-1, 1)
    assert b["doorbell_fd"] >= 0
    assert b["ring_fds"] == []
    for found in (a, b):
        assert found["dumps"]
        assert found["sigint_ignored"]
        if sys.platform == "linux":
            own = {0, 1, 2, found["beat_fd"], found["doorbell_fd"], *found["ring_fds"]}
            others = sorted(what.split(":")[0] for fd, what in found["fds"].items() if int(fd) not in own)
            # The lock of all children; the lifeline, and both ends of the pipe that notes SIGTERM.
            assert others == [str(host.data_dir / "children.lock"), "pipe", "pipe", "pipe"]


def test_a_doorbell_outlives_its_owner(host: Host) -> None:
    host.start(child("a", "rings"), child("b", "hears_again", listens=["a"]))
    old = host.wait_for("b", "running")["pid"]
    os.kill(old, signal.SIGKILL)
    host.wait_for_successor("b", old)


def test_a_flooding_child_keeps_nobody_from_the_control_socket(host: Host) -> None:
    host.start(child("a", "floods"), child("b", heartbeat_s=1.0))
    for name in "ab":
        host.wait_for(name, "running")
    wait_until(lambda: host.actor("a")["bad_beats"] > 100)
    assert host.actor("b")["restarts"] == 0
    assert host.stop() == 0


def test_a_child_that_closes_its_beats_is_taken_for_hung(host: Host) -> None:
    host.start(child("a", "closes_its_beats", heartbeat_s=0.3, backoff_s=30))
    wait_until(lambda: host.actor("a")["restarts"] == 1)
    assert host.actor("a")["last_error"].startswith("hung")


def test_who_is_told_of_changes_and_fails_is_told_no_more_and_harms_nobody(host: Host) -> None:
    (host.data_dir / "changes").mkdir(parents=True)  # where the host would write
    host.start(child("a"), child("b"))
    for name in "ab":
        host.wait_for(name, "running")
    assert host.stop() == 0


def test_a_module_that_cannot_be_preloaded_is_told_and_harms_nobody(host: Host) -> None:
    host.start(child("a"), preload=["no.such.module", "tests.supervisor.children"])
    host.wait_for("a", "running")
    assert list(host.status()["supervisor"]["preload_failed"]) == ["no.such.module"]


def test_a_full_disk_stops_the_log_and_nothing_else(host: Host) -> None:
    host.start(child("a"), log={"least_free_bytes": 1 << 62})
    host.wait_for("a", "running")
    own = host.status()["supervisor"]
    assert own["log_lost"] >= 2
    assert "full" in own["log_trouble"]
    assert host.stop() == 0


def test_a_second_start_is_refused_and_names_the_first(host: Host) -> None:
    host.start(child("a"))
    assert host.process is not None
    command = [sys.executable, "-m", "tests.supervisor.host", host.plan(child("a"))]
    second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20)
    assert (second.returncode, second.stdout.strip()) == (4, str(host.process.pid))
    assert host.answers()


def test_the_folder_of_a_killed_supervisor_is_taken_over(host: Host) -> None:
    host.start(child("a"), child("b", "hangs"))
    old = [host.wait_for(name, "running")["pid"] for name in "ab"]
    host.kill()
    assert host.process is not None
    assert host.process.stdout is not None
    host.process.stdout.close()
    assert (host.data_dir / "control.sock").exists()
    host.start(child("a"))
    assert not any(map(is_alive, old))
    assert host.wait_for("a", "running")["restarts"] == 0
    assert host.status()["supervisor"]["pid"] == host.process.pid


def _may_unshare() -> bool:
    command = shutil.which("unshare")
    if command is None:
        return False
    tried = subprocess.run([command, "--pid", "--fork", "--mount-proc", "true"], capture_output=True)
    return tried.returncode == 0


@pytest.mark.skipif(not _may_unshare(), reason="needs the right to make a PID namespace")
def test_as_process_1_it_supervises_buries_strangers_and_stops(host: Host) -> None:
    unshare = ("unshare", "--pid", "--fork", "--mount-proc", "--kill-child")
    host.start(child("a"), child("b", "leaves_an_orphan"), prefix=unshare)
    host.wait_for("a", "running")
    host.wait_for("b", "running")
    assert host.status()["supervisor"]["pid"] == 1
    wait_until(lambda: host.status()["supervisor"]["reaped"] >= 1)
    host.seen.clear()  # numbers of another namespace
    assert host.process is not None
    inside = psutil.Process(host.process.pid).children()[0]
    below = [inside.pid, *(p.pid for p in inside.children(recursive=True))]
    inside.send_signal(signal.SIGTERM)
    assert host.process.wait(10) == 0
    assert not any(map(is_alive, below))
    assert "a stopped" in host.lines("notes")


@pytest.mark.skipif(not _may_unshare(), reason="needs the right to make a PID namespace")
def test_as_process_1_it_restarts_a_killed_child_and_a_killed_fork_server(host: Host) -> None:
    unshare = ("unshare", "--pid", "--fork", "--mount-proc", "--kill-child")
    host.start(child("a"), prefix=unshare)
    assert host.process is not None
    old = host.wait_for("a", "running")["pid"]
    inside = psutil.Process(host.process.pid).children()[0]
    inside.children()[0].children()[0].kill()
    old = host.wait_for_successor("a", old)["pid"]
    inside.children()[0].kill()
    host.wait_for_successor("a", old)
    host.seen.clear()
    inside.send_signal(signal.SIGTERM)
    assert host.process.wait(10) == 0
