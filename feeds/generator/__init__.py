"""The invented market: a seeded exchange of a small A-share-like kind."""
