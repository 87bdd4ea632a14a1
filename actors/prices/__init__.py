"""Price actors: one sans-I/O adapter per exchange."""
