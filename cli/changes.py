"""Two status objects -> the sentences about what changed between them. Pure."""

from typing import Any

from cli.wording import age

Status = dict[str, Any]
Actor = dict[str, Any]


def by_name(status: Status) -> dict[str, Actor]:
    return {actor["name"]: actor for actor in status.get("actors", [])}


def sentences(before: Status, after: Status) -> list[str]:
    """One line per actor whose state, process or freshness changed, in start order."""
    known = by_name(before)
    return [
        f"{name}: {_news(known.get(name, {}), actor)}"
        for name, actor in by_name(after).items()
        if _news(known.get(name, {}), actor)
    ]


def _news(before: Actor, after: Actor) -> str:
    state = after["state"]
    if before.get("state") != state or before.get("pid") != after.get("pid"):
        return _state_in_words(after)
    if state == "running" and before.get("fresh") != after.get("fresh"):
        return "fresh" if after["fresh"] else f"not fresh{_because(after)}"
    return ""


def _state_in_words(actor: Actor) -> str:
    state = str(actor["state"])
    if state == "running":
        words = f"running, process {actor['pid']}"
        if actor["restarts"]:
            words += f", restart {actor['restarts']}"
        return words + ("" if actor["fresh"] else ", not fresh yet")
    return state + _because(actor)


def _because(actor: Actor) -> str:
    why = str(actor.get("reason") or actor.get("last_error") or "")
    return f" ({why})" if why else ""


def not_ready(status: Status) -> list[str]:
    """A sentence for each actor that does not run, with the reason that is known."""
    return [
        f"{actor['name']} is {actor['state']}{_because(actor)}"
        for actor in status.get("actors", [])
        if actor["state"] != "running"
    ]


def headline(status: Status) -> str:
    """One line about the instance as a whole."""
    supervisor = status["supervisor"]
    mode = "SIMULATION" if status["mode"] == "sim" else "live"
    return (
        f"{mode} session {status['session']}, up {age(supervisor['uptime_s'])}, "
        f"supervisor {supervisor['pid']}, version {supervisor['version']}"
    )


def troubles(status: Status) -> list[str]:
    """What is wrong with the supervisor itself."""
    supervisor = status["supervisor"]
    own_log = supervisor.get("log_trouble")
    lines = [f"the supervisor cannot keep its own log: {own_log}"] if own_log else []
    failed = supervisor.get("preload_failed") or {}
    return lines + [f"{module} could not be imported: {why}" for module, why in failed.items()]


def note(actor: Actor) -> str:
    """What an operator should know: why it is not as it should be, else what went wrong last."""
    if actor["state"] == "running" and actor["fresh"]:
        return f"last error: {actor['last_error']}" if actor["last_error"] else ""
    return str(actor["reason"] or actor["last_error"] or "")
