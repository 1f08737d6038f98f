"""What users changed, before and after."""

from alembic import op

from kit.audit import create_audit

revision = "0002_add_audit"
down_revision = "0001_start"


def upgrade() -> None:
    create_audit(op)
