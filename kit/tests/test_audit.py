"""Audit rows: kept with the change, by users only, read newest first."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from kit import audit
from kit.app import Service
from kit.audit import Change, record
from kit.identity import Caller, caller_now
from kit.tables import sqlalchemy_url
from kit.testing import Keys, client

MERCHANT, ADMIN = uuid4(), Caller("admin", user_id=uuid4())


@pytest.fixture
async def service(plain_database: str, service_on: Callable[..., Service]) -> AsyncIterator[Service]:
    engine = create_engine(sqlalchemy_url(plain_database), poolclass=NullPool)
    with engine.begin() as connection:
        audit.create_audit(Operations(MigrationContext.configure(connection)))
    service = service_on(plain_database)
    service.include(audit.router())
    yield service
    await service.engine.dispose()


async def keep(service: Service, *changes: Change, by: Caller | None = ADMIN) -> None:
    token = caller_now.set(by)
    try:
        async with service.work() as tx:
            await record(tx, *changes)
    finally:
        caller_now.reset(token)


async def read(service: Service, keys: Keys, **asked: Any) -> list[dict[str, Any]]:
    async with client(service.app, keys.bearer(Caller("service", service="gateway"))) as http:
        answer = await http.get("/internal/audit", params=asked)
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()
    return rows


def renamed(thing_id: UUID, before: str, after: str) -> Change:
    return Change(
        "changed",
        "store",
        thing_id,
        merchant_id=MERCHANT,
        before={"name": before, "city": "Trier", "version": 1},
        after={"name": after, "city": "Trier", "version": 2},
    )


async def test_a_change_is_kept_with_who_what_before_and_after(service, keys):
    store = uuid4()

    await keep(service, renamed(store, "Nord", "Süd"))

    (row,) = await read(service, keys)
    assert row["actor"] == {"id": str(ADMIN.user_id), "role": "admin"}
    assert (row["action"], row["kind"], row["thing_id"]) == ("changed", "store", str(store))
    assert (row["changed"], row["before"], row["after"]) == (["name"], {"name": "Nord"}, {"name": "Süd"})
    assert row["merchant_id"] == str(MERCHANT)


async def test_of_a_person_only_the_names_of_fields_are_kept(service, keys):
    change = Change(
        "changed",
        "customer",
        uuid4(),
        merchant_id=MERCHANT,
        before={"email": "a@x.example"},
        after={"email": "b@x.example"},
        names_only=True,
    )

    await keep(service, change)

    (row,) = await read(service, keys)
    assert (row["changed"], row["before"], row["after"]) == (["email"], None, None)


@pytest.mark.parametrize("by", [None, Caller("terminal", MERCHANT, terminal_id=uuid4()), Caller("service")])
async def test_what_no_user_did_leaves_no_row(service, keys, by):
    await keep(service, renamed(uuid4(), "Nord", "Süd"), by=by)

    assert await read(service, keys) == []


async def test_a_change_that_is_rolled_back_leaves_no_row(service, keys):
    async def fail() -> None:
        async with service.work() as tx:
            await record(tx, renamed(uuid4(), "Nord", "Süd"))
            raise RuntimeError("no")

    token = caller_now.set(ADMIN)
    with pytest.raises(RuntimeError):
        await fail()
    caller_now.reset(token)

    assert await read(service, keys) == []


async def test_rows_come_newest_first_in_pages_and_by_what_is_asked(service, keys):
    stores = [uuid4() for _ in range(5)]
    for store in stores:
        await keep(service, renamed(store, "Nord", "Süd"))

    first = await read(service, keys, limit=2)
    rest = await read(service, keys, before=first[-1]["id"])

    assert [row["thing_id"] for row in first + rest] == [str(store) for store in reversed(stores)]
    assert len(await read(service, keys, thing_id=stores[0])) == 1
    assert await read(service, keys, merchant_id=uuid4()) == []


async def test_nobody_but_a_service_reads_them(service, keys):
    async with client(service.app, keys.bearer(ADMIN)) as http:
        assert (await http.get("/internal/audit")).status_code == 403


def test_the_applications_role_may_not_change_or_delete_them(database):
    urls = database("programs")
    with psycopg.connect(urls.owner_url) as connection:
        engine = create_engine(sqlalchemy_url(urls.owner_url), poolclass=NullPool)
        if connection.execute("SELECT to_regclass('audit')").fetchone() == (None,):
            with engine.begin() as own:
                audit.create_audit(Operations(MigrationContext.configure(own)))

    for statement in ("UPDATE audit SET action = 'x'", "DELETE FROM audit", "TRUNCATE audit"):
        with psycopg.connect(urls.app_url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)
