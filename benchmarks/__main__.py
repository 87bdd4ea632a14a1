"""`bin/bench`: measure, print a table, write JSON."""

import importlib
import sys
from pathlib import Path

import click
from rich.console import Console

from benchmarks.figures import Figure, show, write

BENCHMARKS = (
    "index",
    "fair_value",
    "indicators",
    "decision",
    "wire_to_signal",
    "feed_ceiling",
    "recovery",
    "footprint",
    "startup",
    "audit",
    "compaction",
    "replay",
)


LONG = ("day",)
"""Measured only where they are named, or quickly."""


@click.command()
@click.argument("names", nargs=-1, type=click.Choice((*BENCHMARKS, *LONG)))
@click.option("--quick", is_flag=True, help="Short runs: do they work at all; the figures are rough.")
@click.option("--peers", is_flag=True, help="Install cryptofeed and pykalshi, measure them in the same run.")
@click.option("--check", is_flag=True, help="Exit with 5 when a figure is above its limit.")
@click.option(
    "--json",
    "json_path",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("benchmarks/out/latest.json"),
    show_default=True,
    help="Where the figures are written.",
)
def main(names: tuple[str, ...], quick: bool, peers: bool, check: bool, json_path: Path) -> None:
    """Measure the system (all benchmarks, or those NAMED) on this machine."""
    console = Console(width=None if sys.stdout.isatty() else 150)
    figures: list[Figure] = []
    for name in names or (*BENCHMARKS, *(LONG if quick else ())):
        console.print(f"{name} …", highlight=False)
        figures += importlib.import_module(f"benchmarks.{name}").measure(quick)
    if peers and not any("cryptofeed" in figure.name for figure in figures):
        console.print("cryptofeed and pykalshi could not be measured: they are not installed for this Python")
    show(figures, console)
    write(figures, json_path)
    console.print(f"written to {json_path}", highlight=False)
    if check and any(figure.holds is False for figure in figures):
        sys.exit(5)


if __name__ == "__main__":
    main()
