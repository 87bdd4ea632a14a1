"""What `report` says of the page that it wrote. Pure."""

from pathlib import Path
from typing import Any

from replay.report.choosing import Chosen
from replay.report.report import Made


def as_text(made: Made, path: Path) -> str:
    """Where the page is, and the first of what it says."""
    words = [f"{made.records:,} records"]
    if made.unreadable:
        words.append(f"{made.unreadable:,} unreadable")
    if made.certified is not None:
        words.append("the certificate holds" if made.certified else "the certificate does not hold")
    return f"{path} ({len(made.html.encode()) / 1e6:.1f} MB): {', '.join(words)}\n{made.verdict}"


def as_fields(made: Made, chosen: Chosen, path: Path) -> dict[str, Any]:
    """The same for scripts. certified: null where no certificate was asked for."""
    return {
        "path": str(path.absolute()),
        "bytes": len(made.html.encode()),
        "sessions": [session.name for session in chosen.sessions],
        "records": made.records,
        "unreadable": made.unreadable,
        "certified": made.certified,
        "verdict": made.verdict,
    }
