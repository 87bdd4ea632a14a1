"""The launchers: a checkout with a space in its name, a first use, later uses, mishaps."""

import os
import runpy
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.commands import ROOT, Outcome, is_sentence

INSTALL_LIMIT_S = 240


def network_is_there() -> bool:
    try:
        socket.create_connection(("pypi.org", 443), timeout=3).close()
    except OSError:
        return "PIP_INDEX_URL" in os.environ or "PIP_FIND_LINKS" in os.environ
    return True


def copy_checkout(folder: Path) -> Path:
    checkout = folder / "my checkout"
    checkout.mkdir(parents=True)
    for name in ("bin", "actors", "cli", "messages", "replay", "simulator", "supervisor"):
        shutil.copytree(ROOT / name, checkout / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("setup.cfg", "pyproject.toml", "LICENSE"):
        shutil.copy(ROOT / name, checkout / name)
    (checkout / "README.md").write_text("copied for a test\n")
    return checkout


def launch(program: Path, *arguments: str, **environment: str) -> Outcome:
    run = subprocess.run(
        [str(program), *arguments],
        cwd="/",
        env=os.environ | {"KALSHI_ACTORS_PYTHON": sys.executable} | environment,
        capture_output=True,
        text=True,
        timeout=INSTALL_LIMIT_S,
        check=False,
    )
    assert "Traceback" not in run.stdout + run.stderr
    return Outcome(run.returncode, run.stdout, run.stderr)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A checkout whose two first runs came at the same moment."""
    if not network_is_there():
        pytest.skip("packages cannot be downloaded here")
    checkout = copy_checkout(tmp_path_factory.mktemp("launcher"))
    command = [str(checkout / "bin" / "kalshi-actors"), "--version"]
    environment = os.environ | {"KALSHI_ACTORS_PYTHON": sys.executable}
    both = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    outcomes = [(*process.communicate(timeout=INSTALL_LIMIT_S), process.returncode) for process in both]
    assert [code for _, _, code in outcomes] == [0, 0], outcomes
    assert all(out.startswith("kalshi-actors ") for out, _, _ in outcomes)
    assert sum("first use" in err for _, err, _ in outcomes) == 1
    yield checkout
    shutil.rmtree(checkout)


def environment_of(checkout: Path) -> tuple[int, float]:
    stat = (checkout / ".venv" / "installed-at").stat()
    return stat.st_ino, stat.st_mtime


@pytest.mark.slow
@pytest.mark.timeout(2 * INSTALL_LIMIT_S)
def test_later_uses_do_no_work_and_say_nothing_of_it(installed: Path) -> None:
    before = environment_of(installed)
    outcome = launch(installed / "bin" / "kalshi-actors", "--version")
    assert (outcome.code, outcome.err) == (0, "")
    assert environment_of(installed) == before


@pytest.mark.slow
@pytest.mark.timeout(2 * INSTALL_LIMIT_S)
def test_it_works_through_a_link_and_without_a_network(installed: Path, tmp_path: Path) -> None:
    link = tmp_path / "link to it"
    link.symlink_to(installed / "bin" / "kalshi-actors")
    unreachable = {"PIP_INDEX_URL": "http://127.0.0.1:1/", "https_proxy": "http://127.0.0.1:1/"}
    outcome = launch(link, "status", XDG_DATA_HOME=str(tmp_path), **unreachable)
    assert outcome.code == 3
    assert is_sentence(outcome.err)


@pytest.mark.slow
@pytest.mark.timeout(2 * INSTALL_LIMIT_S)
def test_an_interrupted_install_is_done_anew(installed: Path, eventually: Callable[..., None]) -> None:
    shutil.rmtree(installed / ".venv")
    command = [str(installed / "bin" / "kalshi-actors"), "--version"]
    with subprocess.Popen(
        command,
        env=os.environ | {"KALSHI_ACTORS_PYTHON": sys.executable},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        eventually(lambda: (installed / ".venv" / "install.log").exists(), 60)
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "Traceback" not in err
    assert not (installed / ".venv" / "installed-at").exists()
    assert launch(Path(command[0]), "--version").code == 0


def test_without_a_fitting_python_it_says_which_one_it_needs(tmp_path: Path) -> None:
    checkout = copy_checkout(tmp_path)
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "dirname", "readlink", "cmp"):
        (tools / name).symlink_to(shutil.which(name) or name)
    outcome = launch(checkout / "bin" / "kalshi-actors", PATH=str(tools), KALSHI_ACTORS_PYTHON="")
    assert outcome.code == 1
    assert "3.11" in outcome.err
    assert is_sentence(outcome.err)


def test_a_failing_download_is_one_sentence_and_leaves_nothing_that_looks_whole(tmp_path: Path) -> None:
    checkout = copy_checkout(tmp_path)
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:1/", "PIP_RETRIES": "0", "PIP_NO_CACHE_DIR": "1"}
    outcome = launch(checkout / "bin" / "kalshi-actors", "--version", **nowhere)
    assert outcome.code == 1
    assert is_sentence(outcome.err.splitlines(keepends=True)[-1])
    assert not (checkout / ".venv" / "installed-at").exists()


def test_the_progress_line_never_fills_the_terminals_last_column() -> None:
    fitting = runpy.run_path(str(ROOT / "bin" / "environment.py"))["fitting"]
    what = f"first use: installing into {'/a-long-folder' * 20}"
    assert [len(fitting(what, 12.3, columns)) for columns in (40, 80)] == [39, 79]
    assert fitting(what, 12.3, 80).endswith(" … 12 s")
    assert fitting("installing", 0.0, 80) == "kalshi-actors: installing … 0 s"
