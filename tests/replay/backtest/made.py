"""Made-up runs: windows whose profit is known, and tasks that give them."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from replay.backtest.judged import Judged, Window
from replay.backtest.points import Point
from replay.backtest.table import Row
from replay.backtest.task import Done, Task
from replay.records import Tell
from replay.score.bought import HORIZONS_S, Bought
from replay.sessions import Session
from tests.replay.score.made import BEGIN, QUARTER, S, close_ns

KEY = "actors.signal.decision.edge_usd"


def window(number: int, pnl_usd: float, fills: int = 1, opens_ns: int = 0) -> Window:
    return Window(
        close_ns=close_ns(number),
        open_ns=opens_ns or BEGIN + number * QUARTER,
        markets=1,
        pnl_usd=pnl_usd,
        fees_usd=0.02 * fills,
        bought=float(fills),
        fills=fills,
        samples=90,
        fair_squares=9.0,
        mid_squares=10.0,
    )


def judged(pnls: Sequence[float], first: int = 0) -> Judged:
    columns: dict[str, list[object]] = {
        field: [] for field in (*Bought._fields, "yes") if field not in ("market", "kind")
    }
    columns |= {"marks": [[] for _ in HORIZONS_S], "mark_ns": [[] for _ in HORIZONS_S]}
    windows = [window(first + place, pnl) for place, pnl in enumerate(pnls)]
    return Judged(windows=windows, unsettled=1, disagreeing=[], lost=0, decisions=columns)


def session(name: str = "made", first: int = 0, windows: int = 10, speed: float = 1.0) -> Session:
    begin_ns = BEGIN + first * QUARTER
    return Session(name, "sim", begin_ns, begin_ns + windows * QUARTER + S, speed)


def point(edge_usd: float) -> Point:
    settings = {
        "brti": {"speed": 1.0},
        "signal": {"speed": 1.0, "edge_usd": edge_usd},
        "paper": {"speed": 1.0, "latency_ms": 100.0},
    }
    return Point({KEY: edge_usd}, settings)


def task(key: str, of: Session | None = None, edge_usd: float = 0.01, config: str = "c") -> Task:
    settings = {"paper": {"latency_ms": 100.0}}
    return Task(key, config, {KEY: edge_usd}, "/nowhere", of or session(), settings, 100.0, "")


def row(of: Task, found: Judged) -> Row:
    return Row(
        key=of.key,
        config=of.config,
        point=of.point,
        session=of.session.name,
        version="1",
        from_ns=of.session.from_ns,
        to_ns=of.session.to_ns,
        passed=1000,
        said={"paper": {"PaperFill": 3}},
        seconds=0.5,
        judged=found,
    )


def line(of: Task, found: Judged) -> bytes:
    return msgspec.json.encode(row(of, found))


def perform(of: Task, tell: Tell) -> Done:
    """As many windows as the session is long; each brings the edge asked for, or loses it."""
    tell(0.25)
    if of.point[KEY] < 0:
        return Done(of, b"", "the settings are not those of a trader")
    windows = (of.session.to_ns - of.session.from_ns) // QUARTER
    first = (of.session.from_ns - BEGIN) // QUARTER
    sign = [1 if number % 4 else -1 for number in range(first, first + windows)]
    return Done(of, line(of, judged([s * of.point[KEY] for s in sign], first)), "")


def mark_and_hang(of: Task, tell: Tell) -> Done:
    """Done at once where the key says so; the others leave a file, and never end."""
    if of.key.startswith("quick"):
        return perform(of, tell)
    import os
    import time

    tell(0.5)
    Path(of.work_dir, f"{of.key}-{os.getpid()}").touch()
    while True:
        time.sleep(1.0)


def die(of: Task, tell: Tell) -> Done:
    """End as the system ends a process that takes too much."""
    import os
    import signal

    os.kill(os.getpid(), signal.SIGKILL)
    return perform(of, tell)
