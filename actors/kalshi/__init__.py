"""Kalshi: its markets, books, trades, strikes and results, by stream with a key, by polling without."""
