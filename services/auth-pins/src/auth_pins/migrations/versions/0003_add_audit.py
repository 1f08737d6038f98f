"""What users changed, before and after."""

from __future__ import annotations

from alembic import op

from kit.audit import create_audit

revision = "0003_add_audit"
down_revision = "0002_add_password_reset"


def upgrade() -> None:
    create_audit(op)
