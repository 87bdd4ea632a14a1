"""Readable logs and the record of a session."""
