"""How good the index is: pure statistics of what was compared."""
