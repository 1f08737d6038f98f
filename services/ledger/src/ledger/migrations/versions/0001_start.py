"""Accounts, transactions with their context, answers by day, order references, rewards taken."""

from alembic import op

from kit.migrations import create_plumbing

revision = "0001_start"
down_revision = None

ACCOUNTS = """
CREATE TABLE accounts (
  created_at timestamptz NOT NULL DEFAULT now(),
  last_stamp_at timestamptz, last_points_at timestamptz,
  last_redemption_at timestamptz, last_activity_at timestamptz,
  card_number bigint NOT NULL UNIQUE,
  card_version bigint NOT NULL DEFAULT 1,
  sequence int NOT NULL DEFAULT 0 CHECK (sequence >= 0),
  stamp_count int NOT NULL DEFAULT 0 CHECK (stamp_count >= 0),
  total_stamps_earned int NOT NULL DEFAULT 0 CHECK (total_stamps_earned >= 0),
  stamps_redeemed int NOT NULL DEFAULT 0 CHECK (stamps_redeemed >= 0),
  total_stamps_voided int NOT NULL DEFAULT 0 CHECK (total_stamps_voided >= 0),
  stamps_owed int NOT NULL DEFAULT 0 CHECK (stamps_owed >= 0),
  points_balance int NOT NULL DEFAULT 0 CHECK (points_balance >= 0),
  total_points_earned bigint NOT NULL DEFAULT 0 CHECK (total_points_earned >= 0),
  points_redeemed bigint NOT NULL DEFAULT 0 CHECK (points_redeemed >= 0),
  total_points_voided bigint NOT NULL DEFAULT 0 CHECK (total_points_voided >= 0),
  total_points_expired bigint NOT NULL DEFAULT 0 CHECK (total_points_expired >= 0),
  points_owed bigint NOT NULL DEFAULT 0 CHECK (points_owed >= 0),
  stamps_day date,
  stamps_that_day int NOT NULL DEFAULT 0 CHECK (stamps_that_day >= 0),
  is_active boolean NOT NULL DEFAULT true,
  is_gone boolean NOT NULL DEFAULT false,
  welcome_bonus_due boolean NOT NULL DEFAULT false,
  card_id uuid PRIMARY KEY,
  merchant_id uuid NOT NULL, program_id uuid NOT NULL, scope_store_id uuid,
  qr_code text NOT NULL UNIQUE,
  last_hash bytea NOT NULL CHECK (length(last_hash) = 32)
) WITH (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05);
"""

