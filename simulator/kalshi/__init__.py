"""Kalshi's REST and WebSocket."""
