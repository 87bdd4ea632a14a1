"""A whole instance: started, looked at, disturbed, stopped."""

import json
import os
import signal
from collections.abc import Callable

import pytest

from tests.cli.commands import Home, is_sentence


def test_in_the_foreground_it_says_a_line_per_change_and_ends_cleanly_on_ctrl_c(
    home: Home, eventually: Callable[..., None]
) -> None:
    data = str(home.data)
    with home.spawn("start", "--sim", "--speed", "60", "--only", "coinbase,brti", "--data", data) as process:
        eventually(lambda: home.run("status", "--data", data).code == 0)
        eventually(lambda: all(actor["fresh"] for actor in home.status()["actors"]))
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (0, "")
    lines = out.splitlines()
    for name in ("simulator", "coinbase", "brti"):
        assert [words for words in lines if f"{name}: running" in words]
    stops = [line.split()[1] for line in lines if ": stopped" in line]
    assert stops == ["brti:", "coinbase:", "simulator:"]
    assert lines[-1].startswith("stopped; session ")


def test_status_is_one_object_with_the_promised_keys(running: Home) -> None:
    found = running.status()
    assert found["mode"] == "sim"
    assert found["data_dir"] == str(running.data)
    assert {"pid", "uptime_s", "version"} <= set(found["supervisor"])
    names = [actor["name"] for actor in found["actors"]]
    assert names == ["simulator", "logger", "coinbase", "kraken", "brti"]
    keys = {
        "name",
        "state",
        "reason",
        "pid",
        "uptime_s",
        "restarts",
        "fresh",
        "data_age_s",
        "in",
        "out",
        "lag",
    }
    for actor in found["actors"]:
        assert keys | {"latency_ms", "rss_mb", "cpu_pct", "last_error"} <= set(actor)
        assert set(actor["latency_ms"]) == {"p50", "p99"}


def test_status_for_people_has_a_row_for_each_actor(running: Home) -> None:
    outcome = running.run("status", "--data", str(running.data))
    assert outcome.code == 0
    for name in ("simulator", "logger", "coinbase", "kraken", "brti"):
        assert [line for line in outcome.out.splitlines() if line.startswith(name)]
    assert "SIMULATION" in outcome.out


def test_what_runs_is_not_started_twice(running: Home) -> None:
    for how in ([], ["--detach"]):
        outcome = running.run("start", "--sim", *how, "--data", str(running.data))
        assert outcome.code == 4
        assert is_sentence(outcome.err)


def test_a_folder_of_one_mode_refuses_the_other(home: Home) -> None:
    home.data.mkdir()
    (home.data / "mode").write_text("live\n")
    outcome = home.run("start", "--sim", "--data", str(home.data))
    assert outcome.code == 2
    assert is_sentence(outcome.err)


def test_of_two_starts_at_once_one_wins_and_the_other_says_so(
    home: Home, eventually: Callable[..., None]
) -> None:
    arguments = ("start", "--sim", "--detach", "--only", "coinbase", "--data", str(home.data))
    both = [home.spawn(*arguments), home.spawn(*arguments)]
    outcomes = [(*process.communicate(timeout=40), process.returncode) for process in both]
    assert sorted(code for _, _, code in outcomes) == [0, 4]
    assert all(is_sentence(err) for _, err, code in outcomes if code == 4)
    assert home.run("stop", "--data", str(home.data)).code == 0


def test_restart_gives_one_actor_a_new_process_and_disturbs_no_other(running: Home) -> None:
    before = {actor["name"]: actor["pid"] for actor in running.status()["actors"]}
    outcome = running.run("restart", "coinbase", "--data", str(running.data))
    assert (outcome.code, outcome.err) == (0, "")
    after = {actor["name"]: actor["pid"] for actor in running.status()["actors"]}
    assert [name for name in before if before[name] != after[name]] == ["coinbase"]


