"""Merchants, stores, settings, programs and rewards, with the ranges that hold whoever writes."""

from alembic import op

from kit.migrations import create_plumbing

revision = "0001_start"
down_revision = None
branch_labels = None
depends_on = None

THING = """
    version bigint NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL"""

DELETABLE = f"""{THING},
    deleted_at timestamptz,
    deleted_by uuid,
    deletion_id uuid,
    CONSTRAINT deleted_whole CHECK ((deleted_at IS NULL) = (deletion_id IS NULL)
        AND (deleted_by IS NULL OR deleted_at IS NOT NULL))"""

MERCHANTS = f"""
CREATE TABLE merchants (
    id uuid PRIMARY KEY,
    name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 120),
    slug text NOT NULL CHECK (slug ~ '^[a-z0-9-]{{3,50}}$'),
    country text NOT NULL CHECK (country ~ '^[A-Z]{{2}}$'),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{{3}}$'),
    timezone text NOT NULL CHECK (char_length(timezone) BETWEEN 1 AND 64),
    default_locale text NOT NULL CHECK (default_locale IN ('en', 'fr', 'de', 'lb')),
    contact_email text NOT NULL CHECK (char_length(contact_email) BETWEEN 3 AND 254),
    {DELETABLE}
)"""

STORES = f"""
CREATE TABLE stores (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL REFERENCES merchants,
    code text NOT NULL CHECK (char_length(code) BETWEEN 1 AND 32),
    name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 120),
    address text CHECK (char_length(address) <= 500),
    city text CHECK (char_length(city) <= 120),
    country text CHECK (country ~ '^[A-Z]{{2}}$'),
    latitude double precision CHECK (latitude BETWEEN -90 AND 90),
    longitude double precision CHECK (longitude BETWEEN -180 AND 180),
    timezone text CHECK (char_length(timezone) BETWEEN 1 AND 64),
    {DELETABLE},
    CONSTRAINT place_whole CHECK ((latitude IS NULL) = (longitude IS NULL))
)"""

SETTINGS = f"""
CREATE TABLE merchant_settings (
    merchant_id uuid PRIMARY KEY REFERENCES merchants,
    staff_pin_policy text NOT NULL CHECK (staff_pin_policy IN ('required', 'optional', 'disabled')),
    pin_lockout_attempts smallint NOT NULL CHECK (pin_lockout_attempts BETWEEN 3 AND 20),
    pin_lockout_minutes smallint NOT NULL CHECK (pin_lockout_minutes BETWEEN 1 AND 1440),
    allow_self_enrollment boolean NOT NULL,
    enrollment_confirmation text NOT NULL CHECK (enrollment_confirmation IN ('none', 'email')),
    allow_void boolean NOT NULL,
    allow_cross_location_redemption boolean NOT NULL,
    require_order_reference boolean NOT NULL,
    recover_shortfall boolean NOT NULL,
    log_ip_addresses boolean NOT NULL,
    {THING}
)"""

