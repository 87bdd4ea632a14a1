"""The page as a file that stands alone."""

import re

import orjson

from replay.report.page import Fact, Page, Part, as_html, text
from replay.report.plots import Plot, nothing, packed
from tests.replay.report.whole import HOSTILE

S = 10**9


def page(**changes: object) -> Page:
    drawn = Plot("a", "A", "what A shows", [{"type": "scatter", "name": HOSTILE, "x": packed([1.0])}], {})
    parts = [
        Part("one", [drawn]),
        Part("two", [nothing("b", "B", "there was no B")], "<p>below</p>", "Second"),
    ]
    made = Page(
        "Session x",
        "No edge.",
        ["a note"],
        [Fact("Length", "2 h", "since noon")],
        parts,
        ["made so"],
        S,
        2 * S,
    )
    return made._replace(**changes)  # type: ignore[arg-type]


def outside(made: str) -> str:
    """The page without plotly's own script."""
    scripts = re.findall(r"<script[^>]*>.*?</script>", made, re.DOTALL)
    return made.replace(max(scripts, key=len), "")


def test_nothing_on_it_points_to_anywhere_else() -> None:
    made = as_html(page())
    rest = outside(made)
    assert "http" not in rest.replace("http-equiv", "")
    assert re.findall(r'(?:src|href)="([^"#][^"]*)"', rest) == []
    assert "default-src 'none'" in made
    assert made.count("plotly.js v") >= 1


def test_no_text_can_leave_its_place() -> None:
    rest = outside(
        as_html(page(title=HOSTILE, verdict=HOSTILE, notes=[HOSTILE], facts=[Fact(HOSTILE, HOSTILE)]))
    )
    assert "<script>alert" not in rest
    assert rest.count("<script") == rest.count("</script>") == 2
    assert "<!--" not in rest


def test_the_plots_are_told_as_they_are() -> None:
    made = as_html(page())
    (told,) = re.findall(r'<script type="application/json" id="plots">(.*?)</script>', made, re.DOTALL)
    found = orjson.loads(told)
    assert (found["from_ms"], found["to_ms"]) == (1000.0, 2000.0)
    assert [plot["name"] for plot in found["plots"]] == ["a", "b"]
    assert found["plots"][0]["traces"][0]["name"] == HOSTILE


def test_what_is_empty_is_a_sentence_in_the_place_of_the_plot() -> None:
    made = outside(as_html(page()))
    assert '<div class="plot" id="a"' in made
    assert '<div class="plot" id="b"' not in made
    assert '<h3>B</h3><p class="said">there was no B</p>' in made
    assert "<h2>Second</h2>" in made
    assert '<a href="#two-part">Second</a>' in made
    assert "<dt>Length</dt><dd>2 h<small>since noon</small></dd>" in made


def test_what_one_types_is_set_as_such() -> None:
    assert text("see `kalshi-actors audit` <now>") == "see <code>kalshi-actors audit</code> &lt;now&gt;"
