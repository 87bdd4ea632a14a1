"""The page as a file."""

import os
from pathlib import Path


def target(out: Path | None, name: str) -> Path:
    """Where a page goes. out: a file, or a folder in which it gets its usual name; None: this folder."""
    file = f"report-{name}.html"
    if out is None:
        return Path(file)
    return out / file if out.is_dir() else out


def write(path: Path, page: str) -> None:
    """Write a page, whole or not at all. Raises OSError."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        fresh.write_text(page, encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
    finally:
        fresh.unlink(missing_ok=True)
