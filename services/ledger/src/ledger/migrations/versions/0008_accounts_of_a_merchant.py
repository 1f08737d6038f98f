"""A merchant's accounts are walked card by card, for its exports."""

from alembic import op

revision = "0008_accounts_of_a_merchant"
down_revision = "0007_imports"


def upgrade() -> None:
    # Neither column ever changes: a stamp's update stays within its page, as before.
    op.execute("CREATE INDEX accounts_of_a_merchant ON accounts (merchant_id, card_id)")
