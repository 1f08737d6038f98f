"""What callers have done lately, summed over all replicas: kept for a window, lost in a crash."""

from alembic import op

revision = "0002_add_limits"
down_revision = "0001_start"

# Unlogged: nothing here is worth the disk, and a server that crashed begins to count anew. Room is left in
# each page, so that a sum that grows stays where it is.
LIMIT_COUNTS = """
CREATE UNLOGGED TABLE limit_counts (
  who bytea NOT NULL CHECK (octet_length(who) = 16),
  slot bigint NOT NULL,
  times int NOT NULL,
  gone_at bigint NOT NULL,
  PRIMARY KEY (who, slot)
) WITH (fillfactor = 50)
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(LIMIT_COUNTS)
