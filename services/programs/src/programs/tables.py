"""The tables of the programs service; their checks and indexes are in the migrations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.types import TypeDecorator

from programs.domain import Tier

metadata = MetaData()


class Tiers(TypeDecorator[tuple[Tier, ...]]):
    """Tiers as a JSON array of objects."""

    impl = JSONB
    cache_ok = True

    def process_bind_param(self, value: Sequence[Tier] | None, dialect: Dialect) -> list[dict[str, Any]]:
        return [asdict(tier) for tier in value or ()]

    def process_result_value(
        self, value: Sequence[Mapping[str, Any]] | None, dialect: Dialect
    ) -> tuple[Tier, ...]:
        return tuple(Tier(**tier) for tier in value or ())


def _thing() -> list[Column[Any]]:
    return [
        Column("version", BigInteger, nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("updated_at", DateTime(timezone=True), nullable=False),
    ]


def _deletable() -> list[Column[Any]]:
    return [
        *_thing(),
        Column("deleted_at", DateTime(timezone=True)),
        Column("deleted_by", UUID(as_uuid=True)),
        Column("deletion_id", UUID(as_uuid=True)),
    ]


def _id() -> Column[Any]:
    return Column("id", UUID(as_uuid=True), primary_key=True)


def _of_merchant() -> Column[Any]:
    return Column("merchant_id", UUID(as_uuid=True), ForeignKey("merchants.id"), nullable=False)


_LIVE = text("deleted_at IS NULL")
_DELETED = text("deleted_at IS NOT NULL")

merchants = Table(
    "merchants",
    metadata,
    _id(),
    Column("name", Text, nullable=False),
    Column("slug", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("default_locale", Text, nullable=False),
    Column("contact_email", Text, nullable=False),
    *_deletable(),
    Index("merchants_live_slug", "slug", unique=True, postgresql_where=_LIVE),
    Index("merchants_slug", "slug"),
    Index("merchants_words", text("name_words(name)"), postgresql_using="gin"),
    Index("merchants_contact", text("lower(contact_email)")),
    Index("merchants_deleted", "id", postgresql_where=_DELETED),
)

stores = Table(
    "stores",
    metadata,
    _id(),
    _of_merchant(),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("address", Text),
    Column("city", Text),
    Column("country", Text),
    Column("latitude", Double),
    Column("longitude", Double),
    Column("timezone", Text),
    *_deletable(),
    Index("stores_live_code", "merchant_id", "code", unique=True, postgresql_where=_LIVE),
    Index("stores_of_merchant", "merchant_id", "id"),
    Index("stores_code", "code"),
    Index("stores_words", text("name_words(name)"), postgresql_using="gin"),
    Index("stores_deleted", "id", postgresql_where=_DELETED),
)

merchant_settings = Table(
    "merchant_settings",
    metadata,
    Column("merchant_id", UUID(as_uuid=True), ForeignKey("merchants.id"), primary_key=True, key="id"),
    Column("staff_pin_policy", Text, nullable=False),
    Column("pin_lockout_attempts", SmallInteger, nullable=False),
    Column("pin_lockout_minutes", SmallInteger, nullable=False),
    Column("allow_self_enrollment", Boolean, nullable=False),
    Column("enrollment_confirmation", Text, nullable=False),
    Column("allow_void", Boolean, nullable=False),
    Column("allow_cross_location_redemption", Boolean, nullable=False),
    Column("require_order_reference", Boolean, nullable=False),
    Column("recover_shortfall", Boolean, nullable=False),
    Column("log_ip_addresses", Boolean, nullable=False),
    *_thing(),
)

programs = Table(
    "programs",
    metadata,
    _id(),
    _of_merchant(),
    Column("loyalty_type", Text, nullable=False),
    Column("stamps_target", SmallInteger, nullable=False),
    Column("stamps_reward_description", Text, nullable=False),
    Column("stamps_reward_value_cents", Integer),
    Column("points_per_euro", SmallInteger, nullable=False),
    Column("points_expiration_days", SmallInteger),
    Column("welcome_bonus_points", Integer, nullable=False),
    Column("minimum_redemption_points", Integer, nullable=False),
    Column("minimum_purchase_cents", Integer, nullable=False),
    Column("tiers", Tiers, nullable=False),
    Column("cooldown_minutes", SmallInteger, nullable=False),
    Column("max_daily_stamps", SmallInteger),
    Column("require_staff_pin", Boolean, nullable=False),
    Column("card_name", Text),
    Column("card_color", Text, nullable=False),
    Column("card_secondary_color", Text),
    Column("logo_url", Text),
    Column("hero_image_url", Text),
    Column("google_issuer_id", Text),
    Column("google_class_id", Text),
    Column("apple_pass_type_id", Text),
    Column("terms_text", Text),
    Column("privacy_url", Text),
    Column("is_active", Boolean, nullable=False),
    Column("activated_at", DateTime(timezone=True)),
    Column("redeem_until", DateTime(timezone=True)),
    *_deletable(),
    Index("programs_live_of_merchant", "merchant_id", unique=True, postgresql_where=_LIVE),
    Index("programs_of_merchant", "merchant_id", "id"),
    Index("programs_words", text("name_words(card_name)"), postgresql_using="gin"),
    Index("programs_deleted", "id", postgresql_where=_DELETED),
)

rewards = Table(
    "rewards",
    metadata,
    _id(),
    Column("program_id", UUID(as_uuid=True), ForeignKey("programs.id"), nullable=False),
    _of_merchant(),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("points_required", Integer, nullable=False),
    Column("value_cents", Integer),
    Column("is_active", Boolean, nullable=False),
    Column("stock", Integer),
    Column("max_per_card", SmallInteger),
    Column("valid_from", DateTime(timezone=True)),
    Column("valid_until", DateTime(timezone=True)),
    Column("image_url", Text),
    Column("sort_order", Integer, nullable=False),
    *_deletable(),
    Index("rewards_of_program", "program_id", "id"),
    Index("rewards_of_merchant", "merchant_id"),
)
