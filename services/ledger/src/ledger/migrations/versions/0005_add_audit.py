"""What users decided about parked events, before and after."""

from alembic import op

from kit.audit import create_audit

revision = "0005_add_audit"
down_revision = "0004_expiry"


def upgrade() -> None:
    create_audit(op)
