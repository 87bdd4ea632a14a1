"""Who runs, what each is told, who listens to whom."""

from pathlib import Path

import msgspec
import pytest

from actors.kalshi.settings import KalshiSettings
from actors.polymarket.settings import PolymarketSettings
from actors.prices.settings import PricesSettings
from actors.signal.settings import Settings as SignalSettings
from actors.store.settings import Settings as StoreSettings
from cli import roster
from cli.config import EXCHANGES, ActorsConfig, Config
from cli.errors import WrongUsageError
from simulator.kalshi.keys import DemoKey
from simulator.settings import VENUES
from simulator.settings import Settings as SimulatorSettings
from supervisor.spec import Plan, check

PORTS = {venue: 7001 + number for number, venue in enumerate((*roster.VENUES, *roster.OPTIONAL))}
SIMULATION = roster.Simulation(PORTS, 5.0, DemoKey("id", Path("/k"), Path("/p")))


def test_everything_runs_unless_told_otherwise_and_listeners_come_after_those_they_hear() -> None:
    names = roster.choose([], [], simulated=True)
    assert names == ["simulator", *roster.ACTORS]
    seen: set[str] = set()
    for spec in roster.specs(Config(), names, SIMULATION):
        assert spec.name == "logger" or set(spec.listens) <= seen
        seen.add(spec.name)


def test_every_simulated_venue_has_its_actor_and_the_index_is_woken_by_all_exchanges() -> None:
    assert roster.VENUES == VENUES
    names = roster.choose([], [], simulated=False)
    (brti,) = [spec for spec in roster.specs(Config(), names, None) if spec.name == "brti"]
    assert set(brti.listens) == set(roster.LISTENS["brti"]) == set(roster.VENUES) - {"kalshi"}


def test_the_signal_actor_is_woken_by_the_venues_that_may_lead_where_they_run() -> None:
    def heard(*leading: str) -> list[str]:
        signal = SignalSettings(lead_venues=list(leading))
        config = Config(actors=ActorsConfig(signal=signal))
        specs = roster.specs(config, roster.choose([], ["gemini"], simulated=False), None)
        return next(list(spec.listens) for spec in specs if spec.name == "signal")

    assert [name for name in heard("kraken", "gemini") if name in EXCHANGES] == ["kraken"]
    assert {"kalshi", "brti"} <= set(heard())


def test_a_calibration_file_is_told_by_its_whole_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    config = Config(actors=ActorsConfig(signal=SignalSettings(calibration_file="c.json")))
    for simulation in (None, SIMULATION):
        told = roster.settings_of(config, "signal", simulation)
        assert told["calibration_file"] == str(tmp_path / "c.json")


def test_the_logger_hears_everybody_and_stops_after_all_but_the_simulator() -> None:
    names = roster.choose([], [], simulated=True)
    assert names[:2] == ["simulator", "logger"]
    assert roster.choose([], [], simulated=False)[0] == "logger"
    (logger,) = [spec for spec in roster.specs(Config(), names, SIMULATION) if spec.name == "logger"]
    assert set(logger.listens) == {*names, "supervisor"} - {"logger"}


def test_the_store_runs_beside_the_logger_unless_its_setting_leaves_it_out() -> None:
    assert roster.choose([], [], simulated=False)[1] == "store"
    assert "store" not in roster.unasked(Config(), [])
    without = Config(actors=ActorsConfig(store=StoreSettings(enabled=False)))
    assert "store" in roster.unasked(without, [])
    assert "store" not in roster.unasked(without, ["store"])


def test_only_and_without_choose_in_start_order() -> None:
    assert roster.choose(["brti", "coinbase"], [], simulated=False) == ["coinbase", "brti"]
    assert roster.choose(["brti", "coinbase"], ["brti"], simulated=True) == ["simulator", "coinbase"]


@pytest.mark.parametrize(
    ("only", "without", "simulated"),
    [
        (["nobody"], [], False),
        ([], ["nobody"], False),
        (["simulator"], [], True),
        ([], ["simulator"], True),
        ([], ["simulator"], False),
        (["brti"], ["brti"], False),
        ([], list(roster.ACTORS), True),
    ],
)
def test_a_choice_that_cannot_be_is_refused(only: list[str], without: list[str], simulated: bool) -> None:
    with pytest.raises(WrongUsageError):
        roster.choose(only, without, simulated)


