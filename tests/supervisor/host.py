"""A supervisor in a process of its own: `python -m tests.supervisor.host PLAN`, where PLAN is JSON."""

import json
import sys
from pathlib import Path
from typing import Any

from messages import ActorStateChanged
from supervisor import AlreadyRunningError, ChildSpec, Plan, Restart, run


def _spec_of(fields: dict[str, Any]) -> ChildSpec:
    return ChildSpec(**{**fields, "restart": Restart(fields.get("restart", "permanent"))})


def plan_of(text: str) -> Plan:
    fields = json.loads(text)
    specs = [_spec_of(spec) for spec in fields.pop("specs")]
    data_dir = Path(fields["data_dir"])

    def write_down(change: ActorStateChanged) -> None:
        with (data_dir / "changes").open("a") as changes:
            changes.write(f"{change.name} {change.was} {change.now}\n")

    return Plan(**{**fields, "specs": specs, "data_dir": data_dir, "on_change": write_down})


def main() -> int:
    try:
        return run(plan_of(sys.argv[1]))
    except AlreadyRunningError as error:
        print(error.pid)
        return 4


if __name__ == "__main__":
    sys.exit(main())
