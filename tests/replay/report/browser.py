"""A real browser without a screen, driven by its own debugging protocol."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.conftest import wait_until

CHROMIUM = next((path for name in ("chromium", "google-chrome") if (path := shutil.which(name))), "")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-port=0",
)
LIMIT_S = 30.0


class Tab:
    """One page. errors: what it complained about; asked: every address that it asked for."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._number = 0
        self._loaded = False
        self.errors: list[str] = []
        self.asked: list[str] = []

    def call(self, method: str, **given: Any) -> dict[str, Any]:
        """Have the browser do something, and return what it answers."""
        self._number += 1
        self._connection.send(json.dumps({"id": self._number, "method": method, "params": given}))
        while True:
            told = self._take()
            if told.get("id") == self._number:
                assert "error" not in told, told
                result: dict[str, Any] = told["result"]
                return result

    def open(self, path: Path, width: int, theme: str) -> None:
        """Show a file in a window of this width and theme, and wait until it is there."""
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False
        )
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])
        self._loaded = False
        self.call("Page.navigate", url=path.as_uri())
        while not self._loaded:
            self._take()

    def value(self, expression: str) -> Any:
        """What an expression has for a value on the page; waits for promises."""
        told = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    def _take(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self._connection.recv(timeout=LIMIT_S))
        match told.get("method"):
            case "Page.loadEventFired":
                self._loaded = True
            case "Runtime.exceptionThrown" | "Log.entryAdded":
                self.errors.append(json.dumps(told["params"])[:500])
            case "Network.requestWillBeSent":
                self.asked.append(told["params"]["request"]["url"])
        return told


@contextmanager
def browser(folder: Path) -> Iterator[Tab]:
    """Start a browser with a profile of its own in this folder."""
    process = subprocess.Popen(
        [CHROMIUM, *FLAGS, f"--user-data-dir={folder}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        noted = folder / "DevToolsActivePort"
        wait_until(lambda: noted.exists() and noted.read_text().count("\n") >= 1, LIMIT_S, 0.05)
        port, path = noted.read_text().split("\n")[:2]
        with connect(f"ws://127.0.0.1:{port}{path}", max_size=None, compression=None) as root:
            whole = Tab(root)
            (page,) = (one for one in whole.call("Target.getTargets")["targetInfos"] if one["type"] == "page")
            with connect(
                f"ws://127.0.0.1:{port}/devtools/page/{page['targetId']}", max_size=None, compression=None
            ) as connection:
                yield Tab(connection)
            whole.call("Browser.close")
        process.wait(LIMIT_S)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
