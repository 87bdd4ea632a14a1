"""The whole of it: read, share out, fit on the past, test on what came later, write down."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Literal, NamedTuple

from actors.signal.calibration_file import (
    FORMAT,
    FORMAT_VERSION,
    CalibrationFile,
    Isotonic,
    Logistic,
    Trained,
    named,
)
from messages.version import VERSION
from replay.fit.dataset import EVERY_S, Market
from replay.fit.isotonic import fit_isotonic
from replay.fit.judge import judge, verdict
from replay.fit.logistic import fit_logistic
from replay.fit.spans import LeftOut, split, windows

Method = Literal["logistic", "isotonic"]
_FITS: Final[dict[Method, Callable[[Sequence[Market]], tuple[Logistic | Isotonic, float | None]]]] = {
    "logistic": fit_logistic,
    "isotonic": lambda train: (fit_isotonic(train), None),
}


class Fitted(NamedTuple):
    """A calibration with its score, the markets that were in neither span, and the verdict in words."""

    file: CalibrationFile
    left_out: list[LeftOut]
    verdict: str


def fit(markets: Sequence[Market], method: Method, train_to_ns: int, test_from_ns: int) -> Fitted:
    """Fit on what was over by train_to_ns, test on what began from test_from_ns on.

    Raises OverlapError, FitError.
    """
    shared = split(markets, train_to_ns, test_from_ns)
    train = shared.train
    model, penalty = _FITS[method](train)
    trained = Trained(
        sessions=list(dict.fromkeys(market.session for market in train)),
        from_ns=min(int(market.at_ns[0]) for market in train),
        to_ns=max(market.known_ns for market in train),
        markets=len(train),
        windows=windows(train),
        samples=sum(len(market.at_ns) for market in train),
        penalty=penalty,
    )
    tested = judge(model, shared.test)
    file = CalibrationFile(FORMAT, FORMAT_VERSION, "", VERSION, EVERY_S, model, trained, tested)
    return Fitted(named(file), shared.left_out, verdict(tested))


def write(path: Path, content: bytes) -> None:
    """Put the file there, whole or not at all."""
    beside = path.with_name(f".{path.name}.new-{os.getpid()}")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
