"""Settled markets as a table and as plain dicts: what Kalshi paid on, and what ours came to. Pure."""

from typing import Any

import msgspec

from actors.brti.accuracy.settled import Settled as Judged
from actors.kalshi.history import History, Link, links
from cli.index_text import columns, settled_errors
from cli.wording import dollars, moment_utc

MOST_BROKEN = 10


def as_text(history: History, judged: Judged, rest_url: str) -> str:
    """The markets, oldest first, then what they add up to."""
    markets = history.markets()[::-1]
    if not markets:
        return f"{rest_url} knows no settled market yet."
    chain = {link.after: link for link in links(markets)}
    ours = {market.ticker: market.averages for market in judged.markets}
    methods = [one.method for one in judged.methods]
    rows = [("MARKET", "CLOSE UTC", "STRIKE", "SETTLED AT", "RESULT", "CHAIN", *methods)]
    for market in markets:
        averages = {one.method: one for one in ours.get(market.ticker, [])}
        cells = [
            f"{one.error_bps:+.2f}" + (f" ({one.known} of 60)" if one.known < 60 else "")
            if (one := averages.get(method))
            else "-"
            for method in methods
        ]
        rows.append(
            (
                market.ticker,
                moment_utc(market.close_ns),
                _level(market.strike_e6),
                _level(market.expiration_e6),
                market.result or "-",
                _held(chain.get(market.ticker)),
                *cells,
            )
        )
    return "\n".join([*columns(rows, left=2), "", *summary(history, judged)])


def summary(history: History, judged: Judged) -> list[str]:
    """Sentences: how many, whether the chain holds, what was recorded, how far off it was."""
    markets = history.markets()
    chain = links(markets)
    broken = [link for link in chain if not link.holds]
    settled = [market for market in markets if market.strike_e6 >= 0 and market.expiration_e6 >= 0]
    paid = [market for market in settled if market.result in ("yes", "no")]
    right = sum((market.expiration_e6 >= market.strike_e6) == (market.result == "yes") for market in paid)
    lines = [
        f"{len(markets):,} settled markets; {len(markets) - len(settled):,} lack a strike or a settlement "
        f"that can be true, {history.unreadable:,} could not be read",
        f"chain: of {len(chain):,} markets that follow another, {len(chain) - len(broken):,} have its "
        "settlement as their strike",
        *(
            f"  {link.after} has the strike {_level(link.strike_e6)}, but {link.before} settled at "
            f"{_level(link.expiration_e6)}"
            for link in broken[:MOST_BROKEN]
        ),
        f"rule: of {len(paid):,} markets {right:,} paid as settlement >= strike says",
    ]
    missing = len(markets) - len(judged.markets)
    if not judged.markets:
        return [*lines, "of none of these minutes was anything recorded here"]
    lines.append(f"recorded here: {len(judged.markets):,} of these minutes, {missing:,} were not")
    return [
        *lines,
        "",
        "Errors of the recorded averages, in bps (whole minutes only)",
        *settled_errors(judged.methods),
    ]


def plain(history: History, judged: Judged) -> dict[str, Any]:
    """The same as dicts, lists and exact numbers."""
    markets = history.markets()
    return {
        "markets": [market._asdict() for market in markets],
        "unreadable": history.unreadable,
        "chain": [link._asdict() | {"holds": link.holds} for link in links(markets)],
        "recorded": msgspec.to_builtins(judged),
    }


def _level(amount_e6: int) -> str:
    return dollars(amount_e6 / 1e6) if amount_e6 >= 0 else "-"


def _held(link: Link | None) -> str:
    return "-" if link is None else "holds" if link.holds else "BROKEN"
