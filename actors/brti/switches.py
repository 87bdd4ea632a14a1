"""What may be told about the consolidated book: how many venues fit in, and what readers of the method do not
agree on. Without its mathematics, which not everybody who reads settings needs."""

from typing import Final, Literal

import msgspec

SLOT_BITS: Final = 4
MOST_VENUES: Final = 1 << SLOT_BITS


class Switches(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What readers of the methodology do not agree on; the official value can decide it (`index`).

    cap_sample: `min50`, all orders within 5 % of the touch, filled up to 50 a side from further out (the
    administrator's announcement), or `max50`, at most the 50 best a side of these (re-implementations).
    uncross: bids and asks of different venues that cross are first traded against each other (readers of
    version 16.8) or left as they are (16.5). retrieval_lag_s: a book that nobody has confirmed for longer
    is out (10 since version 16.8, 30 before; a live index wants less).
    """

    cap_sample: Literal["min50", "max50"] = "min50"
    uncross: bool = True
    retrieval_lag_s: float = 3.0

    def __post_init__(self) -> None:
        if not 0.1 <= self.retrieval_lag_s <= 60.0:
            raise ValueError(f"retrieval_lag_s is {self.retrieval_lag_s}; it must be between 0.1 and 60")
