"""Voids are found by what they void, order references voided whole earn again, history by merchant."""

from alembic import op

revision = "0002_voids_and_history"
down_revision = "0001_start"


def upgrade() -> None:
    op.execute(
        "CREATE INDEX transactions_voids ON transactions (voids_transaction_id)"
        " WHERE voids_transaction_id IS NOT NULL"
    )
    op.execute("ALTER TABLE order_references ADD COLUMN voided boolean NOT NULL DEFAULT false")
    op.execute("CREATE INDEX transactions_merchant ON transactions (merchant_id, id)")
