"""The page in a real browser: drawn whole, in both themes, at two widths, and on paper."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from replay.report.report import report
from replay.sessions import sessions
from tests.replay.report.browser import CHROMIUM, Tab, browser

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed here"),
]
PLOTS = ("index", "error", "market", "venue-latency", "own-latency", "runs", "calibration", "kinds", "pnl")
MOVE = "Plotly.relayout('market', {{'xaxis.range': {}}}).then(() => 0)"
RANGE = "document.getElementById('{}').layout.xaxis.range.map((at) => String(at))"


@pytest.fixture(scope="module")
def page(whole: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "page.html"
    found = sessions(whole)
    path.write_text(
        report(whole, "Session x", found, found, 100.0, lambda share: None).html, encoding="utf-8"
    )
    return path


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with browser(tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_every_plot_is_drawn_within_the_window(page: Path, tab: Tab, width: int, theme: str) -> None:
    tab.open(page, width, theme)
    for name in PLOTS:
        assert tab.value(f"document.querySelectorAll('#{name} .scatterlayer .trace').length") >= 1, name
    assert tab.value("document.documentElement.scrollWidth") <= width
    assert tab.value("document.documentElement.dataset.theme") == theme
    ink = tab.value("getComputedStyle(document.documentElement).getPropertyValue('--ink').trim()")
    assert tab.value("document.getElementById('market').layout.font.color") == ink
    assert tab.errors == []
    assert set(tab.asked) <= {page.as_uri()}


def test_the_time_axes_move_together_and_back(page: Path, tab: Tab) -> None:
    tab.open(page, 1440, "light")
    whole = tab.value(RANGE.format("pnl"))
    there = ["2026-11-23 00:10:00", "2026-11-23 00:20:00"]
    tab.value(MOVE.format(there))
    for name in ("index", "error", "venue-latency", "own-latency", "runs", "pnl"):
        assert tab.value(RANGE.format(name)) == there, name
    assert tab.value(RANGE.format("calibration")) == ["-0.03", "1.03"]
    tab.value("document.getElementById('all').click()")
    assert tab.value(RANGE.format("index")) == tab.value(RANGE.format("pnl")) == whole


def test_the_other_theme_is_one_click_away_and_keeps_what_is_looked_at(page: Path, tab: Tab) -> None:
    tab.open(page, 1440, "light")
    there = ["2026-11-23 00:10:00", "2026-11-23 00:20:00"]
    tab.value(MOVE.format(there))
    tab.value("document.getElementById('theme').click()")
    assert tab.value("document.documentElement.dataset.theme") == "dark"
    assert tab.value(RANGE.format("index")) == there


def test_a_name_above_a_plot_switches_its_line(page: Path, tab: Tab) -> None:
    tab.open(page, 1440, "light")
    button = (
        "[...document.querySelectorAll('#market-keys button')].find((one) => one.textContent.endsWith('bid'))"
    )
    shown = "document.getElementById('market').data.find((one) => one.name === 'bid').visible"
    tab.value(f"{button}.click()")
    assert (tab.value(shown), tab.value(f"{button}.getAttribute('aria-pressed')")) == (False, "false")
    tab.value(f"{button}.click()")
    assert (tab.value(shown), tab.value(f"{button}.getAttribute('aria-pressed')")) == (True, "true")


def test_paper_is_light_and_the_screen_is_afterwards_as_it_was(page: Path, tab: Tab) -> None:
    tab.open(page, 1440, "dark")
    tab.value("addEventListener('beforeprint', () => { seen = document.documentElement.dataset.theme; })")
    printed = tab.call("Page.printToPDF", printBackground=True, preferCSSPageSize=True)["data"]
    assert base64.b64decode(printed).startswith(b"%PDF")
    assert tab.value("window.seen") == "light"
    assert tab.value("document.documentElement.dataset.theme") == "dark"  # and afterwards it is as before
    assert tab.errors == []
