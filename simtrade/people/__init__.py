"""Who is there: users, roles, passwords, sessions and rights."""
