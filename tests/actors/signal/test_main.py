import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from actors.errors import ConfigurationError
from actors.signal.calibration_file import encode, named
from actors.signal.main import build, start
from messages import (
    Assignment,
    FairValue,
    FeedHealth,
    IndexValue,
    MarketBookSnapshot,
    MarketDefined,
    MarketQuoteChanged,
    MarketRoleChanged,
    Share,
    Signal,
)
from messages.doorbell import Doorbell
from messages.log import LogReader, LogWriter
from tests.actors.signal.calibrations import made

S = 1_000_000_000


def read_said(data_dir: Path) -> dict[int, FairValue | Signal]:
    with LogReader(data_dir / "log" / "signal") as reader:
        records = reader.read(100_000, frozenset({FairValue.kind, Signal.kind}))
    found = {record.seq: record.message() for record in records}
    return {seq: said for seq, said in found.items() if isinstance(said, (FairValue, Signal))}


def test_real_logs_become_fair_values_and_a_signal_that_names_its_own(
    tmp_path: Path, eventually: Callable[..., None]
) -> None:
    bell = Doorbell.create()
    stop = threading.Event()
    settings = {"warm_up_s": 0.0}
    assignment = Assignment(
        "signal", "s", str(tmp_path), settings, ["kalshi", "brti"], doorbell_fd=bell.read_fd
    )
    kalshi, brti = LogWriter(tmp_path / "log" / "kalshi"), LogWriter(tmp_path / "log" / "brti")
    now_ns = time.time_ns()
    market = MarketDefined(
        "M", "E", "KXBTC15M", now_ns, now_ns - 60 * S, now_ns + 600 * S, "active", "greater_or_equal",
        84_000_000_000, "rest", "", -1, [], "quadratic", "1",
    )  # fmt: skip
    kalshi.append([market, MarketRoleChanged("KXBTC15M", now_ns, "M", "")], now_ns)
    actor = threading.Thread(target=start, args=(assignment, stop))
    actor.start()
    try:
        eventually(lambda: read_said(tmp_path))  # the past is read, the market is spoken of
        for _ in range(2):
            now_ns = time.time_ns()
            kalshi.append(
                [
                    FeedHealth("kalshi", 1, now_ns, True, 0, 0, 0, 0, -1.0, -1.0, 0.0, ""),
                    MarketBookSnapshot("M", 0, now_ns, 0, 1, 1, [(200_000, 500)], [(300_000, 500)], False),
                    MarketQuoteChanged("M", 0, now_ns, 0, 200_000, 500, 300_000, 500),
                ],
                now_ns,
            )
            shares = [Share("kraken", 84_000.0, 1.0, False, 0, 1)]
            brti.append([IndexValue("BRTI", "m", now_ns, now_ns, 84_000.0, shares, [], True, "")], now_ns)
            bell.ring()
        eventually(lambda: any(isinstance(said, Signal) for said in read_said(tmp_path).values()))
    finally:
        stop.set()
        actor.join()
        kalshi.close()
        brti.close()
        bell.close()
    said = read_said(tmp_path)
    signal = next(message for message in said.values() if isinstance(message, Signal))
    fair = said[signal.fair]
    assert isinstance(fair, FairValue)
    assert fair.withheld == ""
    assert fair.inputs == signal.inputs
    assert (signal.side, signal.price_e6) == ("yes", 300_000)


def test_an_impossible_setting_ends_it_before_it_begins(tmp_path: Path) -> None:
    assignment = Assignment("signal", "s", str(tmp_path), {"threshold_usd": 7.0})
    with pytest.raises(msgspec.ValidationError, match="threshold_usd"):
        start(assignment, threading.Event())


def test_the_calibration_that_the_settings_name_is_loaded_or_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    with pytest.raises(ConfigurationError, match=f"{path} cannot be read"):
        build({"calibration_file": str(path)})
    file = made()
    long_ago = msgspec.structs.replace(file.trained, to_ns=S)
    path.write_bytes(encode(named(msgspec.structs.replace(file, trained=long_ago))))
    build({"calibration_file": str(path)})
    still_to_come = msgspec.structs.replace(file.trained, to_ns=time.time_ns() + 3600 * S)
    path.write_bytes(encode(named(msgspec.structs.replace(file, trained=still_to_come))))
    with pytest.raises(ConfigurationError, match="still to come"):
        build({"calibration_file": str(path)})
