import pytest

from actors.signal.model import LOG_NORMAL, NORMAL, model_named


def test_each_model_is_found_by_its_name() -> None:
    assert model_named("normal", 4.5) is NORMAL
    assert model_named("log-normal", 4.5) is LOG_NORMAL
    student = model_named("student-t", 4.5)
    assert (student.name, student.logarithmic) == ("student-t", False)
    assert student.tail.below(-4.0) > NORMAL.tail.below(-4.0)


def test_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="no model 'cauchy'"):
        model_named("cauchy", 4.5)
