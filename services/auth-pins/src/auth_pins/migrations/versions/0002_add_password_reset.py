"""Letters, who asked for a new password, and the links that were sent."""

from __future__ import annotations

from alembic import op

from kit.mail import create_mail

revision = "0002_add_password_reset"
down_revision = "0001_start"

_STATEMENTS = (
    """
    CREATE TABLE reset_requests (
        id uuid PRIMARY KEY,
        email_key text NOT NULL CHECK (length(email_key) BETWEEN 1 AND 1000),
        asked_at timestamptz NOT NULL
    )
    """,
    """
    CREATE TABLE reset_tokens (
        sha256 text PRIMARY KEY CHECK (length(sha256) = 64),
        user_id uuid NOT NULL REFERENCES users (id),
        made_at timestamptz NOT NULL,
        ends_at timestamptz NOT NULL,
        CHECK (ends_at <= made_at + interval '1 hour')
    )
    """,
    "CREATE INDEX reset_tokens_of_user ON reset_tokens (user_id, made_at)",
)


def upgrade() -> None:
    for statement in _STATEMENTS:
        op.execute(statement)
    create_mail(op)
