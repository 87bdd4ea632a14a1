"""The arrows between the packages point one way, third-party names stay in their places, tests mirror
the sources."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("messages", "actors", "replay", "supervisor", "simulator", "cli")

OURS: dict[str, set[str]] = {
    "messages": set(),
    "actors": {"messages"},
    "replay": {"messages", "actors"},
    "supervisor": {"messages"},
    "simulator": {"messages"},
    "cli": {"messages", "actors", "replay", "supervisor", "simulator"},
}
"""Which of our packages a package may import besides itself."""

THEIRS: dict[str, tuple[str, ...]] = {
    "msgspec": ("messages", "actors", "replay", "supervisor", "simulator", "cli"),
    "orjson": ("actors", "replay", "simulator", "cli"),
    "pykka": ("actors/actor.py",),
    "websockets": ("actors/link.py", "simulator"),
    "requests": ("actors/rest.py",),
    "cryptography": ("actors/kalshi/signing.py", "simulator/kalshi/keys.py", "cli"),
    "numpy": ("actors/brti", "actors/store", "replay", "simulator/book.py", "simulator/official.py"),
    "pyarrow": ("actors/store", "replay"),
    "plotly": ("replay/compare", "replay/report"),
    "ray": ("replay/backtest",),
    "clickhouse_connect": ("actors/store/clickhouse.py",),
    "sklearn": ("replay/fit",),
    "threadpoolctl": ("replay/fit",),
    "psutil": ("actors/pulse.py", "supervisor", "cli"),
    "click": ("cli",),
    "rich": ("cli",),
    "platformdirs": ("cli",),
    "yaml": ("cli",),
}
"""Where a third-party name may be imported: packages or single files. A name that is not here, nowhere."""

SAID_TO_THE_SUPERVISOR = {"Assignment", "Beat", "Died", "encode_beat"}
"""All that the simulator may know of our messages, but to play a recording; venues say nothing of it."""

MIRRORED = ("messages", "supervisor", "actors", "replay", "cli")
WITHOUT_A_TEST_OF_THEIR_OWN = {"__init__", "__main__", "main", "settings", "errors"}


class Import(NamedTuple):
    """One imported module, the names taken from it, and where that stands."""

    source: Path
    line: int
    module: str
    names: tuple[str, ...]

    @property
    def top(self) -> str:
        return self.module.split(".")[0]

    def __str__(self) -> str:
        return f"{self.source.relative_to(ROOT)}:{self.line} imports {self.module}"


def sources(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imports(source: Path, text: str) -> Iterator[Import]:
    package = source.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(text, str(source))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(source, node.lineno, alias.name, ())
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*above, *([node.module] if node.module else [])])
            names = tuple(alias.name for alias in node.names)
            yield Import(source, node.lineno, module, names)
            # `from actors import kalshi` names a module, too.
            for name in names:
                path = ROOT.joinpath(*module.split("."), name)
                if path.is_dir() or path.with_suffix(".py").exists():
                    yield Import(source, node.lineno, f"{module}.{name}", ())


def all_imports(package: str) -> list[Import]:
    return [found for source in sources(package) for found in imports(source, source.read_text())]


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_imports_only_what_lies_below_it(package: str) -> None:
    allowed = OURS[package] | {package}
    assert sources(package)
    wrong = [str(i) for i in all_imports(package) if i.top in PACKAGES and i.top not in allowed]
    assert wrong == []


@pytest.mark.parametrize("package", PACKAGES)
def test_nothing_imports_tests_or_benchmarks(package: str) -> None:
    assert [str(i) for i in all_imports(package) if i.top in ("tests", "benchmarks")] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_third_party_names_stay_in_their_places(package: str) -> None:
    wrong = []
    for found in all_imports(package):
        if found.top in sys.stdlib_module_names or found.top in PACKAGES:
            continue
        where = found.source.relative_to(ROOT).as_posix()
        if not any(where == place or where.startswith(f"{place}/") for place in THEIRS.get(found.top, ())):
            wrong.append(str(found))
    assert wrong == []


def test_no_actor_imports_another_actors_folder() -> None:
    wrong = []
    for found in all_imports("actors"):
        here = found.source.relative_to(ROOT / "actors").parts
        there = found.module.split(".")[1:2]
        if found.top == "actors" and there and (ROOT / "actors" / there[0]).is_dir() and here[0] != there[0]:
            wrong.append(str(found))
    assert wrong == []


def test_the_simulator_knows_only_what_it_must_say_to_the_supervisor() -> None:
    ours = [
        found
        for found in all_imports("simulator")
        if found.top == "messages" and found.source.parent != ROOT / "simulator" / "recorded"
    ]
    assert [str(i) for i in ours if not set(i.names) <= SAID_TO_THE_SUPERVISOR] == []


def test_the_supervisor_names_actors_by_string_only() -> None:
    dynamic = {"importlib", "runpy", "pkgutil"}
    loaders = {i.source.name for i in all_imports("supervisor") if i.top in dynamic}
    assert loaders <= {"child.py", "zygote.py", "launch.py"}


def test_nothing_that_the_paper_trader_is_made_of_can_send_anything() -> None:
    reached: set[Path] = set()
    waiting = sources("actors/paper")
    network = {"socket", "ssl", "http", "urllib", "asyncio", "requests", "websockets", "smtplib", "ftplib"}
    wrong: list[str] = []
    while waiting:
        source = waiting.pop()
        if source in reached:
            continue
        reached.add(source)
        for found in imports(source, source.read_text()):
            wrong += [str(found)] * (found.top in network)
            path = ROOT.joinpath(*found.module.split("."))
            waiting += [one for one in (path.with_suffix(".py"), path / "__init__.py") if one.exists()]
    assert wrong == []
    assert {"actors/listener.py", "actors/outbox.py"} <= {one.relative_to(ROOT).as_posix() for one in reached}


def test_imports_are_seen_in_every_form() -> None:
    source = ROOT / "actors" / "kalshi" / "imagined.py"
    text = """
import a.b, c
from d import e
from .. import link
from ..brti import weighted
def f():
    import g
"""
    seen = {found.module for found in imports(source, text)}
    assert {"a.b", "c", "d", "actors", "actors.link", "actors.brti", "actors.brti.weighted", "g"} <= seen


def declares_only(source: Path) -> bool:
    """It has no function with a body: types, protocols, constants, nothing that could go wrong alone."""
    functions = (
        node
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    lines = [line for function in functions for line in function.body]
    return all(isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant) for line in lines)


@pytest.mark.parametrize("package", MIRRORED)
def test_every_module_has_a_test_file_of_the_mirrored_name(package: str) -> None:
    missing = []
    for source in sources(package):
        if source.stem in WITHOUT_A_TEST_OF_THEIR_OWN or declares_only(source):
            continue
        mirrored = ROOT / "tests" / source.relative_to(ROOT).parent / f"test_{source.name}"
        if not mirrored.exists():
            missing.append(f"{source.relative_to(ROOT)} has no {mirrored.relative_to(ROOT)}")
    assert missing == []
