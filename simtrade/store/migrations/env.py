"""alembic's environment of both databases: run the revisions on the connection it is given."""

from __future__ import annotations

from alembic import context

# The connection is inside a transaction, which alembic leaves to its owner.
context.configure(connection=context.config.attributes["connection"], render_as_batch=True)
context.run_migrations()
