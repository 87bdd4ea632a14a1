"""The whole of it, on made markets where the truth is known."""

from pathlib import Path

import pytest

from actors.signal.calibration import Calibration
from actors.signal.calibration_file import encode, read
from replay.fit.errors import OverlapError
from replay.fit.fitting import Method, fit, write
from replay.fit.table import samples
from tests.replay.fit.made import cut_ns, late, markets, right, too_sure

METHODS: list[Method] = ["logistic", "isotonic"]
NOISE_SEEDS = 20
"""Of these fits to noise one may seem an improvement, as one in twenty may."""


@pytest.mark.parametrize("method", METHODS)
def test_a_miscalibrated_probability_is_mended_on_later_markets(method: Method) -> None:
    found = fit(markets(500, too_sure, seed=21), method, cut_ns(200), cut_ns(200))
    tested = found.file.tested
    assert tested.windows == 300
    assert tested.improves
    assert "the calibration improves the probability" in found.verdict
    assert tested.brier_beside_market == pytest.approx(tested.brier_market, abs=0.003)


def test_what_an_indicator_knows_is_learnt_for_later_markets() -> None:
    found = fit(markets(500, late, seed=22, informed=True), "logistic", cut_ns(200), cut_ns(200))
    assert found.file.tested.improves


@pytest.mark.parametrize("method", METHODS)
def test_pure_noise_is_not_improved_and_that_is_said(method: Method) -> None:
    improved = 0
    for seed in range(NOISE_SEEDS):
        found = fit(markets(90, right, seed=seed), method, cut_ns(50), cut_ns(50))
        improved += found.file.tested.improves
        said = "improves the probability:" in found.verdict and "leave it off" not in found.verdict
        assert said == found.file.tested.improves
    assert improved <= NOISE_SEEDS // 20


def test_nothing_of_the_future_goes_into_the_fit() -> None:
    made = markets(100, too_sure, seed=23)
    for method in METHODS:
        honest = fit(made, method, cut_ns(50), cut_ns(50)).file
        other = [market._replace(outcome=1.0 - market.outcome) for market in made[49:]]
        turned = fit([*made[:49], *other], method, cut_ns(50), cut_ns(50)).file
        assert turned.model == honest.model
        assert turned.trained == honest.trained
        assert turned.tested != honest.tested
        assert turned.version != honest.version
        assert honest.trained.to_ns <= honest.tested.from_ns


def test_overlap_is_refused() -> None:
    with pytest.raises(OverlapError):
        fit(markets(100, right, seed=1), "logistic", cut_ns(50), cut_ns(49))


def test_the_file_that_was_tested_is_the_file_that_is_read(tmp_path: Path) -> None:
    made = markets(120, late, seed=24, informed=True)
    fitted = fit(made, "logistic", cut_ns(60), cut_ns(60))
    path = tmp_path / "c.json"
    write(path, b"an older one")
    write(path, encode(fitted.file))
    assert [file.name for file in tmp_path.iterdir()] == ["c.json"]
    read_again = read(path, cut_ns(1000))
    assert read_again == fitted.file
    before, after = Calibration(fitted.file.model, ""), Calibration(read_again.model, "")
    for row in samples(made[70]):
        assert before.evaluate(*row).hex() == after.evaluate(*row).hex()


def test_a_place_that_cannot_be_written_to_is_left_as_it_was(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write(tmp_path / "nowhere" / "c.json", b"x")
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        write(tmp_path / "folder", b"x")
    assert [file.name for file in tmp_path.iterdir()] == ["folder"]
