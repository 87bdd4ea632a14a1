"""The command group. Each command is a file of its own, imported only when it is the one that runs."""

import importlib

import click

COMMANDS = {
    "start": "cli.start:start",
    "stop": "cli.stop:stop",
    "status": "cli.status:status",
    "restart": "cli.restart:restart",
    "logs": "cli.logs:logs",
    "tail": "cli.tail:tail",
    "index": "cli.index:index",
    "explain": "cli.explain:explain",
    "audit": "cli.audit:audit",
    "verify": "cli.verify:verify",
    "replay": "cli.replay:replay",
    "score": "cli.score:score",
    "fit": "cli.fit:fit",
    "backtest": "cli.backtest:backtest",
    "report": "cli.report:report",
    "compare-rest": "cli.compare_rest:compare_rest",
    "export": "cli.export:export",
    "sessions": "cli.sessions:sessions",
    "simulate": "cli.simulate:simulate",
    "config": "cli.config_command:config",
}


class LazyGroup(click.Group):
    """Knows its commands by name, in the order in which one meets them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        where = COMMANDS.get(cmd_name)
        if where is None:
            return None
        module, attribute = where.split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from cli.wording import did_you_mean

            ctx.fail(f"there is no command {args[0]!r}{did_you_mean(args[0], list(COMMANDS))}")
        return super().resolve_command(ctx, args)


def _show_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from messages.version import VERSION

        click.echo(f"kalshi-actors {VERSION}")
        ctx.exit()


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help="Show it."
)
@click.pass_context
def kalshi_actors(ctx: click.Context) -> None:
    """Watch Kalshi's 15-minute bitcoin markets and the index they settle on.

    `kalshi-actors start --sim` runs everything on a simulator: no key, no network.

    Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not running, 4 already running, 5 a check did not hold.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
        ctx.exit(2)
