"""Records become rows of the right table, date and series, each exactly once."""

from actors.store.tables import BY_NAME, TABLES, batches, folder, series_of, whole
from messages import MESSAGE_TYPES, BookChanged, MarketBookChanged, encode
from messages.log import Record

DAY_NS = 86_400 * 10**9
NIGHT_NS = 20_000 * DAY_NS


def changed(seq: int, at_ns: int = NIGHT_NS) -> Record:
    message = BookChanged("coinbase", "BTC-USD", seq, at_ns, 0, [(84_000, seq)], [(84_001, 0), (84_002, 7)])
    return Record(seq, at_ns, BookChanged.kind, encode(message))


def test_every_message_type_has_a_table() -> None:
    assert [table.name for table in TABLES.values()] == [cls.__name__ for cls in MESSAGE_TYPES]
    assert set(BY_NAME) == {table.name for table in TABLES.values()} | {"Unknown"}


def test_rows_say_what_the_records_said() -> None:
    found = batches("coinbase", [changed(5), changed(6)])
    rows = found["BookChanged", "2024-10-04", "BTC-USD"].to_pylist()
    assert len(found) == 1
    assert [(row["log"], row["seq"], row["at_ns"]) for row in rows] == [
        ("coinbase", 5, NIGHT_NS),
        ("coinbase", 6, NIGHT_NS),
    ]
    assert rows[0]["bids"] == [{"price": 84_000, "size": 5}]
    assert rows[1]["asks"] == [{"price": 84_001, "size": 0}, {"price": 84_002, "size": 7}]


def test_rows_are_parted_at_midnight_and_by_series() -> None:
    def level(seq: int, ticker: str) -> Record:
        message = MarketBookChanged(ticker, 1, NIGHT_NS, 0, 1, seq, True, 500_000, 100, 100)
        return Record(seq, NIGHT_NS, MarketBookChanged.kind, encode(message))

    records = [level(1, "KXBTC15M-24OCT040015-15"), level(2, "KXBTCD-24OCT0401-T84000"), changed(3)]
    found = batches("kalshi", [changed(0, NIGHT_NS - 1), *records, level(4, "KXBTC15M-24OCT040030-30")])
    assert {key: batch.column("seq").to_pylist() for key, batch in found.items()} == {
        ("BookChanged", "2024-10-03", "BTC-USD"): [0],
        ("BookChanged", "2024-10-04", "BTC-USD"): [3],
        ("MarketBookChanged", "2024-10-04", "KXBTC15M"): [1, 4],
        ("MarketBookChanged", "2024-10-04", "KXBTCD"): [2],
    }


def test_what_cannot_be_read_stands_in_a_table_of_its_own() -> None:
    strange = [Record(2, NIGHT_NS, 999, b"\x91\x01"), Record(3, NIGHT_NS, BookChanged.kind, b"\x93\x01")]
    found = whole("coinbase", [changed(1), *strange, changed(4)])
    assert found["BookChanged"].column("seq").to_pylist() == [1, 4]
    assert [(row["seq"], row["kind"], row["payload"]) for row in found["Unknown"].to_pylist()] == [
        (2, 999, b"\x91\x01"),
        (3, BookChanged.kind, b"\x93\x01"),
    ]


def test_a_series_is_what_stands_before_a_markets_time() -> None:
    said = ["KXBTC15M-26NOV222015-15", "btc-updown-15m-1763800000", "BTC-USD", "BRTI", "", "x" * 100]
    assert [series_of(one) for one in said] == ["KXBTC15M", "btc-updown-15m", "BTC-USD", "BRTI", "-", "-"]


def test_a_folder_names_table_date_and_series_whatever_the_series_is_called() -> None:
    key = ("BookChanged", "2024-10-04", "../BTC/USD")
    assert folder(key) == "BookChanged/date=2024-10-04/series=..%2FBTC%2FUSD"
