"""Points redeemed in all may pass what an integer holds, as those earned may; only balances are bounded."""

from alembic import op

revision = "0002_wide_totals"
down_revision = "0001_start"


def upgrade() -> None:
    op.execute("ALTER TABLE passes ALTER COLUMN points_redeemed TYPE bigint")
