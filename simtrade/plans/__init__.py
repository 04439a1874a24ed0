"""Plans: orders that wait for a session, a price or a time, and tasks made of several orders."""
