"""What a plot is made of."""

from replay.report.envelope import Envelope, Points
from replay.report.plots import line, moments, nothing, packed, safe, thinned
from tests.replay.report.drawn import numbers

S = 10**9


def points(count: int, most: int = 50) -> Points:
    envelope = Envelope(most)
    for number in range(count):
        envelope.add(number * S, float(number))
    return envelope.points()


def test_numbers_are_packed_bit_for_bit_and_breaks_stay_breaks() -> None:
    assert numbers(packed([1.1, float("nan"), -3e300])) == [1.1, None, -3e300]
    assert numbers(moments([1_500_000])) == [1.5]


def test_a_line_has_its_own_style_over_the_usual_one() -> None:
    trace = line("bid", points(2), "$bid", line={"width": 3}, opacity=0.5)
    assert trace["line"] == {"color": "$bid", "width": 3}
    assert (trace["mode"], trace["opacity"], numbers(trace["y"])) == ("lines", 0.5, [0.0, 1.0])


def test_tags_of_a_venue_are_shown_and_lines_stay_lines() -> None:
    assert safe('<a href="x">&\nend') == '&lt;a href="x"&gt;&amp;<br>end'


def test_a_page_says_what_it_left_out() -> None:
    assert thinned([points(10)]) == "10 values, all of them drawn."
    said = thinned([points(10), points(5000)])
    assert said.startswith("5,010 values by ")
    assert said.endswith("last of every 524 s.") or " of every " in said


def test_what_cannot_be_drawn_says_why() -> None:
    assert nothing("x", "X", "No X was recorded.").empty == "No X was recorded."
