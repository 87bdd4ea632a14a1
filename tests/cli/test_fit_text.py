import json
from pathlib import Path

import msgspec

from actors.signal.calibration_file import Logistic
from cli.fit_text import as_fields, as_text
from replay.fit.fitting import Fitted
from replay.fit.spans import LeftOut
from tests.actors.signal.calibrations import ISOTONIC, made

WHY = "its result is not recorded"


def test_a_logistic_calibration_names_its_weights_the_greatest_first() -> None:
    said = as_text(Fitted(made(), [], "The verdict."), None)
    assert (
        "log-odds x 0.500 -0.100; for one standard deviation of market +0.300, momentum-15 -0.200 (pen"
        in said
    )
    assert "fitted on  100 markets in 100 windows, 2026-11-21 " in said
    assert "The verdict." in said
    assert "left out" not in said
    assert "Written" not in said


def test_both_scores_stand_beside_the_markets() -> None:
    lines = as_text(Fitted(made(), [], ""), None).splitlines()
    table = {line[:34].strip(): line[34:].split() for line in lines}
    assert table["calibrated"] == ["0.1500", "0.4500"]
    assert table["uncalibrated"] == ["0.1600", "0.4700"]
    assert table["market mid, where it had one"] == ["0.1520"]
    assert table["calibrated, on the same moments"] == ["0.1510"]


def test_without_a_mid_there_is_no_market_in_the_table() -> None:
    file = made()
    without = msgspec.structs.replace(file.tested, brier_market=None, brier_beside_market=None)
    said = as_text(Fitted(msgspec.structs.replace(file, tested=without), [], ""), None)
    assert "market mid" not in said


def test_models_without_indicators_say_so() -> None:
    assert "a rising line through 4 points" in as_text(Fitted(made(ISOTONIC), [], ""), None)
    file = made(Logistic(0.01, 0.9, [], [], [], []))
    alone = msgspec.structs.replace(file, trained=msgspec.structs.replace(file.trained, penalty=None))
    assert "log-odds x 0.900 +0.010; no indicator earned a weight" in as_text(Fitted(alone, [], ""), None)


def test_what_was_left_out_is_counted_by_reason_and_named_by_example() -> None:
    left = [LeftOut(f"M{number}", WHY) for number in range(5)] + [LeftOut("M9", "another")]
    said = as_text(Fitted(made(), left, ""), None)
    assert f"left out   5: {WHY} (M0, M1, M2 …)" in said
    assert "left out   1: another (M9)" in said


def test_for_scripts_all_of_it_is_plain(tmp_path: Path) -> None:
    told = as_fields(Fitted(made(), [LeftOut("M1", WHY)], "The verdict."), tmp_path / "c.json")
    assert json.loads(json.dumps(told)) == told
    assert told["version"] == made().version
    assert told["left_out"] == [{"ticker": "M1", "why": WHY}]
    assert told["written_to"] == str(tmp_path / "c.json")
    assert as_fields(Fitted(made(), [], ""), None)["written_to"] is None
