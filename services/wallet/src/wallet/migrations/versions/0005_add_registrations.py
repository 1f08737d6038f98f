"""Devices that hold passes, and the tags by which they ask what changed."""

from alembic import op

revision = "0005_add_registrations"
down_revision = "0004_pass_files"

_REGISTRATIONS = """
CREATE TABLE registrations (
    device text NOT NULL CHECK (octet_length(device) BETWEEN 1 AND 2048),
    card_id uuid NOT NULL REFERENCES passes,
    push_token text NOT NULL CHECK (octet_length(push_token) BETWEEN 1 AND 256),
    -- the revision of the pass that the device was told of
    revision_told bigint NOT NULL DEFAULT 0,
    registered_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (device, card_id)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX registrations_card ON registrations (card_id);
"""

# One number for each batch of passes that devices are about to be told of. Whoever takes one holds the row
# until the commit: a later commit has a higher number, which a sequence would not promise.
_TAGS = """
CREATE TABLE pass_tags (last bigint NOT NULL);
INSERT INTO pass_tags VALUES (0);
CREATE UNIQUE INDEX pass_tags_one ON pass_tags ((true));
ALTER TABLE deliveries ADD COLUMN tag bigint NOT NULL DEFAULT 0;
"""


def upgrade() -> None:
    op.execute(_REGISTRATIONS)
    op.execute(_TAGS)
