"""Options that several commands share."""

from pathlib import Path

import click


def check(config_file: Path) -> None:
    """Refuse a settings file that `start` would refuse, too. Raises WrongUsageError."""
    from cli.config_reading import load

    load(config_file, {}, {})


def _check_if_named(ctx: click.Context, _: click.Parameter, config_file: Path | None) -> None:
    if config_file is not None and not ctx.resilient_parsing:
        check(config_file)


data = click.option(
    "--data",
    "data_dir",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="KALSHI_ACTORS_DATA",
    help="Data folder of the instance. Default: the one that runs, else the newest.",
)
data_without_effect = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    expose_value=False,
    help="Taken as by every command; the settings are the same for every data folder.",
)
config = click.option(
    "--config",
    "config_file",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="KALSHI_ACTORS_CONFIG",
    help="Settings file. Default: config.yaml in the user's configuration folder, if there.",
)
# Without the variable: what nobody asked about must not keep anybody from stopping the system.
config_only_checked = click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    expose_value=False,
    callback=_check_if_named,
    help="Settings file. It is only checked: no setting changes what this command does.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="For scripts: JSON instead of text.")
follow = click.option("-f", "--follow", is_flag=True, help="Stay, and show what comes; Ctrl-C ends it.")
limit = click.option(
    "-n", "limit", type=click.IntRange(min=0), default=20, metavar="N", help="Begin with the last N (20)."
)
