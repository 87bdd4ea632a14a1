"""`index history`: on simulated markets, on a server's answers, and where nobody answers."""

import json
from collections.abc import Callable
from pathlib import Path

from actors.kalshi.history import SERIES
from tests.actors.kalshi.test_history import market, page, venue
from tests.cli.commands import Home, is_sentence
from tests.cli.index_logs import TICKER, record, settled, values, write

CLOSE = "2026-11-23T00:00:00Z"


def settings(home: Home, url: str) -> str:
    file = home.data.with_name("mine.yaml")
    file.write_text(f"actors: {{kalshi: {{rest_url: '{url}', requests_per_s: 20}}}}\n")
    return str(file)


def test_simulated_markets_are_fetched_from_their_own_simulator_and_compared(
    home: Home, eventually: Callable[..., None]
) -> None:
    data = str(home.data)
    names = "kalshi,coinbase,kraken,brti"
    started = home.run("start", "--sim", "--speed", "300", "--detach", "--only", names, "--data", data)
    assert started.code == 0, started.err

    def recorded() -> bool:
        outcome = home.run("index", "history", "--json", "--data", data)
        assert outcome.code == 0, outcome.err
        told = json.loads(outcome.out)
        return len(told["recorded"]["markets"]) >= 2 and len(told["markets"]) >= 3

    eventually(recorded, timeout_s=40.0, every_s=0.5)
    told = json.loads(home.run("index", "history", "--json", "--markets", "50", "--data", data).out)
    assert all(link["holds"] for link in told["chain"])
    assert told["chain"]
    outcome = home.run("index", "history", "--data", data)
    assert (outcome.code, outcome.err) == (0, "")
    assert "recorded here: " in outcome.out
    assert home.run("stop", "--data", data).code == 0
    outcome = home.run("index", "history", "--data", data)
    assert (outcome.code, outcome.out) == (3, "")
    assert is_sentence(outcome.err)


def test_live_markets_are_compared_with_what_was_recorded_and_what_was_not_is_said(home: Home) -> None:
    record(home.data, 3)
    minute = [message for second in range(900 - 62, 902) for message in values(second)]
    write(home.data, "brti", *minute)
    rows = [
        market(3, ticker=f"{SERIES}-LATER-00", open_time=CLOSE, close_time="2026-11-23T00:15:00Z",
               expiration_value="84,002.60"),
        market(2, ticker=TICKER, open_time="2026-11-22T23:45:00Z", close_time=CLOSE),
        market(1, ticker=f"{SERIES}-BEFORE-00", open_time="2026-11-22T23:30:00Z",
               close_time="2026-11-22T23:45:00Z"),
    ]  # fmt: skip
    with venue({"/markets": [(200, page(*rows))], "/historical/markets": [(404, b"{}")]}) as (url, _):
        arguments = ("index", "history", "--config", settings(home, url), "--data", str(home.data))
        outcome = home.run(*arguments, "--json")
        text = home.run(*arguments)
    assert (outcome.code, outcome.err) == (0, "")
    told = json.loads(outcome.out)
    assert told["rest_url"] == url
    assert [one["ticker"] for one in told["recorded"]["markets"]] == [settled().ticker, f"{SERIES}-LATER-00"]
    later = {one["method"]: one["known"] for one in told["recorded"]["markets"][1]["averages"]}
    assert later == {"cme-cf": 60, "volume-weighted": 60}
    assert "recorded here: 2 of these minutes, 1 were not" in text.out


def test_without_anything_recorded_the_markets_are_shown_alone(home: Home, tmp_path: Path) -> None:
    with venue({"/markets": [(200, page(market(1), market(0)))]}) as (url, _):
        outcome = home.run("index", "history", "--markets", "2", "--config", settings(home, url))
    assert (outcome.code, outcome.err) == (0, "")
    assert "2 settled markets" in outcome.out
    assert "of none of these minutes was anything recorded here" in outcome.out


def test_what_kalshi_does_not_give_is_one_sentence(home: Home) -> None:
    with venue({"/markets": [(403, b"<html>\nno\n</html>")]}) as (url, _):
        file = settings(home, url)
        refused = home.run("index", "history", "--config", file)
    silent = home.run("index", "history", "--config", file)
    for outcome, words in ((refused, "answers 403"), (silent, "cannot be reached")):
        assert (outcome.code, outcome.out) == (1, "")
        assert is_sentence(outcome.err)
        assert words in outcome.err
        assert url in outcome.err


def test_a_folder_that_is_not_there_is_named(home: Home) -> None:
    outcome = home.run("index", "history", "--data", str(home.data))
    assert (outcome.code, outcome.out) == (3, "")
    assert is_sentence(outcome.err)
