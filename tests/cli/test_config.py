"""The shape of config.yaml: what it holds, and what it refuses by itself."""

from typing import Any

import msgspec
import pytest

from cli import roster
from cli.config import EXCHANGES, SET_BY_US, Config, section_of
from supervisor import ChildSpec


def read(**said: Any) -> Config:
    return msgspec.convert(said, Config)


def test_every_actor_has_a_section_and_limits() -> None:
    config = Config()
    for name in roster.ACTORS:
        assert section_of(config, name) is getattr(config.actors, name)
    assert section_of(config, roster.SIMULATOR) is config.simulator
    limits = set(config.supervisor.__struct_fields__) - {"stop_limit_s"}
    assert limits == {roster.SIMULATOR, *roster.ACTORS}


def test_an_exchanges_section_is_that_of_its_own_venue() -> None:
    for venue in EXCHANGES:
        assert getattr(Config().actors, venue).venue == venue


def test_what_is_not_the_users_to_set_does_exist() -> None:
    for key in SET_BY_US:
        section: Any = Config()
        for part in key:
            section = getattr(section, part)


def test_limits_are_fields_of_a_childs_spec_with_the_same_defaults() -> None:
    spec = ChildSpec(name="x", start="a.b:c")
    for name, value in msgspec.structs.asdict(Config().supervisor.kalshi).items():
        assert getattr(spec, name) == value, name


def test_a_delay_longer_than_the_longest_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match=r"backoff_s \(90\) must be at most backoff_limit_s"):
        read(supervisor={"kraken": {"backoff_s": 90}})
    limits = read(supervisor={"kraken": {"backoff_s": 90, "backoff_limit_s": 90}}).supervisor
    assert (limits.kraken.backoff_s, limits.kalshi.backoff_s) == (90, 1)


@pytest.mark.parametrize(
    "said",
    [
        {"actor": {}},
        {"actors": {"bitfinex": {}}},
        {"supervisor": {"kalshi": {"patience_s": 1}}},
        {"supervisor": {"stop_limit_s": 0}},
        {"log": {"keep": 1}},
        {"screen": {"redraws_per_s": 5}},
    ],
)
def test_what_there_is_not_and_what_cannot_be_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        read(**said)


def test_a_log_is_bounded_unless_the_user_wants_otherwise() -> None:
    assert Config().log.most_bytes > 0
    assert read(log={"most_bytes": 0}).log.most_bytes == 0
