"""The start: the kit's plumbing, which holds the gateway's projection of identities."""

from alembic import op

from kit.migrations import create_plumbing

revision = "0001_start"
down_revision = None


def upgrade() -> None:
    create_plumbing(op)
