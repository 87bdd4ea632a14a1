"""`fit`: from recorded sessions to a file that the signal actor loads, and everything that is refused."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from actors.signal.calibration import load
from tests.cli.commands import Home, is_sentence
from tests.replay.fit.made import S, cut_ns, markets, right, too_sure
from tests.replay.fit.records import record

FUTURE_NS = cut_ns(10_000)


def at(windows: int) -> str:
    """When so many windows are over, as a person writes it."""
    return f"{datetime.fromtimestamp(cut_ns(windows) / S, UTC):%Y-%m-%dT%H:%M}"


@pytest.fixture(scope="module")
def mended(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home in which markets were recorded, the probability of each too sure."""
    home = Home(tmp_path_factory.mktemp("mended"))
    record(home.data, markets(150, too_sure, seed=37))
    return home


def test_a_probability_that_is_too_sure_is_mended_and_the_signal_actor_can_load_it(
    mended: Home, tmp_path: Path
) -> None:
    out = tmp_path / "calibration.json"
    outcome = mended.run(
        "fit", "--train-to", at(50), "--test-from", at(50), "--method", "isotonic", "--out", str(out),
        "--data", str(mended.data),
    )  # fmt: skip
    assert (outcome.code, outcome.err) == (0, "")
    calibration = load(out, FUTURE_NS)
    lines = outcome.out.splitlines()
    assert lines[0] == f"calibration {calibration.version}"
    assert "49 markets in 49 windows" in lines[1]
    assert "100 markets in 100 windows" in lines[2]
    assert "1: its result came only after the test began (M49)" in lines[3]
    assert "On 100 later windows, the calibration improves the probability" in outcome.out
    assert f"Written to {out}" in lines[-1]
    assert calibration.evaluate(0.95, -1, -1, []) < 0.9


def test_noise_is_not_improved_and_the_command_says_so(home: Home) -> None:
    record(home.data, markets(60, right, seed=1))
    outcome = home.run("fit", "--train-to", at(30), "--test-from", at(30), "--data", str(home.data))
    assert (outcome.code, outcome.err) == (0, "")
    assert "nothing shows that the calibration improves the probability, leave it off" in outcome.out
    assert "no indicator earned a weight" in outcome.out
    assert "Written" not in outcome.out


def test_with_json_everything_in_the_file_is_told_and_what_was_left_out(mended: Home, tmp_path: Path) -> None:
    out = tmp_path / "calibration.json"
    outcome = mended.run(
        "fit", "made", "--train-to", str(cut_ns(50)), "--test-from", at(60), "--out", str(out), "--json",
        "--data", str(mended.data),
    )  # fmt: skip
    told = json.loads(outcome.out)
    file = json.loads(out.read_bytes())
    assert {name: told[name] for name in file} == file
    assert told["written_to"] == str(out)
    assert [left["ticker"] for left in told["left_out"]] == [f"M{number}" for number in range(50, 60)]
    assert told["tested"]["windows"] == 90
    assert told["verdict"].startswith("On 90 later windows")


@pytest.mark.parametrize(
    ("arguments", "code", "why"),
    [
        (("--train-to", at(50), "--test-from", at(49)), 2, "what was fitted on cannot be tested on"),
        (("--train-to", at(10), "--test-from", at(10)), 1, "to fit needs 20 settled windows; 9 closed by"),
        (
            ("--train-to", at(149), "--test-from", at(149)),
            1,
            "to test needs 5 settled windows; 1 opened after",
        ),
        (("--train-to", "noon", "--test-from", at(49)), 2, "'noon' is no time"),
        (("--train-to", at(50)), 2, "--test-from"),
        (("gone", "--train-to", at(50), "--test-from", at(50)), 2, "there is no session 'gone'"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(
    mended: Home, tmp_path: Path, arguments: tuple[str, ...], code: int, why: str
) -> None:
    out = tmp_path / "calibration.json"
    outcome = mended.run("fit", *arguments, "--out", str(out), "--data", str(mended.data))
    assert outcome.code == code
    assert why in outcome.err
    assert is_sentence(outcome.err)
    assert not out.exists()


@pytest.mark.parametrize(("place", "code"), [("nowhere/calibration.json", 2), ("x" * 300, 1)])
def test_a_place_that_cannot_be_written_to_is_named(
    mended: Home, tmp_path: Path, place: str, code: int
) -> None:
    out = tmp_path / place
    outcome = mended.run(
        "fit", "--train-to", at(50), "--test-from", at(50), "--method", "isotonic", "--out", str(out),
        "--data", str(mended.data),
    )  # fmt: skip
    assert outcome.code == code
    assert str(out.parent) in outcome.err
    assert "name another FILE with --out" in outcome.err
    assert is_sentence(outcome.err)


def test_without_scikit_learn_it_says_how_to_get_it(mended: Home, tmp_path: Path) -> None:
    hidden = tmp_path / "sklearn"
    hidden.mkdir()
    (hidden / "__init__.py").write_text(
        "raise ModuleNotFoundError(\"No module named 'sklearn'\", name='sklearn')"
    )
    home = Home(tmp_path)
    home.env["PYTHONPATH"] = f"{tmp_path}:{home.env['PYTHONPATH']}"
    outcome = home.run("fit", "--train-to", at(50), "--test-from", at(50), "--data", str(mended.data))
    assert outcome.code == 1
    assert "to fit needs scikit-learn" in outcome.err
    assert "-m pip install" in outcome.err
    assert is_sentence(outcome.err)