def test_what_is_stopped_by_name_stays_stopped_until_it_is_restarted(running: Home) -> None:
    assert running.run("stop", "kraken", "--data", str(running.data)).code == 0
    states = {actor["name"]: actor["state"] for actor in running.status()["actors"]}
    assert states == dict.fromkeys(states, "running") | {"kraken": "stopped"}
    assert running.run("restart", "kraken", "--data", str(running.data)).code == 0


@pytest.mark.parametrize("command", ["stop", "restart", "logs", "tail"])
def test_an_actor_that_nobody_knows_is_refused_with_what_was_meant(running: Home, command: str) -> None:
    outcome = running.run(command, "cionbase", "--data", str(running.data))
    assert outcome.code == 2
    assert "coinbase" in outcome.err
    assert is_sentence(outcome.err)


def test_a_damaged_description_of_the_instance_does_not_matter(running: Home) -> None:
    description = running.data / "instance.json"
    good = description.read_bytes()
    try:
        description.write_bytes(b'{"session": "20')
        assert running.run("status", "--data", str(running.data)).code == 0
        assert running.run("start", "--sim", "--data", str(running.data)).code == 4
    finally:
        description.write_bytes(good)


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


def test_logs_tells_what_happened_and_parses_as_json(running: Home, eventually: Callable[..., None]) -> None:
    arguments = ("logs", "coinbase", "--json", "-n", "50", "--data", str(running.data))
    eventually(lambda: running.run(*arguments).out)
    told = [json.loads(line) for line in running.run(*arguments).out.splitlines()]
    assert {line["actor"] for line in told} == {"coinbase"}
    assert told == sorted(told, key=lambda line: int(line["at_ns"]))


def test_sessions_lists_the_one_that_runs(running: Home, eventually: Callable[..., None]) -> None:
    arguments = ("sessions", "--json", "--data", str(running.data))
    eventually(lambda: running.run(*arguments).out)
    told = [json.loads(line) for line in running.run(*arguments).out.splitlines()]
    assert [line["session"] for line in told] == [running.status()["session"]]


def test_watching_as_json_gives_an_object_per_change(running: Home) -> None:
    with running.spawn("status", "--watch", "--json", "--data", str(running.data)) as process:
        assert process.stdout is not None
        told = [json.loads(process.stdout.readline()) for _ in range(3)]
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=10)
    assert all(status["mode"] == "sim" for status in told)
    assert process.returncode == 0


def test_after_a_sigkill_of_the_supervisor_the_next_start_takes_over(home: Home) -> None:
    arguments = ("start", "--sim", "--detach", "--only", "coinbase", "--data", str(home.data))
    assert home.run(*arguments).code == 0
    os.kill(home.status()["supervisor"]["pid"], signal.SIGKILL)
    assert home.run("status", "--data", str(home.data)).code == 3
    assert home.run(*arguments).code == 0
    assert home.run("stop", "--data", str(home.data)).code == 0


def test_simulate_prints_where_everything_is(home: Home) -> None:
    with home.spawn("simulate", "--json", "--speed", "30", "--seed", "7") as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    assert (told["seed"], told["speed"], process.returncode) == (7, 30.0, 0)
    assert set(told["venues"]) == {"kalshi", "coinbase", "kraken", "bitstamp", "gemini"}
    assert all(urls["url"].startswith("ws://127.0.0.1:") for urls in told["venues"].values())


def test_config_shows_where_each_setting_comes_from_and_no_secret(home: Home) -> None:
    home.env["KALSHI_API_KEY_ID"] = "a-key-id-that-is-mine-alone"
    home.env["KALSHI_ACTORS__SIMULATOR__SEED"] = "11"
    outcome = home.run("config", "--json", "--changed")
    assert "mine-alone" not in outcome.out
    told = json.loads(outcome.out)
    assert told["simulator.seed"] == {"value": 11, "source": "KALSHI_ACTORS__SIMULATOR__SEED"}
    assert set(told) == {"actors.kalshi.key_id", "simulator.seed"}
