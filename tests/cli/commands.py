"""Running the command for real: a process of its own, a home of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 50.0


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


class Home:
    """A user's home in a temporary folder, in which the command runs."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("KALSHI", "XDG_"))}
        self.env |= {
            "HOME": str(folder),
            "XDG_DATA_HOME": str(folder / "share"),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "PYTHONPATH": str(ROOT),
        }

    def spawn(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        settings: dict[str, Any] = {
            "env": self.env,
            "cwd": "/",
            "text": True,
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
        }
        return subprocess.Popen([sys.executable, "-m", "cli", *arguments], **(settings | options))

    def run(self, *arguments: str) -> Outcome:
        """Run to the end. Whatever happens, nobody is shown a traceback, and errors are one line."""
        with self.spawn(*arguments) as process:
            out, err = process.communicate(timeout=LIMIT_S)
        assert "Traceback" not in out + err
        return Outcome(process.returncode, out, err)

    def status(self) -> dict[str, Any]:
        outcome = self.run("status", "--json", "--data", str(self.data))
        assert outcome.code == 0, outcome.err
        found: dict[str, Any] = json.loads(outcome.out)
        return found


def is_sentence(text: str) -> bool:
    """One line, which says who speaks and ends like a sentence."""
    return text.startswith("kalshi-actors: ") and text.count("\n") == 1 and text.rstrip()[-1] in ".?"
