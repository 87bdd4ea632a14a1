from pathlib import Path

from messages.log import LogWriter
from replay.compare.comparison import compare
from replay.compare.polling import Readings
from tests.replay.compare.samples import POLLS, QUOTES, at
from tests.replay.compare.test_streamed import TICKER, quote, write


def test_markets_follow_each_other_and_slower_pollers_stand_beside(tmp_path: Path) -> None:
    told = [(n, quote(n, *one.prices)) for n, one in enumerate(QUOTES)]
    write(tmp_path, "kalshi", [(float(n), message) for n, message in told])
    with LogWriter(tmp_path / "log" / "signal"):
        pass
    later = [
        poll._replace(sent_ns=poll.sent_ns + 20 * 10**9, recv_ns=poll.recv_ns + 20 * 10**9) for poll in POLLS
    ]
    readings = Readings(
        {"LATER": later, TICKER: POLLS, "ONCE": POLLS[:1]}, {TICKER: 2, "ONCE": 1}, "status 429"
    )
    found = compare(tmp_path, readings, 2.0)
    assert found is not None
    assert [market.ticker for market in found.markets] == [TICKER, "LATER"]
    assert (found.from_ns, found.to_ns) == (at(0.5), at(24.5))
    assert (found.failed, found.trouble) == (3, "status 429")
    assert [poller.every_s for poller in found.pollers] == [2.0, 5.0]
    assert found.stream.changes == 4


def test_one_reading_is_no_comparison(tmp_path: Path) -> None:
    assert compare(tmp_path, Readings({TICKER: POLLS[:1]}, {}, ""), 1.0) is None
