"""The audit of one session."""

from pathlib import Path

from replay.audit.certificate import Certificate
from replay.records import Tell
from replay.sessions import Session


def audit(data_dir: Path, session: Session, tell: Tell = lambda share: None) -> Certificate:
    """Look at everything that was recorded in a session, and certify what holds.

    tell: is told what share, 0 to 1, is done. A session that is still being written is certified as far as it
    stands. Never raises for what is wrong with the record: that is found and named. *Raises* OSError where a
    file cannot be read for other reasons.
    """
    raise NotImplementedError
