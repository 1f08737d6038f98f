"""The tables of every service beside its own: outbox, inbox, parked events, projections, answers."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

metadata = MetaData()

#: What is to be told. Rows leave once the broker has them; ids of one key are in commit order.
outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("topic", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

#: What was heard and applied: a second delivery of an id changes nothing.
inbox = Table(
    "inbox",
    metadata,
    Column("event_id", UUID(as_uuid=True), primary_key=True),
    Column("heard_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("inbox_heard_at", "heard_at", postgresql_using="brin"),
)

#: What could not be applied, and what queues behind it (same topic and key).
parked_events = Table(
    "parked_events",
    metadata,
    Column("id", UUID(as_uuid=True), primary_key=True),
    Column("topic", Text, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("record_offset", BigInteger, nullable=False),
    Column("key", Text, nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),  # parked | behind | retry | done | discarded
    Column("reason", Text, nullable=False),
    Column("tries", SmallInteger, nullable=False, server_default=text("0")),
    Column("parked_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("ended_at", DateTime(timezone=True)),
    Index("parked_events_place", "topic", "partition", "record_offset", unique=True),
    Index(
        "parked_events_open", "topic", "key", postgresql_where=text("state IN ('parked', 'behind', 'retry')")
    ),
)

#: Copies of states that other services own; they can be rebuilt from the topics.
projections = Table(
    "projections",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("id", UUID(as_uuid=True), primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("state", JSONB, nullable=False),
    Column("change", BigInteger, nullable=False),
    Index("projections_change", "change"),
)

#: One row: counts the changes of `projections`, so that replicas poll what is new to them.
projection_changes = Table("projection_changes", metadata, Column("change", BigInteger, nullable=False))

#: Answers of POSTs by idempotency key.
idempotent_answers = Table(
    "idempotent_answers",
    metadata,
    Column("key_hash", LargeBinary, primary_key=True),  # 16 bytes of SHA-256(scope, key)
    Column("request_hash", LargeBinary, nullable=False),  # 16 bytes of HMAC(service key, request)
    Column("status", SmallInteger),
    Column("headers", JSONB),
    Column("body", LargeBinary),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("idempotent_answers_created_at", "created_at", postgresql_using="brin"),
)


def sqlalchemy_url(url: str) -> str:
    """The same address with the driver named: `postgresql+psycopg://…`."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1)
