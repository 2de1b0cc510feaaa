"""How alembic runs these migrations: on the connection that `Database` hands over."""

from alembic import context

from assistant.accounts.migrations import VERSION_TABLE

connection = context.config.attributes["connection"]
context.configure(connection=connection, render_as_batch=True, version_table=VERSION_TABLE)
with context.begin_transaction():
    context.run_migrations()
