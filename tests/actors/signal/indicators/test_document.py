import re
from pathlib import Path

import msgspec

from actors.signal.indicators.settings import IndicatorSettings
from messages import INDICATORS

TEXT = (Path(__file__).parents[4] / "docs" / "signals.md").read_text()


def test_every_indicator_has_its_section_and_its_sign() -> None:
    headed = ", ".join(re.findall(r"^## (.+)$", TEXT, re.MULTILINE)).split(", ")
    table = TEXT[: TEXT.index("## ")].replace("`, `-", "`, `momentum-")
    for name in INDICATORS:
        assert name in headed, name
        assert f"`{name}`" in table, name


def test_every_setting_is_named() -> None:
    for field in msgspec.structs.fields(IndicatorSettings):
        assert field.name in TEXT, field.name
