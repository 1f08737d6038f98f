"""Customers, their cards and links, and the kit's tables."""

from alembic import op

from kit.migrations import create_plumbing

revision = "0001_start"
down_revision = None

CUSTOMERS = """
CREATE TABLE customers (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL,
    email text CHECK (char_length(email) BETWEEN 3 AND 254),
    email_key text,
    phone text CHECK (phone ~ '^\\+[1-9][0-9]{1,14}$'),
    first_name text NOT NULL CHECK (char_length(first_name) <= 120),
    last_name text NOT NULL CHECK (char_length(last_name) <= 120),
    birthday date,
    locale text NOT NULL CHECK (locale IN ('en', 'fr', 'de', 'lb')),
    marketing_consent boolean NOT NULL,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    erased_at timestamptz,
    CONSTRAINT customers_email_with_key CHECK ((email IS NULL) = (email_key IS NULL)),
    CONSTRAINT customers_reachable
        CHECK (erased_at IS NOT NULL OR email_key IS NOT NULL OR phone IS NOT NULL),
    CONSTRAINT customers_named CHECK (erased_at IS NOT NULL OR (first_name <> '' AND last_name <> ''))
);
CREATE UNIQUE INDEX customers_email ON customers (merchant_id, email_key) WHERE erased_at IS NULL;
CREATE UNIQUE INDEX customers_phone ON customers (merchant_id, phone) WHERE erased_at IS NULL;

CREATE TABLE customer_words (
    merchant_id uuid NOT NULL,
    word text COLLATE "C" NOT NULL,
    customer_id uuid NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    PRIMARY KEY (merchant_id, word, customer_id)
);
CREATE INDEX customer_words_customer ON customer_words (customer_id);
"""

CARDS = """
CREATE TABLE cards (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL,
    customer_id uuid NOT NULL REFERENCES customers (id),
    program_id uuid NOT NULL,
    program_version integer NOT NULL CHECK (program_version >= 1),
    enrolled_at_store_id uuid,
    enrolled_by_terminal_id uuid,
    enrolled_by_user_id uuid,
    via text NOT NULL CHECK (via IN ('till', 'user', 'public')),
    scope_store_id uuid,
    card_number text NOT NULL CHECK (card_number ~ '^[0-9]{12}$'),
    qr_code text NOT NULL CHECK (qr_code ~ '^[A-Za-z0-9_-]{32}$'),
    first_of_customer boolean NOT NULL,
    is_active boolean NOT NULL,
    status_sequence bigint NOT NULL,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    deleted_at timestamptz,
    deleted_by uuid,
    deletion_id uuid
);
CREATE UNIQUE INDEX cards_number ON cards (card_number);
CREATE UNIQUE INDEX cards_qr_code ON cards (qr_code);
CREATE UNIQUE INDEX cards_one_live ON cards (program_id, customer_id, scope_store_id)
    NULLS NOT DISTINCT WHERE deleted_at IS NULL;
CREATE INDEX cards_customer ON cards (customer_id);
CREATE INDEX cards_list ON cards (program_id, id) WHERE deleted_at IS NULL;

CREATE TABLE card_links (
    token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    card_id uuid NOT NULL REFERENCES cards (id),
    created_at timestamptz NOT NULL,
    ended_at timestamptz
);
CREATE INDEX card_links_live ON card_links (card_id) WHERE ended_at IS NULL;
"""


def upgrade() -> None:
    op.execute(CUSTOMERS)
    op.execute(CARDS)
    create_plumbing(op)
