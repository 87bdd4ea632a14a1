"""`index`: on a live instance, on a stopped one, and where there is nothing to show."""

import json
import re
from collections.abc import Callable, Iterator

import pytest

from tests.cli.commands import Home, is_sentence
from tests.cli.index_logs import BEGIN, S, record

METHODS = {"cme-cf", "volume-weighted", "equal-weighted", "nowcast"}


@pytest.fixture(scope="module")
def fast(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A home in which the index and what it needs run on a fast simulator."""
    home = Home(tmp_path_factory.mktemp("fast"))
    arguments = ("--sim", "--speed", "60", "--detach", "--data", str(home.data))
    outcome = home.run("start", "--only", "kalshi,coinbase,kraken,brti", *arguments)
    assert outcome.code == 0, outcome.err
    yield home
    home.run("stop", "--data", str(home.data))


def test_a_running_instance_tells_every_method_every_venue_and_the_error(
    fast: Home, eventually: Callable[..., None]
) -> None:
    data = str(fast.data)

    def compared() -> bool:
        outcome = fast.run("index", "--json", "--data", data)
        told = json.loads(outcome.out) if outcome.code == 0 else {}
        return bool(told and told["compared"] and told["accuracy"]["coverage"]["compared"] > 30)

    eventually(compared, timeout_s=40.0, every_s=0.5)
    told = json.loads(fast.run("index", "--json", "--minutes", "5", "--data", data).out)
    assert (told["runs"], told["speed"], told["method"]) == (True, 60.0, "cme-cf")
    assert {value["method"] for value in told["values"]} == METHODS
    parts = told["composition"]
    assert {part["venue"] for part in [*parts["shares"], *parts["left_out"]]} >= {
        "coinbase",
        "kraken",
        "lmax",
    }
    assert told["official"]["index_id"] == "BRTI"
    assert {row["method"] for row in told["accuracy"]["errors"]} >= {"cme-cf", "volume-weighted"}

    outcome = fast.run("index", "--session", "--data", data)
    assert (outcome.code, outcome.err) == (0, "")
    assert f"in {data} runs; brti last spoke" in outcome.out
    for words in (
        r"cme-cf \*",
        r"\ncoinbase +in ",
        "left out: absent",
        r"Official value: \$",
        "Moved the same",
    ):
        assert re.search(words, outcome.out), words


def test_a_stopped_instance_is_told_from_its_logs_with_their_age(home: Home) -> None:
    record(home.data, 120)
    outcome = home.run("index", "--data", str(home.data))
    assert (outcome.code, outcome.err) == (0, "")
    first = outcome.out.splitlines()[0]
    assert first.startswith(
        f"session 2026-11-23T00-00-00Z in {home.data} does not run any more; brti last spoke"
    )
    assert "120 seconds from" in outcome.out
    told = json.loads(home.run("index", "--json", "--minutes", "1", "--data", str(home.data)).out)
    assert (told["runs"], told["newest_ns"], told["from_ns"]) == (
        False,
        BEGIN + 119 * S + S // 5,
        told["newest_ns"] - 60 * S,
    )
    assert told["accuracy"]["coverage"]["compared"] == 61


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--minutes", "5", "--session"), 2, "exclude each other"),
        (("--minutes", "0"), 2, "--minutes"),
        (("histry",), 2, "histry"),
        (("history",), 2, "behind its own name"),
        ((), 1, "brti has said nothing"),
    ],
)
def test_what_cannot_be_shown_is_one_sentence(
    home: Home, arguments: tuple[str, ...], code: int, words: str
) -> None:
    home.data.mkdir()
    outcome = home.run("index", "--data", str(home.data), *arguments)
    assert (outcome.code, outcome.out) == (code, "")
    assert is_sentence(outcome.err)
    assert words in outcome.err
