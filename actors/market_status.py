"""Kalshi's words for where a market stands in its life."""

OPEN_STATUSES = frozenset({"", "initialized", "active"})
"""Nothing marks the step from initialized to active: the clock does."""
