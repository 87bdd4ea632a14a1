"""From a settings file, the environment and the command line to one validated configuration.

Precedence: default < file < environment < command line. Whatever cannot be is refused in one sentence
that names the key (`actors.kalshi.poll_s`) and the place it came from.
"""

import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import yaml

from cli.config import EXCHANGES, SET_BY_US, Config, Key
from cli.errors import WrongUsageError
from cli.wording import did_you_mean

PREFIX = "KALSHI_ACTORS__"
KALSHI_VARIABLES: dict[str, Key] = {
    "KALSHI_API_KEY_ID": ("actors", "kalshi", "key_id"),
    "KALSHI_PRIVATE_KEY_PATH": ("actors", "kalshi", "key_file"),
}
"""The names that Kalshi's own clients use. (The PEM text itself is read by the actor alone.)"""


class Effective(NamedTuple):
    """A configuration, and for each key that is not at its default, who said so."""

    config: Config
    sources: dict[Key, str]


def load(
    file: Path | None, environment: Mapping[str, str], overrides: Mapping[Key, tuple[Any, str]]
) -> Effective:
    """Read and check everything. overrides: key -> (value, the option that said so).

    file None: the user's own configuration file, where there is one. Raises WrongUsageError.
    """
    said: dict[str, Any] = {}
    sources: dict[Key, str] = {}
    for source, key, value in _everything_said(file, environment, overrides):
        _put(said, key, value, source)
        sources.update({(*key, *below): source for below in _leaves(value)})
    _refuse_unknown(said, Config, (), sources)
    for venue in EXCHANGES:
        _put(said, ("actors", venue, "venue"), venue, "")
    try:
        config = msgspec.convert(said, Config)
    except msgspec.ValidationError as error:
        raise WrongUsageError(_reworded(str(error), said, sources)) from None
    return Effective(config, sources)


def default_file() -> Path:
    """Where the user's own configuration lies."""
    from platformdirs import user_config_path

    return user_config_path("kalshi-actors", appauthor=False) / "config.yaml"


def _everything_said(
    file: Path | None, environment: Mapping[str, str], overrides: Mapping[Key, tuple[Any, str]]
) -> Iterator[tuple[str, Key, Any]]:
    path = file or default_file()
    if file is not None or path.exists():
        for name, value in _read_file(path).items():
            yield str(path), (name,), value
    for variable, key in KALSHI_VARIABLES.items():
        if environment.get(variable):
            yield variable, key, environment[variable]
    for variable in sorted(environment):
        if variable.startswith(PREFIX):
            key = tuple(part.lower() for part in variable.removeprefix(PREFIX).split("__"))
            yield variable, key, _parse_variable(variable, environment[variable])
    for key, (value, option) in overrides.items():
        yield option, key, value


class OnceLoader(yaml.SafeLoader):
    """YAML in which a key may stand once: of two, one would be passed over in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen and key.tag != "tag:yaml.org,2002:merge":
                problem = f"the key {key.value!r} stands twice"
                raise yaml.MarkedYAMLError(problem=problem, problem_mark=key.start_mark)
            if isinstance(key.value, str):
                seen.add(key.value)
        return super().construct_mapping(node, deep)


def _read_file(path: Path) -> dict[str, Any]:
    try:
        content = yaml.load(path.read_bytes(), OnceLoader)  # noqa: S506 - a SafeLoader
    except OSError as error:
        message = f"the settings file {path} cannot be read ({error.strerror}); name another with --config"
        raise WrongUsageError(message) from None
    except yaml.MarkedYAMLError as error:
        where = f" line {error.problem_mark.line + 1}" if error.problem_mark else ""
        message = f"{path}{where} cannot be used: {error.problem or error.context}"
        raise WrongUsageError(message) from None
    except (yaml.YAMLError, ValueError) as error:
        message = f"{path} is not YAML: {' '.join(str(error).split())}"
        raise WrongUsageError(message) from None
    if content is None:
        return {}
    if not isinstance(content, dict) or not all(isinstance(name, str) for name in content):
        message = f"{path} must hold sections such as `actors:` at its top; see config.example.yaml"
        raise WrongUsageError(message)
    return content


def _parse_variable(variable: str, text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError):
        message = f"the environment variable {variable} holds {text!r}, which is not a YAML value"
        raise WrongUsageError(message) from None


def _put(said: dict[str, Any], key: Key, value: Any, source: str) -> None:
    """Lay a value over what was said so far; sections are merged, everything else is replaced."""
    if not all(key):
        message = f"{source} names no setting; write {PREFIX}SECTION__KEY"
        raise WrongUsageError(message)
    section = said
    for part in key[:-1]:
        inner = section.setdefault(part, {})
        if not isinstance(inner, dict):
            inner = section[part] = {}
        section = inner
    if isinstance(value, dict) and isinstance(section.get(key[-1]), dict):
        for name, inner in value.items():
            _put(section, (key[-1], str(name)), inner, source)
    else:
        section[key[-1]] = _copied(value)


def _copied(value: Any) -> Any:
    """Anew at every level: YAML's aliases make one object of two sections, and copy.deepcopy keeps that."""
    return {name: _copied(inner) for name, inner in value.items()} if isinstance(value, dict) else value


