"""An imported row's own name, for its export; it was unique already, as a key's hash."""

from alembic import op

revision = "0007_imports"
down_revision = "0006_statistics"


def upgrade() -> None:
    op.execute("ALTER TABLE transaction_context ADD COLUMN reference text")
