import math

import msgspec
import pytest

from actors.bounds import check_bounds


class Some(msgspec.Struct):
    first: float = 1.0
    second: float = 2.0


BOUNDS = {"first": (0.5, 1.0), "second": (0.0, 1e6)}


def test_what_lies_within_its_bounds_passes() -> None:
    check_bounds("some", Some(), BOUNDS)
    check_bounds("some", Some(0.5, 1e6), BOUNDS)


@pytest.mark.parametrize("value", [0.4, 1.1, math.nan, math.inf])
def test_the_first_that_does_not_is_named_with_its_bounds(value: float) -> None:
    with pytest.raises(ValueError, match=rf"^some first is {value}; it must be between 0.5 and 1$"):
        check_bounds("some", Some(value, -1.0), BOUNDS)
