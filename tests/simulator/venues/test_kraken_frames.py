from simulator.venues.kraken_frames import book_frame, status_frame, trade_frame
from simulator.venues.market import Deal

AT_NS = 1_783_465_098_343_688_000


def test_numbers_keep_all_their_decimals() -> None:
    frame = book_frame("update", [(788_588, 0)], [(788_570, 34_775_324)], 2416540570, AT_NS)
    assert frame == (
        '{"channel":"book","type":"update","data":[{"symbol":"BTC/USD",'
        '"bids":[{"price":78858.8,"qty":0.00000000}],"asks":[{"price":78857.0,"qty":0.34775324}],'
        '"checksum":2416540570,"timestamp":"2026-07-07T22:58:18.343688Z"}]}'
    )


def test_a_trade_names_the_takers_side() -> None:
    frame = trade_frame("update", [Deal(103_436_768, "buy", 635_019, 4_134, AT_NS, 4, 5)])
    assert frame == (
        '{"channel":"trade","type":"update","data":[{"symbol":"BTC/USD","side":"buy","price":63501.9,'
        '"qty":0.00004134,"ord_type":"limit","trade_id":103436768,"timestamp":"2026-07-07T22:58:18.343688Z"}]}'
    )


def test_the_status_is_that_of_the_capture() -> None:
    assert status_frame("online", 806193442143087786) == (
        '{"channel":"status","type":"update","data":[{"version":"2.0.10","system":"online",'
        '"api_version":"v2","connection_id":806193442143087786}]}'
    )
