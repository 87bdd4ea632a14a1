import re

from replay.compare.comparison import Comparison
from replay.compare.evaluate import Opportunity, polled, streamed
from replay.compare.plot import page
from tests.replay.compare.samples import at, market


def test_the_page_holds_everything_it_shows_and_asks_no_network() -> None:
    one = market(opportunities=[Opportunity(at(1.0), "edge", "no", 590_000)])
    html = page(Comparison(at(0), at(5), [one], 0, "", streamed([one]), [polled([one], 1.0)]))
    assert not re.search(r'<(script|link)[^>]+(src|href)="http', html)
    for name in ("stream bid", "REST ask", "edge no", "every 1 s"):
        assert name in html