PROGRAMS = f"""
CREATE TABLE programs (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL REFERENCES merchants,
    loyalty_type text NOT NULL CHECK (loyalty_type IN ('stamps', 'points', 'hybrid')),
    stamps_target smallint NOT NULL CHECK (stamps_target BETWEEN 1 AND 100),
    stamps_reward_description text NOT NULL CHECK (char_length(stamps_reward_description) BETWEEN 1 AND 500),
    stamps_reward_value_cents integer CHECK (stamps_reward_value_cents BETWEEN 0 AND 100000000),
    points_per_euro smallint NOT NULL CHECK (points_per_euro BETWEEN 0 AND 1000),
    points_expiration_days smallint CHECK (points_expiration_days BETWEEN 1 AND 3650),
    welcome_bonus_points integer NOT NULL CHECK (welcome_bonus_points BETWEEN 0 AND 100000),
    minimum_redemption_points integer NOT NULL CHECK (minimum_redemption_points BETWEEN 0 AND 100000000),
    minimum_purchase_cents integer NOT NULL CHECK (minimum_purchase_cents BETWEEN 0 AND 100000000),
    tiers jsonb NOT NULL CHECK (jsonb_typeof(tiers) = 'array' AND jsonb_array_length(tiers) <= 10),
    cooldown_minutes smallint NOT NULL CHECK (cooldown_minutes BETWEEN 0 AND 10080),
    max_daily_stamps smallint CHECK (max_daily_stamps BETWEEN 1 AND 100),
    require_staff_pin boolean NOT NULL,
    card_name text CHECK (char_length(card_name) BETWEEN 1 AND 120),
    card_color text NOT NULL CHECK (card_color ~ '^#[0-9A-Fa-f]{{6}}$'),
    card_secondary_color text CHECK (card_secondary_color ~ '^#[0-9A-Fa-f]{{6}}$'),
    logo_url text CHECK (logo_url LIKE 'https://%' AND char_length(logo_url) <= 2048),
    hero_image_url text CHECK (hero_image_url LIKE 'https://%' AND char_length(hero_image_url) <= 2048),
    google_issuer_id text CHECK (char_length(google_issuer_id) BETWEEN 1 AND 120),
    google_class_id text CHECK (char_length(google_class_id) BETWEEN 1 AND 120),
    apple_pass_type_id text CHECK (char_length(apple_pass_type_id) BETWEEN 1 AND 120),
    terms_text text CHECK (char_length(terms_text) <= 20000),
    privacy_url text CHECK (privacy_url LIKE 'https://%' AND char_length(privacy_url) <= 2048),
    is_active boolean NOT NULL,
    activated_at timestamptz,
    redeem_until timestamptz,
    {DELETABLE},
    CONSTRAINT active_was_activated CHECK (NOT is_active OR activated_at IS NOT NULL),
    CONSTRAINT redeem_until_only_when_off CHECK (redeem_until IS NULL OR NOT is_active)
)"""

REWARDS = f"""
CREATE TABLE rewards (
    id uuid PRIMARY KEY,
    program_id uuid NOT NULL REFERENCES programs,
    merchant_id uuid NOT NULL REFERENCES merchants,
    name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 120),
    description text NOT NULL CHECK (char_length(description) <= 500),
    points_required integer NOT NULL CHECK (points_required BETWEEN 1 AND 10000000),
    value_cents integer CHECK (value_cents BETWEEN 0 AND 100000000),
    is_active boolean NOT NULL,
    stock integer CHECK (stock BETWEEN 0 AND 10000000),
    max_per_card smallint CHECK (max_per_card BETWEEN 1 AND 10000),
    valid_from timestamptz,
    valid_until timestamptz,
    image_url text CHECK (image_url LIKE 'https://%' AND char_length(image_url) <= 2048),
    sort_order integer NOT NULL CHECK (sort_order BETWEEN -1000000 AND 1000000),
    {DELETABLE},
    CONSTRAINT valid_for_a_while CHECK (valid_until > valid_from)
)"""

INDEXES = (
    "CREATE UNIQUE INDEX merchants_live_slug ON merchants (slug) WHERE deleted_at IS NULL",
    "CREATE UNIQUE INDEX stores_live_code ON stores (merchant_id, code) WHERE deleted_at IS NULL",
    "CREATE INDEX stores_of_merchant ON stores (merchant_id, id)",
    "CREATE UNIQUE INDEX programs_live_of_merchant ON programs (merchant_id) WHERE deleted_at IS NULL",
    "CREATE INDEX programs_of_merchant ON programs (merchant_id, id)",
    "CREATE INDEX rewards_of_program ON rewards (program_id, id)",
    "CREATE INDEX rewards_of_merchant ON rewards (merchant_id)",
)


def upgrade() -> None:
    for statement in (MERCHANTS, STORES, SETTINGS, PROGRAMS, REWARDS, *INDEXES):
        op.execute(statement)
    create_plumbing(op)
