"""Whose transactions the window keeps: those of merchants that somebody listens to, or did a day ago."""

from alembic import op

revision = "0005_add_feed_listeners"
down_revision = "0004_add_audit"

FEED_LISTENERS = """
CREATE TABLE feed_listeners (
  merchant_id uuid PRIMARY KEY,
  listened_at timestamptz NOT NULL DEFAULT now()
)
"""
#: Until now all were kept: whoever was given a number goes on from it.
THOSE_KEPT = "INSERT INTO feed_listeners (merchant_id) SELECT merchant_id FROM feed_numbers"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(FEED_LISTENERS)
    op.execute(THOSE_KEPT)
