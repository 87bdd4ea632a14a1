"""The checksum that goes with Kraken's book."""

from zlib import crc32

from simulator.venues.depth_view import Level

_CHECKED = 10  # levels a side under the checksum, whatever the depth


def checksum(bids: list[Level], asks: list[Level]) -> int:
    """CRC32 over the best ten asks, then the best ten bids. Both best first.

    Price and size are written with all their decimals, without the point and without leading zeros:
    that is the integer itself. Source: docs.kraken.com, guide "Spot WebSocket book v2".
    """
    text = "".join([f"{price}{size}" for price, size in asks[:_CHECKED] + bids[:_CHECKED]])
    return crc32(text.encode())
