"""The index aggregator."""
