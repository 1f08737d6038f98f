"""Whom a kept answer is about, so that it goes with the person's data."""

from alembic import op

revision = "0002_answers_about"
down_revision = "0001_start"

ANSWERS_ABOUT = """
CREATE TABLE answers_about (
    key_hash bytea PRIMARY KEY CHECK (octet_length(key_hash) = 16),
    customer_id uuid NOT NULL REFERENCES customers (id)
);
CREATE INDEX answers_about_customer ON answers_about (customer_id);
"""

# Of the answers that were kept before, those that show a card show its customer's name.
KEPT_BEFORE = r"""
WITH shown AS MATERIALIZED (
    SELECT key_hash, convert_from(body, 'UTF8') AS body FROM idempotent_answers
    WHERE status IN (200, 201) AND substr(body, 1, 8) = '{"card"\:'\:\:bytea
)
INSERT INTO answers_about (key_hash, customer_id)
SELECT shown.key_hash, cards.customer_id FROM shown
JOIN cards ON cards.id = (shown.body\:\:jsonb -> 'card' ->> 'id')\:\:uuid
"""


def upgrade() -> None:
    op.execute(ANSWERS_ABOUT)
    op.execute(KEPT_BEFORE)
