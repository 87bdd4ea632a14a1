"""What one feed can take: ready-made frames from a blast server, beside cryptofeed and pykalshi.

Equal work for all: parse each frame, keep the L2 book, have every update on disk. Compared are
processor times per message in one run; the machine's speed drops out of the ratios.
"""

import importlib.util
import json
import subprocess
import sys
import tempfile
from typing import Final

from benchmarks.figures import Figure, percentile

NAME: Final = "feed ceiling"


def measure(quick: bool) -> list[Figure]:
    """Blast each client that is installed, in turn, several times."""
    count = 20_000 if quick else 200_000
    runs = 1 if quick else 3
    clients = [("gemini", "ours-gemini"), ("kalshi", "ours-kalshi")]
    if importlib.util.find_spec("cryptofeed"):
        clients.append(("gemini", "cryptofeed"))
    if importlib.util.find_spec("pykalshi"):
        clients += [("kalshi", "pykalshi"), ("kalshi", "pykalshi-top")]
    cpu_us: dict[str, list[float]] = {name: [] for _, name in clients}
    figures: list[Figure] = []
    share: dict[str, float] = {}
    for _ in range(runs):
        for kind, name in clients:
            result = _run(kind, name, count)
            cpu_us[name].append(result["cpu_us"])
            share[name] = 100 * result["on_disk"] / count
    median = {name: percentile(values, 0.5) for name, values in cpu_us.items()}
    for name, value in median.items():
        figures.append(
            Figure(NAME, f"{name}, CPU", value, "µs/message", None, f"{count} frames, {runs} runs")
        )
    for name in ("ours-gemini", "ours-kalshi"):
        lost = 100 - share[name]
        figures.append(Figure(NAME, f"{name}, updates not on disk", lost, "%", 0.0))
    for ours, theirs, limit, note in (
        ("ours-gemini", "cryptofeed", 1.0, "Gemini v2, 3 levels a frame"),
        ("ours-kalshi", "pykalshi", 0.5, "it keeps the book, but does not look for its best prices"),
        ("ours-kalshi", "pykalshi-top", None, "best bid and ask read at each update, as ours tells them"),
    ):
        if theirs in median:
            ratio = median[ours] / median[theirs]
            figures.append(Figure(NAME, f"{ours} / {theirs}, CPU", ratio, "", limit, note))
    return figures


def _run(kind: str, name: str, count: int) -> dict[str, float]:
    server = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.blast", kind, str(count)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        port = server.stdout.readline().strip()
        with tempfile.TemporaryDirectory(prefix="kalshi-actors-bench-") as folder:
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.clients", name, port, str(count), folder],
                capture_output=True,
                text=True,
                timeout=300,
            )
        if done.returncode:
            message = f"{name} failed: {done.stderr.strip().splitlines()[-1:]}"
            raise RuntimeError(message)
        result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
        return result
    finally:
        server.stdin.close()
        server.wait()
        server.stdout.close()
