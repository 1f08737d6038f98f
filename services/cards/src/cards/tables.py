"""The tables of the cards service, as SQLAlchemy Core knows them; migrations make them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY, UUID

metadata = MetaData()

#: People who hold cards. E-mail and phone are each unique in a merchant among those not erased.
customers = Table(
    "customers",
    metadata,
    Column("id", UUID(as_uuid=True), primary_key=True),
    Column("merchant_id", UUID(as_uuid=True), nullable=False),
    Column("email", Text),
    Column("email_key", Text),
    Column("phone", Text),
    Column("first_name", Text, nullable=False),
    Column("last_name", Text, nullable=False),
    Column("birthday", Date),
    Column("locale", Text, nullable=False),
    Column("marketing_consent", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("erased_at", DateTime(timezone=True)),
    # When letters with a link were written to the e-mail of today, as far as it matters.
    Column("mailed_at", ARRAY(DateTime(timezone=True)), nullable=False),
)
_living = customers.c.erased_at.is_(None)
Index(
    "customers_email", customers.c.merchant_id, customers.c.email_key, unique=True, postgresql_where=_living
)
Index("customers_phone", customers.c.merchant_id, customers.c.phone, unique=True, postgresql_where=_living)

#: Words of names as they are searched by their beginning; gone with the person's data.
customer_words = Table(
    "customer_words",
    metadata,
    Column("merchant_id", UUID(as_uuid=True), primary_key=True),
    Column("word", Text(collation="C"), primary_key=True),
    Column(
        "customer_id", UUID(as_uuid=True), ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True
    ),
    Index("customer_words_customer", "customer_id", "word"),
)

#: The same words by card, newest cards last. Nothing writes it but triggers on `customer_words` and `cards`.
card_words = Table(
    "card_words",
    metadata,
    Column("program_id", UUID(as_uuid=True), primary_key=True),
    Column("word", Text(collation="C"), primary_key=True),
    Column("card_id", UUID(as_uuid=True), primary_key=True),
)

#: Cards. `is_active` is a copy of the ledger's decision, as of its row `status_sequence`.
cards = Table(
    "cards",
    metadata,
    Column("id", UUID(as_uuid=True), primary_key=True),
    Column("merchant_id", UUID(as_uuid=True), nullable=False),
    Column("customer_id", UUID(as_uuid=True), ForeignKey("customers.id"), nullable=False),
    Column("program_id", UUID(as_uuid=True), nullable=False),
    Column("program_version", Integer, nullable=False),
    Column("enrolled_at_store_id", UUID(as_uuid=True)),
    Column("enrolled_by_terminal_id", UUID(as_uuid=True)),
    Column("enrolled_by_user_id", UUID(as_uuid=True)),
    Column("via", Text, nullable=False),
    Column("scope_store_id", UUID(as_uuid=True)),
    Column("card_number", Text, nullable=False),
    Column("qr_code", Text, nullable=False),
    Column("first_of_customer", Boolean, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("status_sequence", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("deleted_at", DateTime(timezone=True)),
    Column("deleted_by", UUID(as_uuid=True)),
    Column("deletion_id", UUID(as_uuid=True)),
    Index("cards_number", "card_number", unique=True),
    Index("cards_qr_code", "qr_code", unique=True),
    Index("cards_customer", "customer_id"),
)
_live = cards.c.deleted_at.is_(None)
Index(
    "cards_one_live",
    cards.c.program_id,
    cards.c.customer_id,
    cards.c.scope_store_id,
    unique=True,
    postgresql_where=_live,
    postgresql_nulls_not_distinct=True,
)
Index(
    "cards_list",
    cards.c.program_id,
    cards.c.id,
    postgresql_include=["customer_id"],
    postgresql_where=_live,
)
Index(
    "cards_list_store", cards.c.program_id, cards.c.enrolled_at_store_id, cards.c.id, postgresql_where=_live
)
Index(
    "cards_list_inactive",
    cards.c.program_id,
    cards.c.id,
    postgresql_where=_live & ~cards.c.is_active,
)

#: Links that show one card to whoever has them: only the SHA-256 of the token is kept.
card_links = Table(
    "card_links",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("card_id", UUID(as_uuid=True), ForeignKey("cards.id"), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
)
Index("card_links_live", card_links.c.card_id, postgresql_where=card_links.c.ended_at.is_(None))

#: Which kept answers show something of a customer, by their key: they go with the person's data.
answers_about = Table(
    "answers_about",
    metadata,
    Column("key_hash", LargeBinary, primary_key=True),
    Column("customer_id", UUID(as_uuid=True), ForeignKey("customers.id"), nullable=False),
    Index("answers_about_customer", "customer_id"),
)

#: What a merchant called a card's customer before the card was imported; gone with the person's data.
card_references = Table(
    "card_references",
    metadata,
    Column("merchant_id", UUID(as_uuid=True), primary_key=True),
    Column("reference", Text, primary_key=True),
    Column("card_id", UUID(as_uuid=True), ForeignKey("cards.id"), nullable=False),
    Index("card_references_card", "card_id"),
)
