"""A feed's log: frames, numbers, books and gaps, held against what the feed itself said."""

from pathlib import Path

import pytest

from messages import (
    BookWithdrawn,
    MarketBookSnapshot,
    MarketBookWithdrawn,
    MarketChecked,
    MarketRoleChanged,
    Message,
    PolymarketQuote,
    PolymarketWithdrawn,
)
from replay.audit.certificate import Certificate, Gap
from tests.replay.audit.made import (
    Append,
    at,
    certify,
    change,
    changed,
    closed,
    count,
    depth,
    failing,
    feed,
    frame,
    gap,
    health,
    listener,
    made,
    opened,
    quote,
    snapshot,
    started,
    stopped,
    supervisor,
    write,
)

BEGIN: list[Append] = [
    (1000, [started("binance", 1000)]),
    (1010, [opened(1010)]),
    (1100, [frame(1100)]),
    (1100, [gap(-1, 1100)]),
    (1101, [snapshot(1100, 3), quote(1100, 3, 1)]),
]
END: list[Append] = [(9000, [closed(9000)]), (9001, [stopped("binance", 9001)])]
TICKER = "KXBTC15M-1"


def said(folder: Path, *middle: Append) -> Certificate:
    """The certificate of a session in which the feed said this after its first book."""
    return certify(made(folder, [*BEGIN, *middle, *END]))


def one_gap(certificate: Certificate, cause: str) -> Gap:
    (found,) = [gap for gap in certificate.gaps if gap.cause == cause and gap.reason != "the session began"]
    return found


def withdrawn(ms: int, reason: str) -> Message:
    return BookWithdrawn("binance", "BTC-USDT", 3, at(ms), reason)


def market_snapshot(ms: int, ticker: str = TICKER) -> Message:
    return MarketBookSnapshot(ticker, 3, at(ms), 0, 1, 1, [(500_000, 300)], [], True)


def test_a_feed_whose_frames_are_all_there_is_right(tmp_path: Path) -> None:
    certificate = certify(made(tmp_path, feed()))
    stream = next(stream for stream in certificate.streams if stream.log == "binance")
    assert certificate.holds
    assert (stream.received, stream.stored, stream.numbered, stream.changes) == (13, 13, 12, 12)
    assert (stream.connections, stream.books, stream.disk.frames) == (1, 1, 13)
    assert stream.clock.median_ms == pytest.approx(3.0, abs=0.1)


def test_a_frame_that_was_received_and_is_not_there_is_found(tmp_path: Path) -> None:
    certificate = said(tmp_path, (2000, [frame(2000)]), (2100, [health(2100, 3)]), (3100, [health(3100, 3)]))
    (finding,) = [finding for finding in certificate.findings if finding.fails]
    assert (finding.check, finding.log) == ("frames", "binance")
    assert "received 3 frames, and 2 of them are in the log" in finding.what
    (stream,) = [stream for stream in certificate.streams if stream.log == "binance"]
    assert (stream.received, stream.stored) == (3, 2)


def test_what_the_network_failed_to_bring_is_no_frame(tmp_path: Path) -> None:
    failed = frame(2000, b"refused", "GET /api/v3/depth 0")
    assert said(tmp_path, (2000, [failed]), (2100, [health(2100, 1)])).holds


def test_a_hole_in_the_venues_numbers_that_nobody_noticed_fails(tmp_path: Path) -> None:
    certificate = said(
        tmp_path,
        (2000, [frame(2000, depth(1, 2))]),
        (2500, [frame(2500, depth(5, 6))]),
        (2600, [health(2600, 3)]),
        (3600, [health(3600, 3)]),
    )
    assert failing(certificate) == [("sequences", "binance")]
    assert "updates 3 to 4 are missing" in certificate.findings[0].what


def test_a_hole_that_the_feed_took_its_book_back_for_is_told_and_is_the_venues_gap(tmp_path: Path) -> None:
    certificate = said(
        tmp_path,
        (2000, [frame(2000, depth(1, 2))]),
        (2500, [frame(2500, depth(5, 6))]),
        (2501, [withdrawn(2501, "updates 3 to 4 are missing")]),
        (4501, [snapshot(4500, 7), quote(4500, 7, 1)]),
    )
    assert certificate.holds
    assert "the feed noticed" in certificate.findings[-1].what
    gap = one_gap(certificate, "venue")
    assert (gap.what, gap.name, gap.length_s) == ("book", "BTC-USDT", 2.0)


