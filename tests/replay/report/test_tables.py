"""Tables of the page."""

from replay.report.tables import Table, as_html


def test_cells_are_text_whatever_they_hold() -> None:
    told = as_html(Table(("what", "n"), [("<b>&", "1")]))
    assert '<th scope="row">&lt;b&gt;&amp;</th><td>1</td>' in told
    assert told.startswith('<div class="frame"><table class="left1">')


def test_a_table_without_rows_is_nothing() -> None:
    assert as_html(Table(("what",), [])) == ""
