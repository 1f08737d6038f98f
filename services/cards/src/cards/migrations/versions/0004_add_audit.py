"""What users changed, before and after."""

from alembic import op

from kit.audit import create_audit

revision = "0004_add_audit"
down_revision = "0003_quick_lists"


def upgrade() -> None:
    create_audit(op)
