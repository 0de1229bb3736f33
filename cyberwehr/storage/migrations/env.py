"""Alembic's entrance: `cyberwehr.storage.migrate` hands over an open connection."""

from alembic import context

from cyberwehr.storage.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
