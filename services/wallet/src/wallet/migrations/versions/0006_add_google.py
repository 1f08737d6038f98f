"""What Google was shown: classes, objects, the common quota, and callbacks that were seen."""

from alembic import op

revision = "0006_add_google"
down_revision = "0005_add_registrations"

_TABLES = """
CREATE TABLE google_classes (
    program_id uuid PRIMARY KEY,
    class_id text NOT NULL UNIQUE CHECK (char_length(class_id) BETWEEN 3 AND 160),
    shown_digest bytea,
    shown_version bigint NOT NULL DEFAULT 0,
    shown_at timestamptz
);
CREATE TABLE google_objects (
    card_id uuid PRIMARY KEY REFERENCES passes,
    object_id text NOT NULL UNIQUE CHECK (char_length(object_id) BETWEEN 3 AND 160),
    class_id text NOT NULL,
    shown_digest bytea,
    shown_balance integer,
    shown_at timestamptz,
    -- false while a request is under way, and after one whose end nobody saw
    is_sure boolean NOT NULL DEFAULT true,
    -- when it was asked to tell the phone: at most three in any 24 hours
    notified timestamptz[] NOT NULL DEFAULT '{}' CHECK (cardinality(notified) <= 3),
    announced_digest bytea,
    is_saved boolean NOT NULL DEFAULT false,
    saved_at timestamptz,
    removed_at timestamptz
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
-- One row for each request that may be under way or have been answered within a second, in all replicas.
CREATE TABLE google_slots (
    number smallint PRIMARY KEY,
    free_at timestamptz NOT NULL DEFAULT now(),
    not_before timestamptz NOT NULL DEFAULT now(),
    taken uuid
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
INSERT INTO google_slots (number) SELECT generate_series(1, 20);
-- How often passes of a card were added to wallets and removed, on all platforms.
CREATE TABLE pass_changes (card_id uuid PRIMARY KEY REFERENCES passes, change integer NOT NULL);
CREATE TABLE google_nonces (
    digest bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
    expires_at timestamptz NOT NULL
);
CREATE INDEX google_nonces_expiry ON google_nonces (expires_at);
"""


def upgrade() -> None:
    op.execute(_TABLES)
