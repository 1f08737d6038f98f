"""Counters of the statistics: a generation is built beside the live one and takes its place."""

from alembic import op

revision = "0006_statistics"
down_revision = "0005_add_audit"

GENERATIONS = """
CREATE TABLE statistics_generations (
  as_of timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  generation smallint PRIMARY KEY,
  state text NOT NULL CHECK (state IN ('live', 'building', 'over'))
);
CREATE UNIQUE INDEX statistics_one_live ON statistics_generations (state) WHERE state = 'live';
INSERT INTO statistics_generations (generation, state, as_of) VALUES (1, 'live', 'epoch');
CREATE TABLE statistics_offsets (
  next_offset bigint NOT NULL, partition int NOT NULL, generation smallint NOT NULL, topic text NOT NULL,
  PRIMARY KEY (generation, topic, partition)
);
CREATE TABLE statistics_cards (
  version bigint NOT NULL,
  enrolled_at timestamptz, opened_at timestamptz, last_at timestamptz,
  sequence int NOT NULL, stamps int NOT NULL, points int NOT NULL, months int NOT NULL,
  generation smallint NOT NULL, is_live boolean NOT NULL, is_active boolean NOT NULL,
  card_id uuid NOT NULL, merchant_id uuid NOT NULL, program_id uuid NOT NULL, store_id uuid NOT NULL,
  recent bytea NOT NULL,
  PRIMARY KEY (generation, card_id)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
"""

#: Table, the columns of its key, and what is counted in each cell.
CELLS = (
    (
        "totals",
        "program_id uuid, store_id uuid",
        (
            "cards active stamps points transactions rewards_redeemed stamps_issued stamps_redeemed"
            " points_issued points_redeemed points_voided points_expired"
        ),
    ),
    ("hours", "program_id uuid, store_id uuid, hour int", "enrolments transactions active_cards"),
    (
        "days",
        "program_id uuid, store_id uuid, day date",
        (
            "enrolments transactions active_cards stamps_issued stamps_redeemed points_issued points_redeemed"
            " points_voided"
        ),
    ),
    ("ages", "program_id uuid, store_id uuid, day date", "cards stamps points"),
    (
        "rewards",
        "program_id uuid, store_id uuid, reward_id uuid, day date",
        "redeemed voided points_spent value_cents",
    ),
    (
        "staff",
        "program_id uuid, store_id uuid, staff_id uuid, day date",
        "stamps earnings redemptions voids adjusts offline",
    ),
    ("cohorts", "program_id uuid, store_id uuid, month date, nth int", "cards"),
)


def upgrade() -> None:
    op.execute(GENERATIONS)
    for name, key, counts in CELLS:
        names = ", ".join(column.split()[0] for column in key.split(", "))
        counters = ", ".join(f"{count} bigint NOT NULL" for count in counts.split())
        op.execute(
            f"CREATE TABLE statistics_{name} ({counters}, generation smallint NOT NULL, {key},"
            f" PRIMARY KEY (generation, {names}))"
            " WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05)"
        )
