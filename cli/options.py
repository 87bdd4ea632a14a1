"""Options that several commands share."""

from pathlib import Path

import click

data = click.option(
    "--data",
    "data_dir",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="KALSHI_ACTORS_DATA",
    help="Data folder of the instance. Default: the one that runs, else the newest.",
)
config = click.option(
    "--config",
    "config_file",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="KALSHI_ACTORS_CONFIG",
    help="Settings file. Default: config.yaml in the user's configuration folder, if there.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="For scripts: JSON instead of text.")
follow = click.option("-f", "--follow", is_flag=True, help="Stay, and show what comes; Ctrl-C ends it.")
limit = click.option(
    "-n", "limit", type=click.IntRange(min=0), default=20, metavar="N", help="Begin with the last N (20)."
)
