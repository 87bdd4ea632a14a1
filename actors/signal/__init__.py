"""Fair value and signals."""
