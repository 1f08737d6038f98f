"""What replicas share: providers' circuit breakers, the log of deliveries, and the sync with the ledger.

A day of the log is a partition, dropped whole.
"""

from alembic import op

revision = "0007_delivery_health"
down_revision = "0006_add_google"

_PROVIDERS = """
CREATE TABLE providers (
    platform text PRIMARY KEY CHECK (platform IN ('apple', 'google')),
    faults integer NOT NULL DEFAULT 0 CHECK (faults >= 0),
    rests integer NOT NULL DEFAULT 0 CHECK (rests >= 0),
    opened_at timestamptz,
    open_until timestamptz,
    probe_until timestamptz,
    last_success_at timestamptz,
    last_error text,
    last_error_at timestamptz,
    CHECK ((opened_at IS NULL) = (open_until IS NULL))
) WITH (fillfactor = 50);
INSERT INTO providers (platform) VALUES ('apple'), ('google');
"""

_LOG = """
CREATE TABLE delivery_log (
    id uuid NOT NULL,
    card_id uuid NOT NULL,
    platform text NOT NULL CHECK (platform IN ('apple', 'google')),
    at timestamptz NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('delivered', 'not-now', 'never')),
    answer text CHECK (length(answer) <= 200),
    sequence bigint NOT NULL,
    revision bigint NOT NULL,
    devices integer NOT NULL,
    took_ms integer NOT NULL
) PARTITION BY RANGE (at);
CREATE INDEX delivery_log_card ON delivery_log (card_id, id);
CREATE FUNCTION keep_delivery_log(kept_days int, ahead_days int) RETURNS int
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE d date; old record; today date = (now() AT TIME ZONE 'UTC')::date; dropped int = 0;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('keep_delivery_log'));
  FOR d IN SELECT generate_series(today, today + ahead_days, '1 day') LOOP
    IF to_regclass('delivery_log_' || to_char(d, 'YYYYMMDD')) IS NULL THEN
      EXECUTE format('CREATE TABLE %I PARTITION OF delivery_log FOR VALUES FROM (%L) TO (%L)',
        'delivery_log_' || to_char(d, 'YYYYMMDD'), d::timestamp AT TIME ZONE 'UTC',
        (d + 1)::timestamp AT TIME ZONE 'UTC');
    END IF;
  END LOOP;
  FOR old IN SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = 'delivery_log'::regclass AND c.relname ~ '^delivery_log_[0-9]{8}$'
        AND c.relname < 'delivery_log_' || to_char(today - kept_days, 'YYYYMMDD') LOOP
    EXECUTE format('DROP TABLE %I', old.name);
    dropped := dropped + 1;
  END LOOP;
  RETURN dropped;
END $$;
SELECT keep_delivery_log(30, 7);
"""

_SYNC = """
CREATE TABLE ledger_sync (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    started_at timestamptz NOT NULL DEFAULT now(),
    after_card uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    compared bigint NOT NULL DEFAULT 0,
    healed bigint NOT NULL DEFAULT 0,
    claim uuid,
    claimed_until timestamptz,
    finished_at timestamptz DEFAULT now(),
    last_finished_at timestamptz,
    last_compared bigint,
    last_healed bigint,
    CHECK ((claim IS NULL) = (claimed_until IS NULL))
) WITH (fillfactor = 50);
INSERT INTO ledger_sync DEFAULT VALUES;
"""

_FAILED = "CREATE INDEX deliveries_failed ON deliveries (platform) WHERE status = 'failed'"


def upgrade() -> None:
    op.execute(_PROVIDERS)
    op.execute(_LOG.replace(":", r"\:"))
    op.execute(_SYNC)
    op.execute(_FAILED)
