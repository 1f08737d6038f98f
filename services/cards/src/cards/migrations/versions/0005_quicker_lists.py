"""Cards are listed from the index alone, as long as their customers are asked for words only."""

from alembic import op

revision = "0005_quicker_lists"
down_revision = "0004_add_audit"

INDEX = """
DROP INDEX cards_list;
CREATE INDEX cards_list ON cards (program_id, id) INCLUDE (customer_id) WHERE deleted_at IS NULL;
"""


def upgrade() -> None:
    op.execute(INDEX)
