"""The nearest equal work of hftbacktest: one venue's recorded book changes through its backtester.

It is compiled, and does less: one book of one venue is kept for exchange and trader, no index is computed
over eight, no contract is priced, no word is compared with a record. Its input is an array in memory, made
before.
"""

import importlib.util
import time
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure
from messages import BookChanged, BookSnapshot, kinds
from messages.log import LogReader

STEP_NS = 100_000_000


def backtested(log_dir: Path, benchmark: str) -> list[Figure]:
    """Play the log's books; none where hftbacktest is not installed."""
    if importlib.util.find_spec("hftbacktest") is None:
        return []
    rows, messages = _rows(log_dir)
    _play(rows)  # so that it is compiled
    begun_s = time.process_time()
    _play(rows)
    used_s = time.process_time() - begun_s
    return [
        Figure(
            benchmark, "hftbacktest, book messages", messages / used_s, "/s", None,
            f"{messages:,} messages, {len(rows):,} levels of one book, kept and nothing else; compiled",
        ),
        Figure(benchmark, "hftbacktest, levels", len(rows) / used_s, "/s"),
    ]  # fmt: skip


def _rows(log_dir: Path) -> tuple[Any, int]:
    """The book's levels as hftbacktest wants them, and of how many messages they are."""
    import hftbacktest as peer
    import numpy as np

    here = peer.EXCH_EVENT | peer.LOCAL_EVENT
    rows: list[tuple[object, ...]] = []
    messages = 0
    with LogReader(log_dir) as reader:
        while not reader.drained:
            for record in reader.read(5000, kinds(BookChanged, BookSnapshot)):
                said = record.message()
                assert isinstance(said, BookChanged | BookSnapshot)
                if isinstance(said, BookSnapshot) and messages:
                    continue  # it says again what the changes have led to
                messages += 1
                for side, levels in ((peer.BUY_EVENT, said.bids), (peer.SELL_EVENT, said.asks)):
                    event = peer.DEPTH_EVENT | here | side
                    rows += [
                        (event, said.recv_ns, said.recv_ns, price / 1e8, size / 1e8, 0, 0, 0.0)
                        for price, size in levels
                    ]
    return np.array(rows, dtype=peer.event_dtype), messages


def _play(rows: Any) -> None:
    import hftbacktest as peer

    asset = (
        peer.BacktestAsset()
        .data(rows)
        .linear_asset(1.0)
        .constant_order_latency(0, 0)
        .risk_adverse_queue_model()
        .no_partial_fill_exchange()
        .trading_value_fee_model(0.0, 0.0)
        .tick_size(0.01)
        .lot_size(1e-8)
    )
    backtest = peer.HashMapMarketDepthBacktest([asset])
    while backtest.elapse(STEP_NS) == 0:
        pass
    backtest.close()
