"""Recorded feeds through the same actors under another configuration."""
