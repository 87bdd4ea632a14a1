"""Many sessions, many configurations, and what they would have brought."""
