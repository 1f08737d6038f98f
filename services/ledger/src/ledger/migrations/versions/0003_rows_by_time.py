"""A merchant's rows are listed and bounded by when they happened, a late sale's by the sale."""

from alembic import op

revision = "0003_rows_by_time"
down_revision = "0002_voids_and_history"


def upgrade() -> None:
    op.execute(
        "CREATE INDEX transactions_by_time ON transactions"
        " (merchant_id, (coalesce(transaction_at, created_at)), id)"
    )
    op.execute("DROP INDEX transactions_merchant")
