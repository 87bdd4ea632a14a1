from pathlib import Path

from actors.paper.meanwhile import results
from messages import PaperAccount, Position
from messages.log import LogSettings, LogWriter
from tests.actors.paper.playing import T0, S, defined, health

NOW_NS = T0 + 7200 * S


def account(*tickers: str) -> PaperAccount:
    return PaperAccount(T0, 1, [Position(ticker, 100, 0, 1) for ticker in tickers], "", 0, 0, [], 0)


def log(folder: Path) -> None:
    """An hour and a half of a feed: M is named every 10 s until it settles; L never does."""
    settled = defined(ticker="M", result="yes", expiration_e6=84_000_000_000)
    with LogWriter(folder, LogSettings(segment_bytes=20_000)) as writer:
        for second in range(0, 5400, 10):
            at_ns = T0 + second * S
            named = [defined(at_ns, ticker=ticker) for ticker in ("L", "M") if second < 840]
            writer.append([health(at_ns), *named], at_ns)
            if second == 850:
                writer.append([settled], at_ns)


def test_a_result_is_found_however_long_ago_it_came(tmp_path: Path) -> None:
    log(tmp_path)
    (found,) = results(tmp_path, account("M"), NOW_NS)
    assert (found.ticker, found.result) == ("M", "yes")


def test_a_market_without_a_result_or_a_name_has_none(tmp_path: Path) -> None:
    log(tmp_path)
    assert results(tmp_path, account("L", "X"), NOW_NS) == []


def test_a_log_that_does_not_exist_has_none(tmp_path: Path) -> None:
    assert results(tmp_path / "nothing", account("M"), NOW_NS) == []


def test_damage_is_stepped_over(tmp_path: Path) -> None:
    log(tmp_path)
    segments = sorted(tmp_path.glob("*.seg"))
    data = bytearray(segments[0].read_bytes())
    data[200:260] = bytes(60)
    segments[0].write_bytes(bytes(data))
    (found,) = results(tmp_path, account("M"), NOW_NS)
    assert found.ticker == "M"


def test_what_came_later_than_the_given_time_is_not_known_yet(tmp_path: Path) -> None:
    log(tmp_path)
    assert results(tmp_path, account("M"), T0 + 849 * S) == []
