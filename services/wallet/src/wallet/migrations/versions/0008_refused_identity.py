"""Since when a provider refuses our identity: all replicas know it, and administrators see it."""

from alembic import op

revision = "0008_refused_identity"
down_revision = "0007_delivery_health"


def upgrade() -> None:
    op.execute("ALTER TABLE providers ADD COLUMN refused_since timestamptz")
