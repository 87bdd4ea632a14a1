"""A busy market on the simulator: the books of the eight constituents change 1,500 times a second.

Where that many changes come from matters. A venue that gathers changes sends longer frames when more happens,
not more of them: at 600 messages a second over all venues Coinbase's have 27 levels, where the recorded ones
have 10. So the number is made up by those that tell each change at once, Kraken and itBit, and by Crypto.com,
which gathers for no longer than 10 ms.
"""

from typing import Final

BUSY: Final[dict[str, object]] = {
    "simulator.rate": 600,
    "simulator.faults": '["flood:kraken:factor=14.5","flood:itbit:factor=19","flood:cryptocom:factor=4"]',
}
"""Settings of the configuration, as `benchmarks.system.running` takes them."""
