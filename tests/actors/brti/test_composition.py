from actors.brti.composition import nobody
from messages import LeftOut


def test_that_nobody_qualifies_is_said_of_each_by_name() -> None:
    out = [LeftOut("kraken", "stale", 4000), LeftOut("lmax", "absent", -1)]
    assert nobody(out) == "no venue qualifies: kraken stale, lmax absent"
