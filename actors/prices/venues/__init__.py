"""One file per exchange, named like it; each defines `Venue` and holds all that is known of its wire."""
