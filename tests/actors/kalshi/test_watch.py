from actors.kalshi.definitions import Market
from actors.kalshi.watch import Watch

S = 1_000_000_000
USD = 1_000_000


def roster() -> dict[str, Market]:
    """A quarter hour, the next one, and this hour's five strikes with the next hour's."""
    made = [Market("KXBTC15M-A-00", "KXBTC15M-A", 0, 900 * S, strike_e6=84_260 * USD),
            Market("KXBTC15M-B-15", "KXBTC15M-B", 900 * S, 1800 * S)]  # fmt: skip
    for hour in range(2):
        event = f"KXBTCD-H{hour}"
        made += [
            Market(f"{event}-T{84_000 + n * 250}", event, hour * 3600 * S, (hour + 1) * 3600 * S,
                   strike_e6=(84_000 + n * 250) * USD)
            for n in range(5)
        ]  # fmt: skip
    return {market.ticker: market for market in made}


def watch(markets: dict[str, Market], index_e6: int = 0) -> Watch:
    made = Watch(2, [])
    made.index_e6 = index_e6
    made.choose(markets, 0, S)
    return made


def test_a_series_with_one_market_at_a_time_needs_no_choice() -> None:
    markets = roster()
    made = watch(markets)
    assert made.role("KXBTC15M", markets, S) == ("KXBTC15M-A-00", "KXBTC15M-B-15")
    assert made.role("KXBTC15M", markets, 900 * S) == ("KXBTC15M-B-15", "")


def test_of_several_strikes_the_one_nearest_the_index_has_the_part() -> None:
    markets = roster()
    made = watch(markets, 84_600 * USD)
    assert made.role("KXBTCD", markets, S) == ("KXBTCD-H0-T84500", "KXBTCD-H1-T84500")
    assert made.beside(markets["KXBTCD-H0-T84500"]) == ["KXBTCD-H0-T84500", "KXBTCD-H0-T84750"]
    assert made.watches(markets["KXBTCD-H0-T84750"])
    assert not made.watches(markets["KXBTCD-H0-T84000"])


def test_while_nobody_tells_the_index_the_newest_strike_of_a_quarter_hour_stands_for_it() -> None:
    markets = roster()
    assert watch(markets).role("KXBTCD", markets, S)[0] == "KXBTCD-H0-T84250"


def test_a_settled_market_has_no_part_any_more() -> None:
    markets = roster()
    made = watch(markets, 84_600 * USD)
    markets["KXBTCD-H0-T84500"].result = "yes"
    assert made.role("KXBTCD", markets, S)[0] == "KXBTCD-H0-T84750"


def test_what_leaves_the_roster_is_forgotten() -> None:
    markets = roster()
    made = watch(markets, 84_600 * USD)
    gone = markets.pop("KXBTCD-H0-T84500")
    made.forget(gone, last=False)
    assert made.role("KXBTCD", markets, S)[0] == "KXBTCD-H0-T84750"
    for ticker in [ticker for ticker in markets if ticker.startswith("KXBTCD-H0")]:
        gone = markets.pop(ticker)
        made.forget(gone, last=True)
    assert made.role("KXBTCD", markets, S) == ("", "KXBTCD-H1-T84500")


def test_windows_that_share_an_event_are_not_strikes_of_one_hour() -> None:
    """As the simulator's are when the quarter hour is shortened to seconds."""
    made = [
        Market(f"KXBTC15M-A-{n}", "KXBTC15M-A", n * S, (n + 1) * S, strike_e6=84_000 * USD) for n in range(9)
    ]
    markets = {market.ticker: market for market in made}
    found = watch(markets)
    assert all(found.watches(market) for market in made)
    gone = markets.pop("KXBTC15M-A-0")
    found.forget(gone, last=True)
    found.look_again()
    found.choose(markets, S, S)
    assert found.role("KXBTC15M", markets, S) == ("KXBTC15M-A-1", "KXBTC15M-A-2")
