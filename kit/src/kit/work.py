"""A unit of work: one database transaction, and the facts that leave with it through the outbox."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import psycopg
from sqlalchemy import Engine, event, insert
from sqlalchemy.exc import DBAPIError, DisconnectionError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from contracts.event import Fact
from contracts.problem import UpstreamUnavailable
from kit import tables
from kit.ids import instant_text, now, uuid7
from kit.tables import sqlalchemy_url
from kit.telemetry import trace

#: No PostgreSQL ends and serves again within this time.
PING_AFTER_S = 0.5
_USED_AT = "used_at"
_encoder = msgspec.json.Encoder()


def envelope(service: str, fact: Fact) -> bytes:
    """The fact in its CloudEvents envelope, as it goes to the broker."""
    current = trace.get()
    return _encoder.encode(
        {
            "specversion": "1.0",
            "id": str(uuid7()),
            "type": fact.type,
            "source": f"/punchcard/{service}",
            "subject": fact.key(),
            "time": instant_text(now()),
            "datacontenttype": "application/json",
            "dataschema": f"/schemas/{fact.type}.json",
            "correlationid": current.request_id,
            "causationid": current.causation_id,
            "traceparent": current.traceparent,
            "sequence": fact.order(),
            "data": fact.model_dump(mode="json"),
        }
    )


class Tx:
    """An open transaction. What is said in it is told if, and only if, it commits."""

    def __init__(self, conn: AsyncConnection, service: str) -> None:
        self.conn = conn
        self._service = service
        self._told: list[dict[str, Any]] = []
        self._after: list[Callable[[], None]] = []

    def say(self, fact: Fact) -> None:
        """Tell this fact once the transaction has committed. Hold the lock of what it is about."""
        self._told.append({"topic": fact.topic, "key": fact.key(), "value": envelope(self._service, fact)})

    def forward(self, topic: str, key: str, value: bytes) -> None:
        """Tell bytes that came from elsewhere, as they are (a dead letter)."""
        self._told.append({"topic": topic, "key": key, "value": value})

    def after_commit(self, call: Callable[[], None]) -> None:
        """Call this when the commit has succeeded; it must not fail and does no I/O."""
        self._after.append(call)

    async def _flush(self) -> None:
        if self._told:
            await self.conn.execute(insert(tables.outbox), self._told)

    def _committed(self) -> None:
        for call in self._after:
            call()


class Work:
    """Opens transactions on one service's database."""

    def __init__(self, engine: AsyncEngine, service: str) -> None:
        self.engine = engine
        self.service = service
        self._reading = engine.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[Tx]:
        """`async with work() as tx`: commits at the end, rolls back on any exception."""
        async with self.engine.connect() as conn:
            async with conn.begin():
                tx = Tx(conn, self.service)
                yield tx
                await tx._flush()
            tx._committed()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading. Each statement stands by itself: one round trip, not three."""
        async with self._reading.connect() as conn:
            yield conn


def open_engine(url: str, pool_size: int) -> AsyncEngine:
    """An engine on PostgreSQL whose statements and lock waits end by themselves."""
    engine = create_async_engine(
        sqlalchemy_url(url),
        pool_size=pool_size,
        max_overflow=0,
        hide_parameters=True,
        pool_timeout=2,
        pool_use_lifo=True,
        pool_reset_on_return="rollback",
        connect_args={
            "connect_timeout": 3,
            "options": "-c lock_timeout=5s -c statement_timeout=30s -c timezone=UTC"
            " -c idle_in_transaction_session_timeout=60s",
        },
    )
    _ping_the_idle(engine.sync_engine)
    return engine


def _ping_the_idle(engine: Engine) -> None:
    """A connection that lay idle is asked whether it lives; one that just worked is not: a trip less."""

    @event.listens_for(engine, "checkin")
    def note(_: Any, record: Any) -> None:
        record.info[_USED_AT] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def check(connection: Any, record: Any, _: Any) -> None:
        if time.monotonic() - record.info.get(_USED_AT, 0.0) < PING_AFTER_S:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError(str(error)) from error


def passes(error: BaseException) -> bool:
    """True for a fault that is likely gone at the next try: connection lost, deadlock, lock or pool time-out,
    another service that does not answer."""
    if isinstance(error, (PoolTimeout, ConnectionError, TimeoutError, OSError, UpstreamUnavailable)):
        return True
    if isinstance(error, psycopg.Error):
        # The driver was asked directly.
        lost = isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError))
        return lost if error.sqlstate is None else _passes(error.sqlstate)
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    if state is None or error.connection_invalidated:
        return error.connection_invalidated or isinstance(error, (OperationalError, InterfaceError))
    return _passes(state)


def _passes(state: str) -> bool:
    # Not every OperationalError passes: a value that is too large for an index is one, and stays too large.
    return state in _PASSING or state[:2] in _PASSING_CLASSES


#: lock_not_available, object_in_use, read_only_sql_transaction (a server that just became a standby)
_PASSING = frozenset({"55P03", "55006", "25006"})
#: connection exception, transaction rollback, insufficient resources, operator intervention, system error
_PASSING_CLASSES = frozenset({"08", "40", "53", "57", "58"})
