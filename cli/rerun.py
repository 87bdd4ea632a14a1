"""`kalshi-actors replay SESSION --with FILE`: what another configuration would have said."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from replay.sessions import Session


def rerun(
    data_dir: Path,
    session: "Session",
    config_file: Path,
    out_dir: Path | None,
    span: tuple[int, int],
    names: Sequence[str],
    as_json: bool,
) -> None:
    """Run the listeners anew over a session, and tell what is otherwise than recorded.

    out_dir: where their words are kept; None for nowhere. names: only these listeners; none: all that the
    configuration does not leave out. Raises ReplayError, WrongUsageError.
    """
    import os
    import time

    from cli.config_reading import load
    from cli.errors import WrongUsageError
    from cli.instance import claim, recorded_mode
    from cli.progress import Progress
    from cli.rerun_text import as_fields, as_text
    from cli.roster import settings_of
    from replay.pipeline.changes import changes
    from replay.pipeline.run import CHAIN, run
    from replay.recording import recording

    config = load(config_file, os.environ, {}).config
    for name in names:
        if name not in CHAIN:
            message = f"{name!r} cannot be run anew; there are: {', '.join(CHAIN)}"
            raise WrongUsageError(message)
    chosen = [name for name in CHAIN if (name in names if names else name not in config.without)]
    settings = {name: settings_of(config, name, None) for name in chosen}
    from_ns, to_ns = span
    with _folder(out_dir) as folder, recording(data_dir, session.from_ns, session.to_ns) as source:
        begun_s = time.monotonic()
        with closing(Progress("running the chain anew")) as progress:
            outcome = run(source, [session], settings, folder, progress.tell, from_ns=from_ns, to_ns=to_ns)
        took_s = time.monotonic() - begun_s
        mode = recorded_mode(data_dir)
        if out_dir is not None and mode is not None:
            claim(out_dir, mode)
        changed = changes(source, folder, outcome.sessions, outcome.said)
    if as_json:
        import orjson

        click.echo(orjson.dumps(as_fields(session.name, outcome, changed, took_s, out_dir)))
    else:
        click.echo("\n".join(as_text(outcome, changed, took_s, out_dir)))


@contextmanager
def _folder(out_dir: Path | None) -> Iterator[Path]:
    if out_dir is not None:
        yield out_dir
        return
    with TemporaryDirectory(prefix="kalshi-actors-") as folder:
        yield Path(folder)
