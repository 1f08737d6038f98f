"""Up to when the begins and ends of rewards were looked at: passes that show these are drawn anew."""

from alembic import op

revision = "0009_rewards_by_the_clock"
down_revision = "0008_refused_identity"


def upgrade() -> None:
    op.execute("CREATE TABLE reward_clock (looked_until timestamptz NOT NULL) WITH (fillfactor = 50)")
    op.execute("INSERT INTO reward_clock VALUES (now())")
    op.execute("CREATE UNIQUE INDEX reward_clock_one ON reward_clock ((true))")
