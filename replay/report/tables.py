"""Tables of the page."""

import html
from collections.abc import Sequence
from typing import NamedTuple


class Table(NamedTuple):
    """Text in rows and columns. left: how many columns, from the left, are words and no figures."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    left: int = 1


def as_html(table: Table) -> str:
    """The table, in a frame of its own that scrolls where the window is narrow. Empty without rows."""
    if not table.rows:
        return ""
    head = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in table.head)
    body = "".join(f"<tr>{_cells(row)}</tr>" for row in table.rows)
    return (
        f'<div class="frame"><table class="left{table.left}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _cells(row: Sequence[str]) -> str:
    first, *rest = (html.escape(cell) for cell in row)
    return f'<th scope="row">{first}</th>' + "".join(f"<td>{cell}</td>" for cell in rest)