@pytest.mark.parametrize("simulation", [None, SIMULATION])
@pytest.mark.parametrize("without", [[], ["gemini"], ["kalshi", "brti"], list(roster.ACTORS[1:])])
def test_every_choice_makes_a_plan_that_the_supervisor_takes(
    tmp_path: Path, simulation: roster.Simulation | None, without: list[str]
) -> None:
    names = roster.choose([], without, simulated=simulation is not None)
    specs = roster.specs(Config(), names, simulation)
    check(
        Plan(
            specs=specs,
            data_dir=tmp_path,
            session="s",
            mode="sim",
            version="1",
            preload=roster.preload(names),
        )
    )


def test_on_the_simulator_every_address_is_on_this_machine_and_keeps_its_path() -> None:
    kalshi = roster.settings_of(Config(), "kalshi", SIMULATION)
    assert kalshi["url"] == "ws://127.0.0.1:7001/trade-api/ws/v2"
    assert kalshi["rest_url"] == "http://127.0.0.1:7001/trade-api/v2"
    assert (kalshi["key_id"], kalshi["key_file"], kalshi["speed"]) == ("id", "/k", 5.0)
    kraken = roster.settings_of(Config(), "kraken", SIMULATION)
    assert kraken["url"] == "ws://127.0.0.1:7003/v2"
    for venue in EXCHANGES:
        told = roster.settings_of(Config(), venue, SIMULATION)
        assert told["url"].startswith(f"ws://127.0.0.1:{PORTS[venue]}"), venue
        assert told["rest_url"].startswith(f"http://127.0.0.1:{PORTS[venue]}"), venue
    assert roster.settings_of(Config(), "brti", SIMULATION)["speed"] == 5.0
    assert roster.settings_of(Config(), "signal", SIMULATION)["speed"] == 5.0
    assert roster.settings_of(Config(), "paper", SIMULATION)["speed"] == 5.0


def test_live_settings_are_those_of_the_configuration() -> None:
    config = Config()
    for name in roster.ACTORS:
        assert roster.settings_of(config, name, None) == msgspec.to_builtins(getattr(config.actors, name))


def test_what_actors_are_told_is_what_their_settings_take() -> None:
    for simulation in (None, SIMULATION):
        msgspec.convert(roster.settings_of(Config(), "kalshi", simulation), KalshiSettings)
        msgspec.convert(roster.settings_of(Config(), "gemini", simulation), PricesSettings)
    msgspec.convert(roster.settings_of(Config(), "simulator", SIMULATION), SimulatorSettings)


def test_an_optional_feed_runs_only_where_it_is_asked_for() -> None:
    assert roster.unasked(Config(), []) == ["polymarket"]
    assert roster.unasked(Config(), ["kalshi"]) == ["polymarket"]
    assert roster.unasked(Config(), ["polymarket", "kalshi"]) == []
    enabled = msgspec.convert({"actors": {"polymarket": {"enabled": True}}}, Config)
    assert roster.unasked(enabled, []) == []


def test_signal_hears_polymarket_where_it_runs() -> None:
    for names in (["kalshi", "polymarket", "signal"], ["kalshi", "signal"]):
        (signal,) = [spec for spec in roster.specs(Config(), names, None) if spec.name == "signal"]
        assert ("polymarket" in signal.listens) is ("polymarket" in names)


def test_an_optional_venue_is_simulated_for_its_actor_alone(tmp_path: Path) -> None:
    assert set(roster.simulation(Config(), tmp_path).ports) == set(roster.VENUES)
    simulation = roster.simulation(Config(), tmp_path, ["simulator", "polymarket"])
    assert set(simulation.ports) == {*roster.VENUES, "polymarket"}
    port = simulation.ports["polymarket"]
    told = roster.settings_of(Config(), "polymarket", simulation)
    assert told["url"] == f"ws://127.0.0.1:{port}/ws/market"
    assert told["rest_url"] == f"http://127.0.0.1:{port}"
    assert told["speed"] == Config().simulator.speed
    assert msgspec.convert(told, PolymarketSettings).url == told["url"]


def test_free_ports_are_all_different() -> None:
    ports = roster.free_ports(roster.VENUES)
    assert len(set(ports.values())) == len(roster.VENUES)
    assert all(ports.values())


def test_a_port_that_the_user_chose_is_kept(tmp_path: Path) -> None:
    chosen = SimulatorSettings(ports={"kraken": 7777, "gemini": 0})
    config = msgspec.structs.replace(Config(), simulator=chosen)
    ports = roster.simulation(config, tmp_path).ports
    assert ports["kraken"] == 7777
    assert set(ports) == set(roster.VENUES)
