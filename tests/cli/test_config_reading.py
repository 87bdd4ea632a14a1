"""One configuration out of file, environment and command line; everything else refused by name."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cli.config import SET_BY_US, Config, Key
from cli.config_command import settings
from cli.config_reading import load
from cli.errors import WrongUsageError

EXAMPLE = Path(__file__).resolve().parents[2] / "config.example.yaml"
NOWHERE = Path("/nonexistent-configuration-folder/config.yaml")


@pytest.fixture(autouse=True)
def _no_file_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.config_reading.default_file", lambda: NOWHERE)


def defaults() -> dict[Key, Any]:
    return dict(settings(msgspec.to_builtins(load(None, {}, {}).config)))


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "config.yaml"
    file.write_text(text)
    return file


def refusal(file: Path | None = None, **environment: str) -> str:
    with pytest.raises(WrongUsageError) as refused:
        load(file, environment, {})
    sentence = str(refused.value)
    assert "\n" not in sentence
    return sentence


def test_without_a_word_from_anybody_everything_is_at_its_default() -> None:
    effective = load(None, {}, {})
    assert effective.config == Config()
    assert effective.sources == {}


def test_the_example_holds_every_setting_with_its_default_and_nothing_else() -> None:
    said = dict(settings(yaml.safe_load(EXAMPLE.read_text())))
    assert said == {key: value for key, value in defaults().items() if key not in SET_BY_US}


def test_the_example_is_accepted_and_changes_nothing() -> None:
    assert load(EXAMPLE, {}, {}).config == Config()


def test_every_setting_of_the_example_has_a_word_or_a_heading() -> None:
    for line in EXAMPLE.read_text().splitlines():
        assert len(line) <= 110, line


def test_environment_outranks_the_file_and_the_command_line_both(tmp_path: Path) -> None:
    file = written(tmp_path, "simulator: {speed: 2, seed: 3, rate: 10}\n")
    environment = {"KALSHI_ACTORS__SIMULATOR__SPEED": "4", "KALSHI_ACTORS__SIMULATOR__SEED": "5"}
    effective = load(file, environment, {("simulator", "speed"): (8.0, "--speed")})
    simulator = effective.config.simulator
    assert (simulator.rate, simulator.seed, simulator.speed) == (10, 5, 8)
    assert effective.sources[("simulator", "rate")] == str(file)
    assert effective.sources[("simulator", "seed")] == "KALSHI_ACTORS__SIMULATOR__SEED"
    assert effective.sources[("simulator", "speed")] == "--speed"


def test_every_setting_can_be_overridden_by_an_environment_variable() -> None:
    for key, value in defaults().items():
        if key not in SET_BY_US:
            variable = "KALSHI_ACTORS__" + "__".join(key).upper()
            effective = load(None, {variable: yaml.safe_dump(value)}, {})
            assert effective.config == Config(), variable
            assert variable in effective.sources.values()


def test_the_names_of_kalshis_own_clients_work_too() -> None:
    environment = {"KALSHI_API_KEY_ID": "12345", "KALSHI_PRIVATE_KEY_PATH": "/k.pem"}
    kalshi = load(None, environment, {}).config.actors.kalshi
    assert (kalshi.key_id, kalshi.key_file) == ("12345", "/k.pem")


def test_an_unknown_key_is_named_with_its_path_its_place_and_what_was_meant(tmp_path: Path) -> None:
    file = written(tmp_path, "actors: {kalshi: {pol_book_s: 3}}\n")
    sentence = refusal(file)
    assert sentence.startswith("actors.kalshi.pol_book_s: ")
    assert "poll_book_s" in sentence
    assert str(file) in sentence


def test_an_unknown_variable_is_named_as_its_key() -> None:
    assert refusal(KALSHI_ACTORS__SIMULATOR__SPED="3").startswith("simulator.sped: ")
    assert "KALSHI_ACTORS__" in refusal(KALSHI_ACTORS__="3")


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("simulator: {speed: fast}", "simulator.speed"),
        ("simulator: {speed: .nan}", "simulator.speed"),
        ("simulator: {speed: 0}", "simulator.speed"),
        ("simulator: 5", "simulator"),
        ("simulator: {ports: {kalshi: 99999}}", "simulator"),
        ("log: {fsync_s: -1}", "log.fsync_s"),
        ("simulator:", "simulator"),
        ("actors: {kalshi: {subscribe: {series: KXBTC15M}}}", "actors.kalshi.subscribe.series"),
        ("actors: {coinbase: {depth: -1}}", "actors.coinbase.depth"),
        ("actors: {coinbase: {checkpoint_s: 11}}", "actors.coinbase.checkpoint_s"),
        ("actors: {coinbase: {venue: kraken}}", "actors.coinbase.venue"),
        ("actors: {kalshi: {speed: 2}}", "actors.kalshi.speed"),
        ("actors: {signal: {settle_on: hope}}", "actors.signal.settle_on"),
        ("supervisor: {kalshi: {ready_s: 0}}", "supervisor.kalshi.ready_s"),
        ("supervisor: {kalshi: {backoff_s: 90}}", "supervisor.kalshi.backoff_s"),
        ("log: {segment_bytes: 3}", "log.segment_bytes"),
        ("screen: {redraws_per_s: 100}", "screen.redraws_per_s"),
        ("without: [krakn]", "without"),
        ("without: [simulator]", "without"),
        ("without: kraken", "without"),
    ],
)
def test_what_cannot_be_is_refused_with_its_path(tmp_path: Path, text: str, path: str) -> None:
    assert refusal(written(tmp_path, text)).startswith(f"{path}: ")


@pytest.mark.parametrize(
    "text", ["- 1\n", "just words", "a: [", "a: 1\n b: 2", "\x00", "{1: 2}", "!!python/none x"]
)
def test_a_file_that_is_not_a_table_of_sections_is_refused(tmp_path: Path, text: str) -> None:
    assert str(tmp_path) in refusal(written(tmp_path, text))


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    assert "cannot be read" in refusal(tmp_path / "absent.yaml")
    assert "cannot be read" in refusal(tmp_path)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def said_about(environment: dict[str, str], overrides: dict[Key, tuple[Any, str]]) -> str:
    try:
        load(None, environment, overrides)
    except WrongUsageError as refused:
        return str(refused)
    return ""


@given(key=st.sampled_from(sorted(defaults())), value=values)
def test_any_value_anywhere_is_taken_or_refused_in_one_sentence_that_names_the_section(
    key: Key, value: Any
) -> None:
    sentence = said_about({}, {key: (value, "--test")})
    assert not sentence or sentence.startswith(key[0])
    assert "\n" not in sentence


@given(text=st.text())
def test_any_text_in_a_variable_is_taken_or_refused_in_one_sentence(text: str) -> None:
    assert "\n" not in said_about({"KALSHI_ACTORS__ACTORS__KALSHI__KEY_ID": text}, {})


def test_binance_trades_against_a_stablecoin_unless_told_otherwise(tmp_path: Path) -> None:
    config = load(written(tmp_path, "actors: {binance: {checkpoint_s: 5}}\n"), {}, {}).config
    assert (config.actors.binance.symbol, config.actors.binance.venue) == ("BTC-USDT", "binance")
    assert config.actors.binance_us.symbol == "BTC-USD"
    config = load(written(tmp_path, "actors: {binance: {symbol: BTC-USD}}\n"), {}, {}).config
    assert config.actors.binance.symbol == "BTC-USD"


def test_an_actor_left_out_that_there_is_not_is_named_with_what_was_meant(tmp_path: Path) -> None:
    assert "'krakn', which is no actor; did you mean 'kraken'?" in refusal(KALSHI_ACTORS__WITHOUT="[krakn]")
    assert load(written(tmp_path, "without: [kraken, logger]\n"), {}, {}).config.without == [
        "kraken",
        "logger",
    ]


def test_a_key_that_stands_twice_is_refused_with_its_line(tmp_path: Path) -> None:
    file = written(tmp_path, "actors:\n  signal:\n    cooldown_s: 1\n    cooldown_s: 2\n")
    assert "line 4" in refusal(file)
    assert "'cooldown_s' stands twice" in refusal(file)


def test_the_same_key_in_two_sections_and_merged_sections_are_taken(tmp_path: Path) -> None:
    text = "actors:\n  coinbase: &one\n    checkpoint_s: 5\n  kraken:\n    <<: *one\n    depth: 100\n"
    config = load(written(tmp_path, text), {}, {}).config
    assert (config.actors.coinbase.checkpoint_s, config.actors.kraken.checkpoint_s) == (5, 5)
    assert config.actors.kraken.depth == 100
