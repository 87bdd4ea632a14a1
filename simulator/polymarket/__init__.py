"""The simulated Polymarket: its quarter hours, its market stream, its pages."""
