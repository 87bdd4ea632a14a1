"""The Kalshi feed."""
