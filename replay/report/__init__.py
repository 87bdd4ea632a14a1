"""One page that shows a session."""
