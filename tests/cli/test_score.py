"""`score`: recorded sessions of which the truth is known, judged by the command itself."""

import json

import pytest

from tests.cli.commands import Home, is_sentence
from tests.replay.score.logs import SESSION, record


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with twelve windows of a market that follows the truth 20 s late."""
    home = Home(tmp_path_factory.mktemp("recorded"))
    record(home.data, windows=12, slow=True)
    return home


def test_the_first_line_is_the_verdict_and_the_rest_what_it_rests_on(recorded: Home) -> None:
    outcome = recorded.run("score", "--data", str(recorded.data))
    assert (outcome.code, outcome.err) == (0, "")
    lines = outcome.out.splitlines()
    assert lines[0].startswith("The evidence supports an edge of the composite's decisions: +")
    for words in (f"Sessions: {SESSION} (speed 1)", "12 markets in 12 windows: 11 settled", "DECISION: "):
        assert words in outcome.out


def test_scripts_get_every_figure(recorded: Home) -> None:
    told = json.loads(recorded.run("score", SESSION, "--json", "--data", str(recorded.data)).out)
    assert told["verdict"]["found"] is True
    assert told["data_dir"] == str(recorded.data)
    assert [kind["kind"] for kind in told["kinds"]] == ["decision", "edge"]
    assert {markout["horizon_s"] for markout in told["kinds"][1]["markouts"]} == {0.1, 1, 5, 15, 60, None}


def test_an_order_that_arrives_after_the_market_has_followed_finds_no_edge(recorded: Home) -> None:
    outcome = recorded.run("score", "--latency-ms", "30000", "--json", "--data", str(recorded.data))
    told = json.loads(outcome.out)
    early = json.loads(recorded.run("score", "--json", "--data", str(recorded.data)).out)
    assert (told["latency_ms"], told["verdict"]["found"]) == (30000.0, False)
    shares = [one["kinds"][0]["closing"]["before_arrival"]["mean"] for one in (early, told)]
    assert shares[0] < 0.1 < 0.5 < shares[1]


def test_in_a_market_that_is_right_the_command_says_that_there_is_no_edge(home: Home) -> None:
    record(home.data, windows=12, slow=False)
    outcome = home.run("score", "--data", str(home.data))
    assert outcome.out.startswith("The evidence speaks against an edge of the composite's decisions: -")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("yesterday",), "there is no session 'yesterday'"),
        (("--latency-ms", "-1"), "--latency-ms"),
        (("--kind", "hope"), "no signal of kind 'hope' was recorded; there are: decision, edge"),
    ],
)
def test_what_cannot_be_judged_is_one_sentence(
    recorded: Home, arguments: tuple[str, ...], words: str
) -> None:
    outcome = recorded.run("score", *arguments, "--data", str(recorded.data))
    assert (outcome.code, outcome.out) == (2, "")
    assert is_sentence(outcome.err)
    assert words in outcome.err


def test_a_folder_without_a_record_has_nothing_to_judge(home: Home) -> None:
    home.data.mkdir()
    outcome = home.run("score", "--data", str(home.data))
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("In 0 windows there was not one signal")
