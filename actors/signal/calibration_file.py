"""The file that `kalshi-actors fit` writes: a calibration, what it was fitted on, and how it did later."""

import hashlib
from pathlib import Path
from typing import Any, Final

import msgspec

from actors.errors import ConfigurationError, because
from messages import INDICATORS

FORMAT: Final = "kalshi-actors calibration"
FORMAT_VERSION: Final = 1
MARKET: Final = "market"
FEATURES: Final = (MARKET, *INDICATORS)
"""What a logistic calibration may rest on besides the probability itself. `market`: log-odds of Kalshi's mid
minus log-odds of the probability, so that a weight of 0 trusts us alone and one like the slope the market."""


class Logistic(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="method", tag="logistic"):
    """log-odds = intercept + slope x log-odds of the fair probability + sum of weight x standardised feature.

    A feature is standardised as (value - mean) / scale, held within +-5; where it has no value it counts 0.
    *Source*: Platt 1999, with further inputs.
    """

    intercept: float
    slope: float
    features: list[str]
    means: list[float]
    scales: list[float]
    weights: list[float]


class Isotonic(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="method", tag="isotonic"):
    """A rising line through (fair probability, calibrated probability), level beyond both its ends.

    *Source*: Zadrozny & Elkan 2002.
    """

    knots: list[tuple[float, float]]


class Trained(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What it was fitted on: sessions, receipt of the first sample and of the last result, how many markets
    in how many windows (close times), samples. penalty: what one standard deviation of weight cost, chosen
    by walking forward through these windows; None where no indicator earned one, and for isotonic."""

    sessions: list[str]
    from_ns: int
    to_ns: int
    markets: int
    windows: int
    samples: int
    penalty: float | None


class Judged(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How it did on later markets, beside the uncalibrated probability and the market's mid.

    brier, log_loss: smaller is better; `_market` is the mid's, and `_beside_market` ours, on the samples
    where there was a mid; None where there was none. better: Brier score of the uncalibrated less ours;
    better_low, better_high: its interval of 95 % by windows. improves: that interval lies above 0.
    """

    sessions: list[str]
    from_ns: int
    to_ns: int
    markets: int
    windows: int
    samples: int
    brier: float
    brier_uncalibrated: float
    log_loss: float
    log_loss_uncalibrated: float
    better: float
    better_low: float
    better_high: float
    brier_beside_market: float | None
    brier_market: float | None
    better_than_market: float | None
    better_than_market_low: float | None
    better_than_market_high: float | None
    improves: bool


class CalibrationFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that the file says. version: method, end of the training and fingerprint of everything else here.
    made_by: version of the program. every_s: market seconds between two samples of a market."""

    format: str
    format_version: int
    version: str
    made_by: str
    every_s: float
    model: Logistic | Isotonic
    trained: Trained
    tested: Judged


def named(file: CalibrationFile) -> CalibrationFile:
    """Give it the version that follows from its content."""
    return msgspec.structs.replace(file, version=_version(file))


def encode(file: CalibrationFile) -> bytes:
    """The file's bytes: indented JSON."""
    return msgspec.json.format(msgspec.json.encode(file), indent=2) + b"\n"


def read(path: Path, now_ns: int) -> CalibrationFile:
    """Read a calibration. now_ns: the clock; what was fitted on a later time than this is refused.

    Raises ConfigurationError, which names the file, where it is missing, no calibration, of a later format
    than this program knows, damaged, or fitted on what is still to come.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        message = f"the calibration file {path} cannot be read ({because(error)})"
        raise ConfigurationError(message) from None
    file = _decode(path, raw)
    why = _flaw(file.model)
    if why:
        message = f"the calibration file {path} cannot be used: {why}"
        raise ConfigurationError(message)
    if file.version != _version(file):
        message = f"the calibration file {path} is not as it was written; `kalshi-actors fit` makes a new one"
        raise ConfigurationError(message)
    if file.trained.to_ns > now_ns:
        message = f"the calibration file {path} was fitted on markets that are still to come"
        raise ConfigurationError(message)
    return file


def _decode(path: Path, raw: bytes) -> CalibrationFile:
    """Raises ConfigurationError."""
    head: Any
    try:
        head = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        head = None
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        message = f"{path} is no calibration file; `kalshi-actors fit --out FILE` writes one"
        raise ConfigurationError(message)
    version = head.get("format_version")
    if isinstance(version, int) and version > FORMAT_VERSION:
        message = (
            f"the calibration file {path} has format {version}, this program knows up to {FORMAT_VERSION}; "
            f"use a newer kalshi-actors, or fit again"
        )
        raise ConfigurationError(message)
    try:
        return msgspec.convert(head, CalibrationFile)
    except msgspec.ValidationError as error:
        message = f"the calibration file {path} cannot be used: {error}"
        raise ConfigurationError(message) from None


def _flaw(model: Logistic | Isotonic) -> str:
    """Why a model cannot be evaluated; empty if it can."""
    if isinstance(model, Isotonic):
        at = [knot[0] for knot in model.knots]
        to = [knot[1] for knot in model.knots]
        if not at or at != sorted(set(at)) or to != sorted(to) or to[0] <= 0.0 or to[-1] >= 1.0:
            return "its line does not rise within 0 and 1"
        return ""
    for name in model.features:
        if name not in FEATURES:
            return f"it rests on {name!r}, an indicator that this program does not know"
    if {len(model.means), len(model.scales), len(model.weights)} != {len(model.features)}:
        return "it has not one mean, scale and weight for each feature"
    if not all(scale > 0.0 for scale in model.scales):
        return "a scale is not above 0"
    return ""


def _version(file: CalibrationFile) -> str:
    plain = msgspec.json.encode(msgspec.structs.replace(file, version=""))
    method = file.model.__struct_config__.tag
    return f"{method}-{file.trained.to_ns // 1_000_000_000}-{hashlib.sha256(plain).hexdigest()[:8]}"
