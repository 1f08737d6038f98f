"""Users of other issuers: named by issuer and subject, without a password, their e-mail told at most."""

from __future__ import annotations

from alembic import op

revision = "0005_add_issuers"
down_revision = "0004_add_last_use"

_STATEMENTS = (
    """
    ALTER TABLE users
        ADD COLUMN issuer text,
        ADD COLUMN subject text CHECK (length(subject) BETWEEN 1 AND 255),
        ADD COLUMN claims_at timestamptz,
        ALTER COLUMN email DROP NOT NULL,
        ALTER COLUMN email_key DROP NOT NULL,
        ALTER COLUMN password_hash DROP NOT NULL,
        ADD CHECK ((issuer IS NULL) = (subject IS NULL)),
        ADD CHECK ((issuer IS NULL) = (claims_at IS NULL)),
        ADD CHECK ((issuer IS NULL) = (password_hash IS NOT NULL)),
        ADD CHECK ((email IS NULL) = (email_key IS NULL)),
        ADD CHECK (issuer IS NOT NULL OR email IS NOT NULL)
    """,
    "DROP INDEX users_email",
    "CREATE UNIQUE INDEX users_email ON users (email_key) WHERE deleted_at IS NULL AND issuer IS NULL",
    "CREATE UNIQUE INDEX users_of_issuer ON users (issuer, subject)",
)


def upgrade() -> None:
    for statement in _STATEMENTS:
        op.execute(statement)
