"""The certificate as plain objects."""

from pathlib import Path

import orjson

from replay.audit.certificate import plain
from tests.replay.audit.made import SESSION, certify, make


def test_a_certificate_is_plain_json_with_every_part(tmp_path: Path) -> None:
    make(tmp_path)
    told = orjson.loads(orjson.dumps(plain(certify(tmp_path))))
    assert (told["session"], told["holds"], told["mode"]) == (SESSION, True, "sim")
    assert {check["name"]: check["holds"] for check in told["checks"]}["records"] is True
    assert {"log", "digest", "clock", "disk"} <= told["streams"][0].keys()
    assert told["gaps"][0]["cause"] == "ours"
    assert len(told["digest"]) == 64