# Lean: wide columns first, no stored previous hash, keys as 16 bytes, `transaction_at` only when it differs.
TRANSACTIONS = """
CREATE TABLE transactions (
  created_at timestamptz NOT NULL,
  transaction_at timestamptz,
  sequence int NOT NULL CHECK (sequence > 0),
  program_version int NOT NULL,
  stamps_delta int NOT NULL,
  points_delta int NOT NULL,
  stamps_balance_after int NOT NULL CHECK (stamps_balance_after >= 0),
  points_balance_after int NOT NULL CHECK (points_balance_after >= 0),
  purchase_amount_cents int, reward_value_cents int, voided_amount_cents int, shortfall int, owed_repaid int,
  type smallint NOT NULL CHECK (type BETWEEN 1 AND 13),
  key_part smallint NOT NULL DEFAULT 0,
  id uuid PRIMARY KEY,
  card_id uuid NOT NULL,
  merchant_id uuid NOT NULL,
  store_id uuid, terminal_id uuid, staff_id uuid, user_id uuid, reward_id uuid, voids_transaction_id uuid,
  currency text, order_reference text, reward_description text,
  key_hash bytea CHECK (length(key_hash) = 16),
  request_hash bytea CHECK (length(request_hash) = 16),
  hash bytea NOT NULL CHECK (length(hash) = 32)
);
CREATE UNIQUE INDEX transactions_card ON transactions (card_id, sequence);
CREATE UNIQUE INDEX transactions_key ON transactions (key_hash, key_part) WHERE key_hash IS NOT NULL;
CREATE INDEX transactions_created_at ON transactions USING brin (created_at);
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN
    RAISE EXCEPTION 'a transaction is never changed or deleted' USING ERRCODE = 'restrict_violation';
  END $$;
CREATE TRIGGER transactions_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON transactions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

# What may have to be forgotten lives beside the row, outside its hash.
CONTEXT = """
CREATE TABLE texts (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text text NOT NULL UNIQUE);
CREATE TABLE transaction_context (
  transaction_id uuid PRIMARY KEY,
  user_agent_id int, staff_name_id int,
  imported boolean,
  ip_address inet,
  notes text
);
"""

# Kept for 30 days, by day; an answer is found by its transaction, a refusal by its key.
ANSWERS = """
CREATE TABLE answers (
  day date NOT NULL, transaction_id uuid NOT NULL, body bytea NOT NULL, PRIMARY KEY (transaction_id, day)
) PARTITION BY RANGE (day);
CREATE TABLE answers_other_days PARTITION OF answers DEFAULT;
CREATE TABLE refusals (
  created_at timestamptz NOT NULL, status smallint NOT NULL,
  key_hash bytea PRIMARY KEY, request_hash bytea NOT NULL, body bytea NOT NULL
);
CREATE INDEX refusals_created_at ON refusals USING brin (created_at);
CREATE FUNCTION keep_answers(kept_days int) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE d date; old record;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('keep_answers'));
  FOR d IN SELECT generate_series(
      (now() AT TIME ZONE 'UTC')::date, (now() AT TIME ZONE 'UTC')::date + 2, '1 day') LOOP
    IF to_regclass('answers_' || to_char(d, 'YYYYMMDD')) IS NULL THEN
      EXECUTE format('CREATE TABLE %I PARTITION OF answers FOR VALUES FROM (%L) TO (%L)',
        'answers_' || to_char(d, 'YYYYMMDD'), d, d + 1);
    END IF;
  END LOOP;
  FOR old IN SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = 'answers'::regclass AND c.relname ~ '^answers_[0-9]{8}$'
        AND c.relname < 'answers_' || to_char((now() AT TIME ZONE 'UTC')::date - kept_days, 'YYYYMMDD') LOOP
    EXECUTE format('DROP TABLE %I', old.name);
  END LOOP;
  DELETE FROM refusals WHERE created_at < now() - make_interval(days => kept_days);
END $$;
"""

ORDERS_AND_REWARDS = """
CREATE TABLE order_references (
  merchant_id uuid NOT NULL, order_reference text NOT NULL, transaction_id uuid NOT NULL,
  PRIMARY KEY (merchant_id, order_reference)
);
CREATE TABLE rewards_taken (
  taken bigint NOT NULL DEFAULT 0 CHECK (taken >= 0), reward_id uuid PRIMARY KEY
) WITH (fillfactor = 50);
CREATE TABLE rewards_taken_by_card (
  taken int NOT NULL DEFAULT 0 CHECK (taken >= 0), card_id uuid NOT NULL, reward_id uuid NOT NULL,
  PRIMARY KEY (card_id, reward_id)
);
"""

# The application's role may insert and read transactions, nothing else.
GRANTS = """
DO $$ DECLARE app text := regexp_replace(current_user, '_owner$', '_app'); BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = app) THEN
    EXECUTE format('REVOKE ALL ON transactions FROM %I', app);
    EXECUTE format('GRANT SELECT, INSERT ON transactions TO %I', app);
    EXECUTE format('GRANT EXECUTE ON FUNCTION keep_answers(int) TO %I', app);
  END IF;
END $$;
"""


def upgrade() -> None:
    for statement in (ACCOUNTS, TRANSACTIONS, CONTEXT, ANSWERS, ORDERS_AND_REWARDS):
        op.execute(statement.replace(":", r"\:"))
    create_plumbing(op)
    op.execute(GRANTS.replace(":", r"\:"))
