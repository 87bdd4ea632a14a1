"""Recorded messages as files for other tools."""
