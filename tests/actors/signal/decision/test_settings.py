import pytest

from actors.signal.decision.settings import DecisionSettings


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"contracts": 0.0}, "signal decision contracts is 0.0; it must be between 0.01 and 1e"),
        ({"weights": {"edge": -1.0}}, "signal decision weight of edge is -1.0; it must be between 0 and 100"),
        ({"weights": {"edge": 0.0}}, "signal decision weights are all 0; at least one must count"),
        ({"weights": {}}, "signal decision weights are all 0; at least one must count"),
    ],
)
def test_an_impossible_setting_is_refused_by_name(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        DecisionSettings(**changes)  # type: ignore[arg-type]
