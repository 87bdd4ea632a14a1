from actors.store.manifest import FORMAT, Manifest, StoredFile, TableFile
from actors.store.tables import BY_NAME, UNKNOWN_TABLE
from messages import BookChanged, TradePrinted, kinds
from replay.export.span import Span

FILES = [TableFile(name, "2024-10-04", "BTC-USD", 1, "p", 1, "s") for name in ("BookChanged", "DayVolume")]
STORED = Manifest(FORMAT, 1, "coinbase", 1, 9, 100, 200, 8, {}, 1, "", StoredFile("", 1, ""), FILES, [], [])
TABLES = [BY_NAME["BookChanged"], BY_NAME["TradePrinted"]]


def test_only_what_is_wanted_is_read() -> None:
    assert Span(0, 1, TABLES).kinds == kinds(BookChanged, TradePrinted)
    assert Span(0, 1, [*TABLES, UNKNOWN_TABLE]).kinds is None


def test_a_stored_segment_counts_where_it_meets_the_span() -> None:
    assert [Span(*ends, TABLES).meets(STORED) for ends in ((0, 100), (0, 101), (200, 300), (201, 300))] == [
        False,
        True,
        True,
        False,
    ]
    assert Span(0, 101, TABLES).files(STORED) == FILES[:1]
    assert Span(0, 100, TABLES).files(STORED) == []


def test_a_table_is_found_by_its_name() -> None:
    assert Span(0, 1, TABLES).table("TradePrinted") is TABLES[1]
