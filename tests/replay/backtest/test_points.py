from pathlib import Path

from replay.backtest.points import Point, combinations, configuration, row_key
from tests.replay.backtest.made import session


def test_every_combination_is_a_point_and_the_last_key_changes_fastest() -> None:
    assert combinations({"a": [1, 2], "b": ["x", "y"]}) == [
        {"a": 1, "b": "x"},
        {"a": 1, "b": "y"},
        {"a": 2, "b": "x"},
        {"a": 2, "b": "y"},
    ]
    assert combinations({}) == [{}]


def test_a_point_is_named_as_the_grid_says_it() -> None:
    assert Point({"a.b": 0.01, "c": ["edge"]}, {}).name == 'a.b=0.01 c=["edge"]'
    assert Point({}, {}).name == "as configured"


def test_settings_are_the_same_in_whatever_order_they_stand_and_another_when_one_is_changed() -> None:
    assert configuration({"x": {"a": 1, "b": 2}}) == configuration({"x": {"b": 2, "a": 1}})
    assert configuration({"x": {"a": 1, "b": 2}}) != configuration({"x": {"a": 1, "b": 3}})
    assert configuration({"x": {"a": 1}}) != configuration({"y": {"a": 1}})


def test_of_a_file_the_content_counts_and_not_its_name(tmp_path: Path) -> None:
    one, same, other = tmp_path / "one", tmp_path / "same", tmp_path / "other"
    for path, text in ((one, "a"), (same, "a"), (other, "b")):
        path.write_text(text)

    def digest(path: Path) -> str:
        return configuration({"signal": {"calibration_file": str(path)}})

    assert digest(one) == digest(same)
    assert digest(one) != digest(other)
    assert digest(tmp_path / "gone") != digest(one)
    assert configuration({"signal": {"calibration_file": ""}}) != digest(one)


def test_a_result_is_filed_under_settings_session_span_and_actors_run_anew() -> None:
    of = session()
    key = row_key("c", ["paper"], of)
    assert key == row_key("c", ["paper"], of)
    others = [
        row_key("d", ["paper"], of),
        row_key("c", ["signal", "paper"], of),
        row_key("c", ["paper"], of._replace(to_ns=of.to_ns + 1)),
        row_key("c", ["paper"], of._replace(from_ns=of.from_ns + 1)),
        row_key("c", ["paper"], of._replace(name="other")),
    ]
    assert len({key, *others}) == 6
