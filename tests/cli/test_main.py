"""Exit codes, and sentences in place of tracebacks, whatever happens."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable

import pytest

from messages.version import VERSION
from tests.cli.commands import ROOT, Home, is_sentence
from tests.messages.log.samples import volume, write


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["bogus"], 2),
        (["start", "--bogus"], 2),
        (["start", "--sim", "--only", "coinbse"], 2),
        (["start", "--sim", "--only", "coinbase", "--without", "coinbase"], 2),
        (["start", "--sim", "--speed", "0"], 2),
        (["start", "--sim", "--speed", "nan"], 2),
        (["start", "--speed", "4"], 2),
        (["start", "--sim", "--config", "/absent.yaml"], 2),
        (["start", "--sim", "--data", "/proc/here"], 1),
        (["start", "--sim", "--data", "/dev/null/here"], 1),
        (["simulate", "--fault", "bogus"], 2),
        (["stop"], 3),
        (["status"], 3),
        (["status", "--json"], 3),
        (["status", "--data", "/absent"], 3),
        (["restart", "coinbase"], 3),
        (["restart"], 2),
        (["tail"], 3),
        (["tail", "-n", "few"], 2),
        (["logs", "--level", "loud"], 2),
        (["sessions"], 3),
        (["stop", "--config", "/absent.yaml"], 2),
        (["status", "--config", "/absent.yaml"], 2),
        (["logs", "--config", "/absent.yaml"], 2),
        (["tail", "--config", "/absent.yaml"], 2),
        (["sessions", "--config", "/absent.yaml"], 2),
        (["simulate", "--config", "/absent.yaml"], 2),
        (["config", "--config", "/absent.yaml"], 2),
        (["restart", "coinbase", "--config", "/absent.yaml"], 2),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence_with_its_code(
    home: Home, arguments: list[str], code: int
) -> None:
    outcome = home.run(*arguments)
    assert (outcome.code, outcome.out) == (code, "")
    assert is_sentence(outcome.err), outcome.err


def test_help_and_version_are_no_failures(home: Home) -> None:
    assert home.run("--help").code == 0
    assert home.run("--version") == (0, f"kalshi-actors {VERSION}\n", "")
    assert home.run("start", "-h").code == 0


def test_no_command_at_all_shows_what_there_is(home: Home) -> None:
    outcome = home.run()
    assert outcome.code == 2
    assert "start" in outcome.out


@pytest.mark.parametrize("arguments", [["--help"], ["status"], ["stop"]])
def test_what_only_looks_imports_nothing_heavy(home: Home, arguments: list[str]) -> None:
    heavy = {"rich", "cryptography", "requests", "websockets", "pykka", "numpy", "yaml", "orjson"}
    program = f"""
import sys
from cli.main import main
try:
    main()
except SystemExit:
    print("LOADED", *sorted({heavy} & set(sys.modules)))
"""
    command = [sys.executable, "-c", program, *arguments]
    run = subprocess.run(command, env=home.env, cwd="/", capture_output=True, text=True, check=False)
    assert run.stdout.splitlines()[-1] == "LOADED"


def test_a_reader_who_had_enough_is_no_error(home: Home) -> None:
    write(home.data / "log" / "coinbase", [[volume(number) for number in range(500)]])
    with home.spawn("tail", "-n", "500", "--data", str(home.data)) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 0


def test_a_terminal_without_our_letters_is_shown_the_rest(home: Home) -> None:
    (home.data / "logs").mkdir(parents=True)
    line = '2026-11-22T20:55:43.500120Z INFO  coinbase note text="gr\u00fcn" #5\n'
    (home.data / "logs" / "coinbase.log").write_text(line, encoding="utf-8")
    command = [sys.executable, "-m", "cli", "logs", "--data", str(home.data)]
    ascii_only = home.env | {"PYTHONIOENCODING": "ascii"}
    run = subprocess.run(command, env=ascii_only, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert 'coinbase note text="gr?n"' in run.stdout


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_output_that_cannot_be_written_is_said_in_a_sentence(home: Home) -> None:
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "cli", "config"]
        run = subprocess.run(
            command, env=home.env, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert run.returncode == 1
    assert is_sentence(run.stderr), run.stderr
    assert "could not be written" in run.stderr


def test_an_unexpected_error_leaves_its_details_in_the_data_folder(home: Home) -> None:
    program = "import cli.instance; cli.instance.running = None\nfrom cli.main import main; main()"
    command = [sys.executable, "-c", program, "status", "--data", str(home.data)]
    run = subprocess.run(command, env=home.env, cwd="/", capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert is_sentence(run.stderr)
    (crash,) = home.data.glob("crash-*.txt")
    assert "Traceback" in crash.read_text()
    assert str(crash) in run.stderr


@pytest.mark.parametrize("when", ["", "mode", "instance.lock", "control.sock", "log/brti", "log/logger"])
def test_a_ctrl_c_at_any_moment_ends_a_start_without_a_trace(
    home: Home, when: str, eventually: Callable[..., None]
) -> None:
    arguments = ("start", "--sim", "--only", "coinbase,brti,logger", "--data", str(home.data))
    with home.spawn(*arguments, start_new_session=True) as process:
        eventually(lambda: not when or (home.data / when).exists())
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert "Traceback" not in out + err
    assert process.returncode in (0, 130, -signal.SIGINT)
    assert home.run("status", "--data", str(home.data)).code == 3


def test_the_packages_are_those_of_this_checkout() -> None:
    program = "import cli, supervisor; print(cli.__file__, supervisor.__file__)"
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert all(place.startswith(str(ROOT)) for place in run.stdout.split())
