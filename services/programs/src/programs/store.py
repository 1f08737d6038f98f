"""SQL in and out: whole things by id, locked or not, and what the unique indexes refuse."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Table, exists, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.problem import AlreadyExists, ProgramAlreadyExists, Refusal
from programs import tables
from programs.domain import AnyThing, Merchant, Program, Reward, Settings, Store, Thing

TABLES: dict[type[Thing], Table] = {
    Merchant: tables.merchants,
    Store: tables.stores,
    Settings: tables.merchant_settings,
    Program: tables.programs,
    Reward: tables.rewards,
}


def thing_of(kind: type[AnyThing], row: Row[Any]) -> AnyThing:
    return kind(**dict(zip(TABLES[kind].c.keys(), row, strict=True)))


async def load(conn: AsyncConnection, kind: type[AnyThing], thing_id: UUID) -> AnyThing | None:
    """The thing as it is, deleted or not."""
    table = TABLES[kind]
    row = (await conn.execute(select(table).where(table.c.id == thing_id))).first()
    return thing_of(kind, row) if row else None


async def hold(
    conn: AsyncConnection, kind: type[AnyThing], thing_id: UUID, merchant_id: UUID | None = None
) -> AnyThing | None:
    """The thing (of this merchant, if one is named), its row locked for a change."""
    table = TABLES[kind]
    statement = select(table).where(table.c.id == thing_id)
    if merchant_id is not None:
        statement = statement.where(table.c.merchant_id == merchant_id)
    row = (await conn.execute(statement.with_for_update())).first()
    return thing_of(kind, row) if row else None


async def merchant_staying(conn: AsyncConnection, merchant_id: UUID) -> Merchant | None:
    """The merchant, its row kept from changing: what changes beneath a merchant holds this first."""
    table = tables.merchants
    row = (
        await conn.execute(select(table).where(table.c.id == merchant_id).with_for_update(read=True))
    ).first()
    return thing_of(Merchant, row) if row else None


async def live_program_id(conn: AsyncConnection, merchant_id: UUID) -> UUID | None:
    """The id of the merchant's one live program."""
    table = tables.programs
    where = (table.c.merchant_id == merchant_id) & table.c.deleted_at.is_(None)
    found: UUID | None = (await conn.execute(select(table.c.id).where(where))).scalar()
    return found


async def was_activated(conn: AsyncConnection, merchant_id: UUID) -> bool:
    """Whether any program of the merchant, deleted ones too, was ever switched on."""
    table = tables.programs
    rows = select(table.c.id).where(table.c.merchant_id == merchant_id, table.c.activated_at.is_not(None))
    return bool((await conn.execute(select(exists(rows)))).scalar())


async def add(conn: AsyncConnection, thing: Thing) -> None:
    """A new row. AlreadyExists, ProgramAlreadyExists when a live one has its name or place."""
    with _names_taken():
        await conn.execute(insert(TABLES[type(thing)]).values(_values(thing)))


async def save(conn: AsyncConnection, thing: Thing) -> None:
    """The changed thing over its row, which is held. Refused as in `add`."""
    table = TABLES[type(thing)]
    with _names_taken():
        await conn.execute(update(table).where(table.c.id == thing.id).values(_values(thing)))


def _values(thing: Thing) -> dict[str, Any]:
    return {field.name: getattr(thing, field.name) for field in fields(thing)}


@contextmanager
def _names_taken() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        refusal = _refusal(getattr(getattr(error.orig, "diag", None), "constraint_name", None))
        if refusal is None:
            raise
        raise refusal from error


def _refusal(constraint: str | None) -> Refusal | None:
    match constraint:
        case "merchants_live_slug":
            return AlreadyExists("another merchant has this slug", field="slug")
        case "stores_live_code":
            return AlreadyExists("another store of this merchant has this code", field="code")
        case "programs_live_of_merchant":
            return ProgramAlreadyExists()
        case _:
            return None
