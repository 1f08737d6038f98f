"""Whose turn the daily job is, and which day it has done."""

from alembic import op

revision = "0004_expiry"
down_revision = "0003_rows_by_time"


def upgrade() -> None:
    op.execute(
        "CREATE TABLE expiry ("
        " is_one boolean PRIMARY KEY DEFAULT true CHECK (is_one),"
        " finished_on date NOT NULL DEFAULT '-infinity',"
        " claimed_until timestamptz NOT NULL DEFAULT '-infinity',"
        " claimed_by uuid)"
    )
    op.execute("INSERT INTO expiry DEFAULT VALUES")
