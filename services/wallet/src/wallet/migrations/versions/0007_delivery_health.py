"""What replicas share about the providers: the circuit breaker, and when each last answered."""

from alembic import op

revision = "0007_delivery_health"
down_revision = "0003_add_audit"

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


def upgrade() -> None:
    op.execute(_PROVIDERS)
