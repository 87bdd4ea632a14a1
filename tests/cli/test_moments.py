"""Times on the command line: UTC unless they say otherwise."""

import click
import pytest

from cli.moments import moment

S = 1_000_000_000
CONTEXT = click.Context(click.Command("fit"))
OPTION = click.Option(["--from"])


@pytest.mark.parametrize(
    ("told", "at_ns"),
    [
        ("2026-11-23T08:00", 1_795_420_800 * S),
        ("2026-11-23 08:00:00.5Z", 1_795_420_800 * S + S // 2),
        ("2026-11-23T09:00+01:00", 1_795_420_800 * S),
        ("2026-11-23", 1_795_392_000 * S),
        ("20261123", 1_795_392_000 * S),
        ("1795420800000000001", 1_795_420_800 * S + 1),
    ],
)
def test_times_are_utc_unless_they_say_otherwise(told: str, at_ns: int) -> None:
    assert moment(CONTEXT, OPTION, told) == at_ns


def test_no_time_stays_none_and_nonsense_is_refused() -> None:
    assert moment(CONTEXT, OPTION, None) is None
    with pytest.raises(click.BadParameter, match="'soon' is no time; write it like"):
        moment(CONTEXT, OPTION, "soon")