def test_without_a_book_the_numbers_before_a_snapshot_may_have_holes(tmp_path: Path) -> None:
    certificate = said(
        tmp_path,
        (2000, [withdrawn(2000, "crossed: bid 2, ask 1")]),
        (2500, [frame(2500, depth(1, 2))]),
        (2600, [frame(2600, depth(5, 6))]),
        (2601, [snapshot(2600, 8)]),
        (2700, [health(2700, 3)]),
        (3700, [health(3700, 3)]),
    )
    assert certificate.holds


def test_a_checkpoint_that_does_not_follow_from_the_changes_fails(tmp_path: Path) -> None:
    certificate = said(
        tmp_path,
        (2000, [frame(2000)]),
        (2001, [change(2000, 6, 4)]),
        (3000, [snapshot(3000, 6, 5, checkpoint=True)]),
    )
    assert failing(certificate) == [("books", "binance")]
    assert "BTC-USDT: 1 bids differ (100: 4 not 5)" in certificate.findings[0].what


@pytest.mark.parametrize(
    ("reason", "fault", "cause"),
    [
        ("connection reset by peer", "network", "outage"),
        ("the book stays crossed", "venue", "venue"),
        ("asked to stop", "none", "ours"),
        ("scheduled maintenance", "venue", "maintenance"),
    ],
)
def test_a_gap_between_two_connections_is_whose_fault_the_end_was(
    tmp_path: Path, reason: str, fault: str, cause: str
) -> None:
    again: list[Append] = [
        (2000, [closed(2000, reason, fault)]),
        (2001, [stopped("binance", 2001, reason, fault)]),
        (3000, [started("binance", 3000)]),
        (3001, [opened(3001, 2)]),
        (3500, [frame(3500, conn=2)]),
        (3500, [gap(1100, 3500, 2, reason)]),
    ]
    certificate = said(tmp_path, *again)
    assert certificate.holds
    gap_ = one_gap(certificate, cause)
    assert (gap_.what, gap_.length_s, gap_.reason) == ("connection", 2.4, reason)


@pytest.mark.parametrize("noted", [True, False])
def test_a_kill_is_ours_if_the_supervisor_saw_it_and_unexplained_if_nobody_did(
    tmp_path: Path, noted: bool
) -> None:
    again: list[Append] = [
        (30000, [started("binance", 30000)]),
        (30001, [opened(30001, 2)]),
        (30500, [frame(30500, conn=2)]),
        (30500, [gap(1100, 30500, 2, "the process was killed")]),
    ]
    end: list[Append] = [(40000, [closed(40000, conn=2)]), (40001, [stopped("binance", 40001)])]
    kill: list[Append] = [(20000, [changed("binance", 20000, "running", "backoff", "killed by signal 9")])]
    write(tmp_path, "supervisor", [*supervisor()[:3], *(kill if noted else [])])
    write(tmp_path, "supervisor", [(41000, [stopped("supervisor", 41000)])])
    write(tmp_path, "binance", [*BEGIN, *again, *end])
    write(tmp_path, "brti", listener([]))
    count(tmp_path)
    certificate = certify(tmp_path)
    assert certificate.holds is noted
    assert one_gap(certificate, "ours" if noted else "unexplained").length_s == 29.4
    if not noted:
        assert failing(certificate) == [("gaps", "binance")]


def test_a_feed_that_ended_and_never_came_back_lacks_the_rest(tmp_path: Path) -> None:
    write(tmp_path, "supervisor", [*supervisor()[:3], (60_000, [stopped("supervisor", 60_000)])])
    write(tmp_path, "binance", [*BEGIN, (2000, [closed(2000, "no route to host", "network")])])
    write(tmp_path, "binance", [(2001, [stopped("binance", 2001, "no route to host", "network")])])
    write(tmp_path, "brti", listener([]))
    count(tmp_path)
    gap = one_gap(certify(tmp_path), "outage")
    assert (gap.to_ns, gap.length_s) == (0, 58.9)