def _leaves(value: Any) -> Iterator[Key]:
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from ((str(name), *below) for below in _leaves(inner))
    else:
        yield ()


def _refuse_unknown(said: Any, struct: type[msgspec.Struct], key: Key, sources: Mapping[Key, str]) -> None:
    """Walk what was said beside what can be said, before types are looked at: it gives better sentences."""
    fields = {field.name: field.type for field in msgspec.structs.fields(struct)}
    for name, value in said.items():
        here = (*key, str(name))
        if name not in fields:
            known = did_you_mean(str(name), fields) or f"; known here: {', '.join(fields)}"
            message = f"{'.'.join(here)}: there is no such setting ({_source(here, sources)}){known}"
            raise WrongUsageError(message)
        if here in SET_BY_US:
            message = f"{'.'.join(here)}: {SET_BY_US[here]} ({_source(here, sources)})"
            raise WrongUsageError(message)
        if isinstance(value, float) and not math.isfinite(value):
            message = f"{'.'.join(here)}: must be a finite number, not {value} ({_source(here, sources)})"
            raise WrongUsageError(message)
        inner = fields[name]
        if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
            if not isinstance(value, dict):
                message = (
                    f"{'.'.join(here)}: must be a section with keys, not {value!r} ({_source(here, sources)})"
                )
                raise WrongUsageError(message)
            _refuse_unknown(value, inner, here, sources)


def _source(key: Key, sources: Mapping[Key, str]) -> str:
    """Who said this key, or anything inside it."""
    for found, source in sources.items():
        if found[: len(key)] == key or key[: len(found)] == found:
            return source
    return "default"


_AT = re.compile(r"^(?P<what>.*?)(?: - at `\$(?P<path>[^`]*)`)?$", re.DOTALL)
_TYPES = {"float": "a number", "int": "a whole number", "str": "text", "bool": "true or false"}
_TYPES |= {"array": "a list", "object": "a section with keys", "null": "nothing"}


def _reworded(error: str, said: Any, sources: Mapping[Key, str]) -> str:
    found = _AT.match(error)
    path = (found["path"] or "") if found else ""
    what = found["what"] if found else error
    key = tuple(part for part in path.strip(".").split(".") if part)
    plain = re.sub(r"`([a-z |]+)`", lambda m: " or ".join(_TYPES.get(t, t) for t in m[1].split(" | ")), what)
    plain = plain.replace(" >= ", " of at least ").replace(" <= ", " of at most ")
    plain = plain.replace(" > ", " above ").replace(" < ", " below ")
    if plain.startswith("Expected "):
        plain = (
            "must be " + plain.removeprefix("Expected ").split(", got ")[0] + f", not {_value(key, said)!r}"
        )
    else:
        key = (*key, *_field_meant(_value(key, said), plain))
    return f"{'.'.join(key)}: {plain} ({_source(key, sources)})"


def _field_meant(section: Any, sentence: str) -> Key:
    """A section that checks itself as a whole names the setting that it dislikes in its own words."""
    words = re.findall(r"\w+", sentence)
    named = [name for name in section if name in words] if isinstance(section, dict) else []
    return tuple(sorted(named, key=words.index)[:1])


def _value(key: Key, said: Any) -> Any:
    for part in key:
        name, *places = re.split(r"[\[\]]+", part)
        said = said.get(name) if isinstance(said, dict) else None
        for place in filter(None, places):
            said = said[int(place)] if isinstance(said, list) and place.isdigit() else said
    return said
