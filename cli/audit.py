"""`kalshi-actors audit`: whether the record of a session is whole."""

from contextlib import closing
from pathlib import Path

import click

from cli import options

CHECK_FAILED = 5


@click.command(short_help="Whether a session's record is whole.")
@click.argument("session", required=False, default="")
@options.data
@options.config_only_checked
@options.as_json
def audit(session: str, data_dir: Path | None, as_json: bool) -> int:
    """Certify a recorded SESSION: a name from `sessions`, or `last`, which is also meant where none is named.

    Every byte of its logs is looked at: checksums, numbers, counts, the venues' own sequences, books against
    later snapshots, gaps and their causes, clock and disk. A session that still runs is certified up to now.
    docs/certificate.md says what each line means, and what cannot be found.

    Exit code 5: something is missing, damaged, doubled or unexplained.
    """
    from cli.audit_text import audit_text
    from cli.errors import WrongUsageError
    from cli.instance import find
    from cli.progress import Progress
    from replay.audit.auditing import audit as look
    from replay.audit.certificate import plain
    from replay.audit.seeking import session_named
    from replay.errors import UnknownSessionError

    folder = find(data_dir).data_dir
    try:
        chosen = session_named(folder, session)
    except UnknownSessionError as error:
        raise WrongUsageError(str(error)) from None
    with closing(Progress("looking at every record")) as progress:
        certificate = look(folder, chosen, progress.tell)
    if as_json:
        import orjson

        click.echo(orjson.dumps({"data_dir": str(folder), **plain(certificate)}))
    else:
        click.echo("\n".join(audit_text(certificate)))
    return 0 if certificate.holds else CHECK_FAILED