def test_a_feed_that_found_its_venue_late_lacks_what_the_session_had_till_then(tmp_path: Path) -> None:
    tries: list[Append] = [
        (1000, [started("binance", 1000)]),
        (1010, [opened(1010)]),
        (1020, [closed(1020, "connection reset by peer", "network")]),
        (1021, [stopped("binance", 1021, "connection reset by peer", "network")]),
        (5000, [started("binance", 5000)]),
        (5010, [opened(5010, 2)]),
        (5100, [frame(5100, conn=2)]),
        (5100, [gap(-1, 5100, 2)]),
    ]
    gap_ = one_gap(certify(made(tmp_path, [*tries, *END])), "outage")
    assert (gap_.from_ns, gap_.length_s) == (at(0), 5.1)


def test_a_killed_feed_that_never_came_back_is_what_the_supervisor_says(tmp_path: Path) -> None:
    failed: list[Append] = [(5000, [changed("binance", 5000, "running", "failed", "it gave up")])]
    write(tmp_path, "supervisor", [*supervisor()[:3], *failed, (60_000, [stopped("supervisor", 60_000)])])
    write(tmp_path, "binance", BEGIN)
    write(tmp_path, "brti", listener([]))
    count(tmp_path)
    gap = one_gap(certify(tmp_path), "ours")
    assert (gap.to_ns, gap.length_s, gap.reason) == (0, 58.9, "it gave up")


def test_a_feed_that_says_nothing_for_long_stood_still(tmp_path: Path) -> None:
    certificate = said(tmp_path, (2000, [health(2000, 1)]), (8500, [health(8500, 1)]))
    gap = one_gap(certificate, "ours")
    assert (gap.what, gap.length_s) == ("process", 6.5)


def test_an_announced_pause_is_maintenance(tmp_path: Path) -> None:
    certificate = said(
        tmp_path,
        (2000, [health(2000, 1, reason="no market of KXBTC15M runs now (Kalshi's weekly pause)")]),
        (3000, [health(3000, 1, reason="no market of KXBTC15M runs now (Kalshi's weekly pause)")]),
        (4000, [health(4000, 1)]),
    )
    assert one_gap(certificate, "maintenance").length_s == 2.0


def test_a_market_that_is_over_leaves_no_gap(tmp_path: Path) -> None:
    over = MarketBookWithdrawn(TICKER, 3, at(3000), "the market is settled or no longer watched")
    certificate = said(tmp_path, (2000, [market_snapshot(2000)]), (3000, [over]))
    assert [gap.reason for gap in certificate.gaps] == ["the session began"]


def test_the_way_from_one_market_to_the_next_is_rollover(tmp_path: Path) -> None:
    def role(ms: int, running: str) -> Append:
        return ms, [MarketRoleChanged("KXBTC15M", at(ms), running, "")]

    certificate = said(
        tmp_path,
        role(2000, TICKER),
        (2100, [market_snapshot(2100)]),
        role(3000, ""),
        role(3500, "KXBTC15M-2"),
        (4000, [market_snapshot(4000, "KXBTC15M-2")]),
        (4500, [market_snapshot(4500, "KXBTC15M-3")]),
        role(5000, "KXBTC15M-3"),
    )
    gap = one_gap(certificate, "rollover")
    assert (gap.name, gap.length_s) == ("KXBTC15M-2", 1.0)


def test_a_quote_of_polymarket_that_is_taken_back_is_a_gap_until_the_next(tmp_path: Path) -> None:
    certificate = said(
        tmp_path,
        (2000, [PolymarketWithdrawn("slug", 3, at(2000), "the book is in doubt")]),
        (2500, [PolymarketQuote("slug", 3, at(2500), 0, 0, 1, 1, 2, 2, -1)]),
        (3000, [PolymarketWithdrawn("slug", 3, at(3000), "the quarter hour is over")]),
    )
    assert one_gap(certificate, "venue").length_s == 0.5


def test_a_settled_market_that_reads_otherwise_by_rest_fails(tmp_path: Path) -> None:
    differs = MarketChecked(TICKER, at(2000), -1, "yes", -1, ["result was no, is yes"], 3)
    agrees = MarketChecked(TICKER, at(2001), -1, "yes", -1, [], 3)
    certificate = said(tmp_path, (2000, [differs]), (2001, [agrees]))
    assert failing(certificate) == [("books", "binance")]
    assert "result was no, is yes" in certificate.findings[0].what
