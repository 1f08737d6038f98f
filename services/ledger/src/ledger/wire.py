"""Prepared statements on one connection, several in one round trip: libpq's shortest way to PostgreSQL.

psycopg's own pipeline flushes after each statement and parses long ones anew at every call; here a batch's
statements are queued, sent together and awaited once. Everything that is not in a batch's way goes through
psycopg as usual.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple

import psycopg
from psycopg import AsyncConnection
from psycopg.adapt import Transformer
from psycopg.pq import ExecStatus, Format
from psycopg.rows import TupleRow

from ledger.pack import Array

#: Longer than any statement may take: only a connection that is dead without a word gets there.
RUN_TIMEOUT_S = 8.0

_GOOD = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)


class Call(NamedTuple):
    """A prepared statement and its arguments."""

    name: str
    arguments: Sequence[Array] = ()


class Wire:
    """One connection with its prepared statements."""

    def __init__(self, connection: AsyncConnection[TupleRow]) -> None:
        self._connection = connection
        self._pgconn = connection.pgconn
        self._socket = connection.fileno()
        self._listening = False
        self._running = False
        self._ready = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    @classmethod
    async def open(cls, url: str, options: str, statements: dict[str, tuple[str, Sequence[int]]]) -> Wire:
        """Connect, and prepare these statements: name → (SQL with `$n`, the types of its parameters)."""
        connection = await AsyncConnection.connect(url, autocommit=True, connect_timeout=2, options=options)
        wire = cls(connection)
        pgconn = wire._pgconn
        pgconn.enter_pipeline_mode()
        for name, (query, types) in statements.items():
            pgconn.send_prepare(name.encode(), query.encode(), types)
        await wire._results(len(statements))
        return wire

    @property
    def connection(self) -> AsyncConnection[TupleRow]:
        """The same connection for psycopg's own statements, between two runs."""
        # psycopg listens on the socket by itself, and stops when it is done.
        self._listening = False
        return self._connection

    def close(self) -> None:
        """Leave the connection; what was not committed is rolled back by the server."""
        if not self._connection.closed:
            self._loop.remove_reader(self._socket)
            self._pgconn.finish()

    def _listen(self) -> None:
        if not self._listening:
            self._loop.add_reader(self._socket, self._heard)
            self._listening = True

    def _heard(self) -> None:
        self._ready.set()
        if not self._running:
            self._deafen()  # nobody asked: a connection that ended would say so at every turn of the loop

    def _deafen(self) -> None:
        if self._listening:
            self._loop.remove_reader(self._socket)
            self._listening = False

    async def run(self, *calls: Call) -> list[list[TupleRow]]:
        """Run them in order in one round trip; the rows of each.

        psycopg.Error when one fails; the rest is skipped.
        """
        pgconn = self._pgconn
        pgconn.enter_pipeline_mode()
        for call in calls:
            values = [argument.data for argument in call.arguments]
            formats = [Format.BINARY] * len(values)
            pgconn.send_query_prepared(call.name.encode(), values, formats, Format.BINARY)
        return await self._results(len(calls))

    async def _results(self, count: int) -> list[list[TupleRow]]:
        self._running = True
        try:
            async with asyncio.timeout(RUN_TIMEOUT_S):
                return await self._received(count)
        except BaseException:
            # A lost connection's socket is closed by libpq, and its number is another one's in a moment.
            self._deafen()
            raise
        finally:
            self._running = False

    async def _received(self, count: int) -> list[list[TupleRow]]:
        pgconn = self._pgconn
        self._listen()
        pgconn.pipeline_sync()
        await self._flush()
        rows: list[list[TupleRow]] = []
        failed: psycopg.Error | None = None
        for _ in range(count):
            result = await self._next()
            if result.status in _GOOD:
                rows.append(self._rows(result))
            elif result.status == ExecStatus.FATAL_ERROR:
                failed = failed or psycopg.errors.error_from_result(result, encoding="utf-8")
            await self._end_of_one()
        sync = await self._next()
        assert sync.status == ExecStatus.PIPELINE_SYNC, "results and statements do not match"
        pgconn.exit_pipeline_mode()
        if failed is not None:
            raise failed
        return rows

    def _rows(self, result: Any) -> list[TupleRow]:
        if result.ntuples == 0:
            return []
        transformer = Transformer(self._connection)
        transformer.set_pgresult(result, set_loaders=True, format=Format.BINARY)
        return transformer.load_rows(0, result.ntuples, tuple)

    async def _flush(self) -> None:
        if not self._pgconn.flush():
            return
        # The socket is full: go on when it takes more, and take what the server sends meanwhile.
        self._loop.add_writer(self._socket, self._ready.set)
        try:
            while self._pgconn.flush():
                await self._wait()
        finally:
            self._loop.remove_writer(self._socket)

    async def _next(self) -> Any:
        while self._pgconn.is_busy():
            await self._wait()
        result = self._pgconn.get_result()
        if result is None:
            raise psycopg.OperationalError("the connection ended in the middle of a batch")
        return result

    async def _end_of_one(self) -> None:
        """Each statement's results end with a None."""
        while self._pgconn.is_busy():
            await self._wait()
        assert self._pgconn.get_result() is None, "one result a statement"

    async def _wait(self) -> None:
        await self._ready.wait()
        self._ready.clear()
        self._pgconn.consume_input()
