"""Every venue as a local server that speaks the documented protocol. Shares no code with the adapters."""
