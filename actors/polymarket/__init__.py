"""Polymarket's quarter hours of bitcoin: which there are, and the quotes of their Up tokens."""
