"""The live feed's window: transactions as they were heard, numbered within each merchant in commit order."""

from alembic import op

revision = "0003_add_feed"
down_revision = "0002_add_limits"

# One row, held from the first statement of a transaction that writes the window to its commit: places are in
# commit order, so a reader that goes on behind the last place it saw passes nothing over.
FEED_PLACE = "CREATE TABLE feed_place (place bigint NOT NULL)"

# Event ids are numbers of one merchant: a number of all would tell each how much the others sell.
FEED_NUMBERS = "CREATE TABLE feed_numbers (merchant_id uuid PRIMARY KEY, number bigint NOT NULL)"

FEED_WINDOW = """
CREATE TABLE feed_window (
  merchant_id uuid NOT NULL,
  number bigint NOT NULL,
  place bigint NOT NULL UNIQUE,
  store_id uuid,
  kept_at timestamptz NOT NULL DEFAULT now(),
  data bytea NOT NULL,
  PRIMARY KEY (merchant_id, number)
) WITH (autovacuum_vacuum_scale_factor = 0.02)
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for statement in (FEED_PLACE, FEED_NUMBERS, FEED_WINDOW):
        op.execute(statement)
    op.execute("INSERT INTO feed_place (place) VALUES (0)")
