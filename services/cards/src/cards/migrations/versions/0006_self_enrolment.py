"""Letters to customers: those that wait, and how many were written to an address."""

from alembic import op

from kit.mail import create_mail

revision = "0006_self_enrolment"
down_revision = "0005_quicker_lists"


def upgrade() -> None:
    op.execute("ALTER TABLE customers ADD COLUMN mailed_at timestamptz[] NOT NULL DEFAULT '{}'")
    create_mail(op)
