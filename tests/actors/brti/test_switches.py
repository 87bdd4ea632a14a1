import msgspec
import pytest

from actors.brti.switches import Switches


@pytest.mark.parametrize("text", ['{"cap_sample":"all"}', '{"retrieval_lag_s":0}', '{"uncross":1}'])
def test_impossible_switches_are_refused(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=Switches)
