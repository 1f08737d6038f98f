"""What a merchant called a card's customer before the card was imported."""

from alembic import op

revision = "0007_card_references"
down_revision = "0006_self_enrolment"


def upgrade() -> None:
    op.execute(
        "CREATE TABLE card_references (merchant_id uuid NOT NULL, reference text NOT NULL,"
        " card_id uuid NOT NULL REFERENCES cards, PRIMARY KEY (merchant_id, reference))"
    )
    op.execute("CREATE INDEX card_references_card ON card_references (card_id)")
