"""What pass files are made of: a card's last transactions, and pictures fetched from their addresses."""

from alembic import op

revision = "0004_pass_files"
down_revision = "0003_add_audit"

# One row for an address that a program names; `sha256` is that of the picture that came last.
_PICTURES = """
CREATE TABLE pictures (
    sha256 bytea PRIMARY KEY CHECK (octet_length(sha256) = 32),
    content bytea NOT NULL CHECK (octet_length(content) BETWEEN 1 AND 4194304),
    fetched_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE program_pictures (
    program_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('logo', 'hero')),
    url text NOT NULL,
    wanted_version bigint NOT NULL,
    status text NOT NULL DEFAULT 'wanted' CHECK (status IN ('wanted', 'there', 'refused')),
    sha256 bytea REFERENCES pictures,
    tries smallint NOT NULL DEFAULT 0,
    next_try_at timestamptz NOT NULL DEFAULT now(),
    claim uuid,
    claimed_until timestamptz,
    last_error text,
    PRIMARY KEY (program_id, kind),
    CHECK (status <> 'there' OR sha256 IS NOT NULL),
    CHECK ((claim IS NULL) = (claimed_until IS NULL))
);
CREATE INDEX program_pictures_wanted ON program_pictures (next_try_at) WHERE status = 'wanted';
CREATE INDEX program_pictures_sha256 ON program_pictures (sha256);
"""


def upgrade() -> None:
    # A constant default: no row is written anew.
    op.execute("ALTER TABLE passes ADD COLUMN recent text[] NOT NULL DEFAULT '{}'")
    op.execute(_PICTURES)
