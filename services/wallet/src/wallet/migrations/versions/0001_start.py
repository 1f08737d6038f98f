"""The first tables: passes and their deliveries, and the kit's."""

from alembic import op

from kit.migrations import create_plumbing

revision = "0001_start"
down_revision = None
branch_labels = None
depends_on = None

# 244 random bits, from the server's strong source.
_RANDOM = "uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())"

_PASSES = f"""
CREATE TABLE passes (
    card_id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL,
    program_id uuid NOT NULL,
    serial_number uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    authentication_token bytea NOT NULL DEFAULT {_RANDOM} CHECK (octet_length(authentication_token) >= 16),
    card_version bigint NOT NULL DEFAULT 0 CHECK (card_version >= 0),
    card_number text,
    qr_code text,
    locale text,
    deleted_at timestamptz,
    is_active boolean NOT NULL DEFAULT true,
    stamp_count integer NOT NULL DEFAULT 0 CHECK (stamp_count >= 0),
    stamps_redeemed integer NOT NULL DEFAULT 0,
    total_stamps_earned integer NOT NULL DEFAULT 0,
    points_balance integer NOT NULL DEFAULT 0 CHECK (points_balance >= 0),
    points_redeemed integer NOT NULL DEFAULT 0,
    total_points_earned bigint NOT NULL DEFAULT 0,
    total_points_voided bigint NOT NULL DEFAULT 0,
    sequence_wanted bigint NOT NULL DEFAULT 0 CHECK (sequence_wanted >= 0),
    last_hash text,
    last_transaction_at timestamptz,
    revision bigint NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL DEFAULT now(),
    CHECK (card_version = 0 OR (card_number IS NOT NULL AND qr_code IS NOT NULL AND locale IS NOT NULL)),
    CHECK (sequence_wanted = 0 OR (last_hash IS NOT NULL AND last_transaction_at IS NOT NULL))
)
-- No index holds a column that a transaction changes: its new row stays in the same page.
WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05)
"""

# Serial number and token live in installed passes: nobody changes them, whatever the code does.
_NEVER_CHANGES = """
CREATE FUNCTION passes_keep_identity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'serial number and token of a pass never change' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER passes_keep_identity BEFORE UPDATE ON passes FOR EACH ROW
WHEN (OLD.serial_number <> NEW.serial_number OR OLD.authentication_token <> NEW.authentication_token
      OR OLD.merchant_id <> NEW.merchant_id)
EXECUTE FUNCTION passes_keep_identity();
"""

_DELIVERIES = """
CREATE TABLE deliveries (
    card_id uuid NOT NULL REFERENCES passes,
    platform text NOT NULL CHECK (platform IN ('apple', 'google')),
    merchant_id uuid NOT NULL,
    program_id uuid NOT NULL,
    status text NOT NULL DEFAULT 'behind' CHECK (status IN ('current', 'behind', 'failed', 'removed')),
    sequence_shown bigint NOT NULL DEFAULT 0,
    revision_shown bigint NOT NULL DEFAULT 0,
    devices integer NOT NULL DEFAULT 0 CHECK (devices >= 0),
    tries smallint NOT NULL DEFAULT 0,
    behind_since timestamptz DEFAULT now(),
    next_try_at timestamptz NOT NULL DEFAULT now(),
    claim uuid,
    claimed_until timestamptz,
    last_delivered_at timestamptz,
    last_error text,
    PRIMARY KEY (card_id, platform),
    CHECK ((claim IS NULL) = (claimed_until IS NULL)),
    CHECK ((status = 'behind') = (behind_since IS NOT NULL))
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX deliveries_behind ON deliveries (platform, next_try_at) WHERE status = 'behind';
CREATE INDEX deliveries_program ON deliveries (program_id);
CREATE INDEX deliveries_merchant ON deliveries (merchant_id);
"""


def upgrade() -> None:
    op.execute(_PASSES)
    op.execute(_NEVER_CHANGES)
    op.execute(_DELIVERIES)
    create_plumbing(op)


def downgrade() -> None:
    raise NotImplementedError("passes hold serial numbers and tokens that exist nowhere else")
