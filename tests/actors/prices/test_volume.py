from actors.adapter import Output
from actors.prices.volume import VolumeTeller
from messages import DayVolume

S = 1_000_000_000


def test_a_new_volume_is_said_at_most_once_a_second() -> None:
    teller = VolumeTeller("here", "BTC-USD")
    out: list[Output] = []
    teller.take(out, 5, 1, 10 * S)
    teller.take(out, 6, 2, 10 * S + 1)
    teller.take(out, 7, 3, 11 * S)
    teller.take(out, 7, 4, 13 * S)
    assert [m.volume_e8 for m in out if isinstance(m, DayVolume)] == [5, 7]


def test_on_request_the_newest_is_said_with_its_own_time() -> None:
    teller = VolumeTeller("here", "BTC-USD")
    out: list[Output] = []
    teller.tell(out, 9 * S)
    assert out == []
    teller.take([], 5, 1, 10 * S)
    teller.take([], 6, 2, 10 * S + 1)
    teller.tell(out, 20 * S)
    assert out == [DayVolume("here", "BTC-USD", 2, 10 * S + 1, 6)]
