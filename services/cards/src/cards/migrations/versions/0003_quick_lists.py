"""Indexes that keep lists and searches quick on a million cards."""

from alembic import op

revision = "0003_quick_lists"
down_revision = "0002_answers_about"

INDEXES = """
CREATE INDEX cards_list_store ON cards (program_id, enrolled_at_store_id, id) WHERE deleted_at IS NULL;
CREATE INDEX cards_list_inactive ON cards (program_id, id) WHERE deleted_at IS NULL AND NOT is_active;
DROP INDEX customer_words_customer;
CREATE INDEX customer_words_customer ON customer_words (customer_id, word);
"""


def upgrade() -> None:
    op.execute(INDEXES)
