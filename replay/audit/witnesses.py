"""What others say of the books that were rebuilt: REST books and tickers, and the venue's own checksums."""

from collections.abc import Callable
from typing import Any

import msgspec

from messages import FeedOpened, FrameReceived
from messages.log import Record
from replay.audit.books import Books
from replay.audit.certificate import BOOKS, Finding
from replay.audit.checksums import Checksums
from replay.audit.doubts import Doubts
from replay.audit.touches import Touches


class Witnesses:
    """Of one feed. books: rebuilt by somebody else; a witness is heard when all is said of a frame.

    doubts: what the feed may have noticed itself. found: is given the rest.
    """

    def __init__(self, log: str, books: Books, doubts: Doubts, found: Callable[[Finding], None]) -> None:
        self.page = 0
        """Number of the newest frame that came by REST."""
        self._log = log
        self._books = books
        self._doubts = doubts
        self._found = found
        self._touches = Touches()
        self._checksums: Checksums | None = None
        self._polls = False
        self._read = (0, 0)
        self._differed: dict[str, int] = {}

    @property
    def rest(self) -> int:
        """REST answers that were held against a book."""
        return self._books.rest + self._touches.compared

    @property
    def checksums(self) -> int:
        """Checksums of the venue that were held against the book."""
        return self._checksums.compared if self._checksums is not None else 0

    def began(self, settings: dict[str, Any]) -> None:
        """A run begins, with these settings."""
        self.forget()
        self._touches.began(settings)

    def opened(self, opened: FeedOpened) -> None:
        """A connection stands."""
        self._polls = opened.mode == "poll"
        if opened.venue == "kraken" and self._checksums is None:
            self._checksums = Checksums()

    def forget(self) -> None:
        """Records are missing, or a run begins: what was said is of another book."""
        self._touches.forget()
        if self._checksums is not None:
            self._checksums.forget()

    def withdrawn(self) -> None:
        """The book was taken back."""
        self._touches.forget()

    def quote(self, at_ns: int, bid_e8: int, ask_e8: int) -> None:
        """The book's touch is another one."""
        self._touches.quote(at_ns, bid_e8, ask_e8)

    def frame(self, record: Record, frame: FrameReceived) -> None:
        """A frame came: hear those before it, and note what this one says."""
        # Of the frames of one read nothing is said before all of them are written.
        if (record.seq - 1, record.at_ns) != self._read:
            self.hear(record.at_ns)
        self._read = (record.seq, record.at_ns)
        if self._checksums is not None:
            self._checksums.take(frame, record.seq)
        if frame.source != "ws":
            self.page = record.seq
            self._books.asked(frame, record.seq)
            self._touches.asked(frame)

    def hear(self, at_ns: int) -> None:
        """Everything that frames so far called forth has been said: compare."""
        self._touches.passed(at_ns)
        self._hear_checksum(at_ns)
        answered = self._books.answered(self._polls)
        if answered is None:
            return
        asked, wrong = answered
        if not wrong:
            self._differed.pop(asked.ticker, None)
            return
        finding = Finding(BOOKS, self._log, wrong, True, asked.frame, asked.frame, asked.recv_ns)
        changed_ns = self._books.books[asked.ticker].changed_ns
        if self._polls:
            self._found(finding)
        elif self._differed.get(asked.ticker) == changed_ns:
            self._doubts.raise_(finding)
        else:
            # Once may be an answer that was overtaken; the feed asks again.
            self._differed[asked.ticker] = changed_ns
            self._found(msgspec.structs.replace(finding, fails=False))

    def end(self) -> None:
        """The session's records are over."""
        if self._touches.contradicts:
            what = f"the book never showed what {self._touches.compared} REST tickers did"
            self._found(Finding(BOOKS, self._log, what))

    def _hear_checksum(self, at_ns: int) -> None:
        compared = self._checksums.compare(self._books) if self._checksums is not None else None
        if compared is not None and compared[1]:
            seq, wrong = compared
            self._doubts.raise_(Finding(BOOKS, self._log, wrong, True, seq, seq, at_ns))
