from cli.compare_rest_text import compare_rest_text
from replay.compare.comparison import Comparison
from replay.compare.evaluate import Opportunity, polled, streamed
from tests.replay.compare.samples import at, market


def test_the_table_has_both_sides_and_what_became_of_the_signals() -> None:
    one = market(opportunities=[Opportunity(at(2.05), "edge", "no", 580_000)])
    told = Comparison(at(0.5), at(4.5), [one], 3, "status 429", streamed([one]), [polled([one], 1.0)])
    lines = compare_rest_text(told)
    text = "\n".join(lines)
    assert lines[0] == "KXBTC15M-T, 4 s"
    assert "4 changes of the quote (1.0/s), 7 trades; venue to receipt 2.0 ms median, 3.0 ms p99" in text
    assert "3 requests failed; the last: status 429" in text
    rows = {line.split("  ")[0]: line.split("  ")[-1].strip() for line in lines if "  " in line}
    assert rows["quote changes missed"] == "2 (50.0%)"
    assert rows["what it held was right"] == "25.0% of the time"
    assert rows["change known after, median"] == "1.00 s"
    assert next(line for line in lines if line.startswith("edge")).split() == [
        "edge", "1", "s", "1", "0", "1", "0", "0.45", "s",
    ]  # fmt: skip


def test_without_signals_it_says_so() -> None:
    one = market()
    told = Comparison(at(0.5), at(4.5), [one], 0, "", streamed([one]), [polled([one], 1.0)])
    assert compare_rest_text(told)[-1] == "No signal fell into this time."
