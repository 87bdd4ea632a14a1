"""REST and WebSocket side by side."""
