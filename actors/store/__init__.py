"""Closed segments of logs kept as tables and archives."""
