import math

import pytest

from actors.signal.decision.kinds import PLACES, Passed, bars, passed
from messages import INDICATORS


def values(**given: float) -> list[float]:
    named = {name.replace("_", "-"): value for name, value in given.items()}
    return [named.get(name, math.nan) for name in INDICATORS]


def test_an_edge_speaks_for_the_side_that_it_is_of() -> None:
    over = bars({"edge": 0.02})
    assert passed(values(edge_yes=0.03, edge_no=0.01), over) == [Passed("edge", "yes", 0.03, 0.02)]
    assert passed(values(edge_yes=-0.08, edge_no=-0.02), over) == [Passed("edge", "no", -0.02, 0.02)]
    assert passed(values(edge_yes=0.0199, edge_no=-0.0199), over) == []


def test_an_indicator_with_a_sign_speaks_for_either_side() -> None:
    over = bars({"momentum-5": 2.0})
    assert passed(values(momentum_5=2.0), over) == [Passed("momentum-5", "yes", 2.0, 2.0)]
    assert passed(values(momentum_5=-2.5), over) == [Passed("momentum-5", "no", -2.5, 2.0)]
    assert passed(values(momentum_5=1.9), over) == []


def test_what_has_no_value_reaches_nothing() -> None:
    assert passed(values(), bars(dict.fromkeys(PLACES, 0.0))) == []


def test_the_order_is_that_of_the_kinds_whatever_the_settings_say() -> None:
    over = bars({"vwap-distance": 1.0, "delay": 1.0, "edge": 1.0})
    assert [bar.kind for bar in over] == ["edge", "delay", "vwap-distance"]


@pytest.mark.parametrize("name", ["delay-age", "delay-absorbed", "maker-edge-yes", "edge-yes", "hope"])
def test_what_names_no_side_or_nothing_that_could_be_taken_is_no_kind(name: str) -> None:
    assert name not in PLACES
    with pytest.raises(KeyError, match=name):
        bars({name: 1.0})
