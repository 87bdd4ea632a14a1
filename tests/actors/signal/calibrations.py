"""Calibration files for the tests of those who read them."""

from actors.signal.calibration_file import (
    FORMAT,
    FORMAT_VERSION,
    CalibrationFile,
    Isotonic,
    Judged,
    Logistic,
    Trained,
    named,
)

S = 1_000_000_000
FITTED_NS = 1_795_392_000 * S
LOGISTIC = Logistic(
    intercept=-0.1,
    slope=0.5,
    features=["market", "momentum-15"],
    means=[0.25, -0.5],
    scales=[2.0, 4.0],
    weights=[0.3, -0.2],
)
ISOTONIC = Isotonic([(0.0, 0.001), (0.25, 0.125), (0.5, 0.5), (1.0, 0.999)])


def made(model: Logistic | Isotonic = LOGISTIC) -> CalibrationFile:
    """A file as the fit writes it, its training over at FITTED_NS."""
    trained = Trained(["s1"], FITTED_NS - 90_000 * S, FITTED_NS, 100, 100, 9000, 30.0)
    tested = Judged(
        ["s1"], FITTED_NS, FITTED_NS + 45_000 * S, 50, 50, 4500, 0.15, 0.16, 0.45, 0.47, 0.01, 0.002, 0.018,
        0.151, 0.152, 0.001, -0.003, 0.005, True,
    )  # fmt: skip
    return named(CalibrationFile(FORMAT, FORMAT_VERSION, "", "1.0", 10.0, model, trained, tested))
