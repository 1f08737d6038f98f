"""When a terminal called last."""

from __future__ import annotations

from alembic import op

revision = "0004_add_last_use"
down_revision = "0003_add_audit"


def upgrade() -> None:
    op.execute("ALTER TABLE terminals ADD COLUMN last_used_at timestamptz")
