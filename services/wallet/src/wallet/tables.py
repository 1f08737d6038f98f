"""The wallet's own tables: passes, and what each platform shows of them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY, UUID

metadata = MetaData()

#: One row a card. Serial number and token are owned here: made by the database, never changed, never rebuilt.
passes = Table(
    "passes",
    metadata,
    Column("card_id", UUID(as_uuid=True), primary_key=True),
    Column("merchant_id", UUID(as_uuid=True), nullable=False),
    Column("program_id", UUID(as_uuid=True), nullable=False),
    Column("serial_number", UUID(as_uuid=True), nullable=False),
    Column("authentication_token", LargeBinary, nullable=False),
    # of the card; null and version 0 while only the ledger has told of it
    Column("card_version", BigInteger, nullable=False),
    Column("card_number", Text),
    Column("qr_code", Text),
    Column("locale", Text),
    Column("deleted_at", DateTime(timezone=True)),
    # of the account, as of `sequence_wanted`
    Column("is_active", Boolean, nullable=False),
    Column("stamp_count", Integer, nullable=False),
    Column("stamps_redeemed", Integer, nullable=False),
    Column("total_stamps_earned", Integer, nullable=False),
    Column("points_balance", Integer, nullable=False),
    Column("points_redeemed", BigInteger, nullable=False),
    Column("total_points_earned", BigInteger, nullable=False),
    Column("total_points_voided", BigInteger, nullable=False),
    Column("sequence_wanted", BigInteger, nullable=False),
    Column("last_hash", Text),
    Column("last_transaction_at", DateTime(timezone=True)),
    # the last transactions, newest first
    Column("recent", ARRAY(Text), nullable=False),
    # goes up with every change of what is shown
    Column("revision", BigInteger, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
)

#: One row for a pass that was handed out on a platform: what it shows, and when it is tried again.
deliveries = Table(
    "deliveries",
    metadata,
    Column("card_id", UUID(as_uuid=True), primary_key=True),
    Column("platform", Text, primary_key=True),
    Column("merchant_id", UUID(as_uuid=True), nullable=False),
    Column("program_id", UUID(as_uuid=True), nullable=False),
    Column("status", Text, nullable=False),
    Column("sequence_shown", BigInteger, nullable=False),
    Column("revision_shown", BigInteger, nullable=False),
    Column("devices", Integer, nullable=False),
    Column("tries", SmallInteger, nullable=False),
    Column("behind_since", DateTime(timezone=True)),
    Column("next_try_at", DateTime(timezone=True), nullable=False),
    # who works on it, and until when nobody else does
    Column("claim", UUID(as_uuid=True)),
    Column("claimed_until", DateTime(timezone=True)),
    Column("last_delivered_at", DateTime(timezone=True)),
    Column("last_error", Text),
    # what Apple's devices compare: the number of the batch in which they were last to be told; 0 before
    Column("tag", BigInteger, nullable=False),
)

#: One row a platform, shared by all replicas: its circuit breaker, and when it last answered.
providers = Table(
    "providers",
    metadata,
    Column("platform", Text, primary_key=True),
    # in a row, over all replicas
    Column("faults", Integer, nullable=False),
    Column("rests", Integer, nullable=False),
    # null while it is asked; else nothing is claimed before `open_until`, then a trial, by one replica
    Column("opened_at", DateTime(timezone=True)),
    Column("open_until", DateTime(timezone=True)),
    Column("probe_until", DateTime(timezone=True)),
    Column("last_success_at", DateTime(timezone=True)),
    Column("last_error", Text),
    Column("last_error_at", DateTime(timezone=True)),
    # null while it takes our identity, as far as is known
    Column("refused_since", DateTime(timezone=True)),
)

#: One row an attempt, kept for 30 days: partitions by day. Nothing of a person, no token.
delivery_log = Table(
    "delivery_log",
    metadata,
    Column("id", UUID(as_uuid=True), nullable=False),
    Column("card_id", UUID(as_uuid=True), nullable=False),
    Column("platform", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("outcome", Text, nullable=False),
    # the provider's status and reason
    Column("answer", Text),
    # what was delivered
    Column("sequence", BigInteger, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("devices", Integer, nullable=False),
    Column("took_ms", Integer, nullable=False),
)

#: One row: how far the present comparison with the ledger is, who makes it, and what the last one found.
ledger_sync = Table(
    "ledger_sync",
    metadata,
    Column("only_row", Boolean, primary_key=True),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("after_card", UUID(as_uuid=True), nullable=False),
    Column("compared", BigInteger, nullable=False),
    Column("healed", BigInteger, nullable=False),
    Column("claim", UUID(as_uuid=True)),
    Column("claimed_until", DateTime(timezone=True)),
    # null while one is going on
    Column("finished_at", DateTime(timezone=True)),
    Column("last_finished_at", DateTime(timezone=True)),
    Column("last_compared", BigInteger),
    Column("last_healed", BigInteger),
)

#: One row for a pass on a device of Apple's.
registrations = Table(
    "registrations",
    metadata,
    Column("device", Text, primary_key=True),
    Column("card_id", UUID(as_uuid=True), primary_key=True),
    Column("push_token", Text, nullable=False),
    # the revision of the pass that the device was told of
    Column("revision_told", BigInteger, nullable=False),
    Column("registered_at", DateTime(timezone=True), nullable=False),
)

#: One row: up to when begins and ends of rewards were looked at.
reward_clock = Table(
    "reward_clock", metadata, Column("looked_until", DateTime(timezone=True), nullable=False)
)

#: One row: the last tag that was given.
pass_tags = Table("pass_tags", metadata, Column("last", BigInteger, nullable=False))
