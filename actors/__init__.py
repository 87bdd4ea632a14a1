"""Who says it: one actor per process, its mathematics beside it. Imports messages only."""
