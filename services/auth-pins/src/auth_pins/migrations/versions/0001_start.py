"""Users and sessions, terminals and keys, staff members, attempts, signing keys, and the kit's tables."""

from __future__ import annotations

from alembic import op

from kit.migrations import create_plumbing

revision = "0001_start"
down_revision = None

_LIFE = """
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    deleted_by uuid,
    deletion_id uuid,
    CHECK ((deleted_at IS NULL) = (deletion_id IS NULL))
"""

_STATEMENTS = (
    f"""
    CREATE TABLE users (
        id uuid PRIMARY KEY,
        email text NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
        email_key text NOT NULL,
        password_hash text NOT NULL,
        role text NOT NULL CHECK (role IN ('admin', 'owner', 'manager')),
        merchant_id uuid,
        locale text NOT NULL CHECK (locale IN ('en', 'fr', 'de', 'lb')),
        is_active boolean NOT NULL,
        version bigint NOT NULL CHECK (version >= 1),
        revision bigint NOT NULL CHECK (revision >= 1),
        sessions_revoked_at timestamptz,
        CHECK ((role = 'admin') = (merchant_id IS NULL)),
        {_LIFE}
    )
    """,
    "CREATE UNIQUE INDEX users_email ON users (email_key) WHERE deleted_at IS NULL",
    "CREATE INDEX users_of_merchant ON users (merchant_id, id)",
    """
    CREATE TABLE sessions (
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES users (id),
        created_at timestamptz NOT NULL,
        refreshed_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        ended_at timestamptz
    )
    """,
    "CREATE INDEX sessions_of_user ON sessions (user_id, id)",
    """
    CREATE TABLE refresh_tokens (
        sha256 text PRIMARY KEY CHECK (length(sha256) = 64),
        session_id uuid NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
        used_at timestamptz
    )
    """,
    "CREATE INDEX refresh_tokens_of_session ON refresh_tokens (session_id)",
    f"""
    CREATE TABLE terminals (
        id uuid PRIMARY KEY,
        merchant_id uuid NOT NULL,
        store_id uuid NOT NULL,
        name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
        environment text NOT NULL CHECK (environment IN ('live', 'test')),
        version bigint NOT NULL CHECK (version >= 1),
        sessions_revoked_at timestamptz,
        {_LIFE}
    )
    """,
    "CREATE INDEX terminals_of_merchant ON terminals (merchant_id, id)",
    """
    CREATE TABLE terminal_keys (
        sha256 text PRIMARY KEY CHECK (length(sha256) = 64),
        terminal_id uuid NOT NULL REFERENCES terminals (id),
        created_at timestamptz NOT NULL,
        ends_at timestamptz
    )
    """,
    "CREATE INDEX terminal_keys_of_terminal ON terminal_keys (terminal_id)",
    f"""
    CREATE TABLE staff (
        id uuid PRIMARY KEY,
        merchant_id uuid NOT NULL,
        store_id uuid,
        code text NOT NULL CHECK (code ~ '^[A-Za-z0-9]{{2,8}}$'),
        code_key text NOT NULL CHECK (code_key = upper(code)),
        name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
        role text NOT NULL CHECK (role IN ('staff', 'manager')),
        pin_hash text NOT NULL,
        is_active boolean NOT NULL,
        version bigint NOT NULL CHECK (version >= 1),
        last_used_at timestamptz,
        sessions_revoked_at timestamptz,
        {_LIFE}
    )
    """,
    "CREATE UNIQUE INDEX staff_code ON staff (merchant_id, code_key) WHERE deleted_at IS NULL",
    "CREATE INDEX staff_of_merchant ON staff (merchant_id, id)",
    """
    CREATE TABLE pin_attempts (
        merchant_id uuid,
        code_key text,
        counted integer NOT NULL CHECK (counted >= 0),
        locked_until timestamptz,
        sure boolean NOT NULL,
        changed_at timestamptz NOT NULL,
        PRIMARY KEY (merchant_id, code_key)
    )
    """,
    "CREATE TABLE pin_entries (terminal_id uuid PRIMARY KEY, locked_until timestamptz)",
    """
    CREATE TABLE pin_tries (
        id uuid PRIMARY KEY,
        terminal_id uuid NOT NULL,
        tried_at timestamptz NOT NULL,
        is_wrong boolean NOT NULL
    )
    """,
    "CREATE INDEX pin_tries_of_terminal ON pin_tries (terminal_id, tried_at)",
    """
    CREATE TABLE signing_keys (
        kid text PRIMARY KEY,
        x text NOT NULL,
        added_at timestamptz NOT NULL,
        ends_at timestamptz
    )
    """,
    "CREATE TABLE signing_key_set (version bigint NOT NULL)",
    "INSERT INTO signing_key_set (version) VALUES (0)",
)


def upgrade() -> None:
    for statement in _STATEMENTS:
        op.execute(statement)
    create_plumbing(op)
