"""Binance.US: the protocol of Binance at its own addresses, with dollars and a much quieter market.

Source: github.com/binance-us/binance-us-api-docs (2024-06); a recording of 2021-04, frames of 2026-10.
"""

from actors.prices.venues import binance


class Venue(binance.Venue):
    stream_url = "wss://stream.binance.us:9443/stream"
    public_rest_url = "https://api.binance.us"
