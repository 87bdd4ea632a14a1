"""Recorded sessions read again: explained, scored, fitted. Imports messages and actors."""
