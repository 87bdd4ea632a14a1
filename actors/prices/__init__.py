"""Price actors: one exchange each, from its wire format to books, quotes, trades and volumes."""
