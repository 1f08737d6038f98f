"""The wire: many statements in one round trip, and what becomes of it when the server goes away."""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg
import pytest

from ledger import pack
from ledger.wire import Call, Wire

STATEMENTS = {
    "one": ("SELECT 1", ()),
    "echo": ("SELECT sum(length(part)) FROM unnest($1) AS part", (pack.BYTEAS,)),
    "wrong": ("SELECT 1 / (SELECT count(*) FROM unnest($1))::int", (pack.BYTEAS,)),
    "who": ("SELECT pg_backend_pid()", ()),
}


@pytest.fixture
async def wire(database: Any) -> Any:
    made = await Wire.open(database("ledger").app_url, "", STATEMENTS)
    yield made
    made.close()


async def test_statements_answer_in_their_order(wire: Wire) -> None:
    first, second = await wire.run(Call("one"), Call("echo", (pack.byteas([b"abc", b"de"]),)))
    assert (first, second) == ([(1,)], [(5,)])


async def test_more_than_a_socket_holds_goes_through(wire: Wire) -> None:
    many = pack.byteas([b"x" * 1_000_000] * 20)
    async with asyncio.timeout(20):
        assert await wire.run(Call("echo", (many,)), Call("one")) == [[(20_000_000,)], [(1,)]]


async def test_a_statement_that_fails_is_told_and_the_next_run_is_good(wire: Wire) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero):
        await wire.run(Call("one"), Call("wrong", (pack.byteas([]),)), Call("one"))
    assert await wire.run(Call("one")) == [[(1,)]]


async def test_psycopg_and_the_wire_take_turns(wire: Wire) -> None:
    for _ in range(3):
        assert await wire.run(Call("one")) == [[(1,)]]
        cursor = await wire.connection.execute("SELECT 2")
        assert await cursor.fetchone() == (2,)


async def test_a_connection_that_ends_while_idle_is_told_at_the_next_run_and_does_not_spin(
    wire: Wire, database: Any
) -> None:
    (((pid,),),) = await wire.run(Call("who"))
    with psycopg.connect(database("ledger").superuser_url, autocommit=True) as conn:
        conn.execute("SELECT pg_terminate_backend(%s)", (pid,))
    await asyncio.sleep(0.2)
    assert not wire._listening
    with pytest.raises(psycopg.OperationalError):
        await wire.run(Call("one"))
