"""A real logger process, for tests that kill it."""

from pathlib import Path

from messages import Assignment
from tests.actors.running import ActorProcess


class Running(ActorProcess):
    """A logger of this session, told whom it listens to."""

    def __init__(self, data_dir: Path, session: str, listens: list[str], **settings: object) -> None:
        super().__init__(
            "actors.logger.main", Assignment("logger", session, str(data_dir), settings, listens)
        )
