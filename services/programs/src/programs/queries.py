"""Reads: one thing as its caller may see it, and lists, newest first, page by page."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, cast, false, func, or_, select
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncConnection

from programs import tables
from programs.domain import AnyThing, Deletable, Merchant, Program, Reward, Settings, Store, Thing
from programs.store import TABLES, load, thing_of

AnyItem = TypeVar("AnyItem", bound=Thing)

#: A merchant with more stores or rewards than this is read in pages.
STATES_AT_MOST = 5000

_WORD = re.compile(r"[^\W_]+")


class Listing(NamedTuple):
    """What a list was asked for."""

    limit: int = 50
    after: UUID | None = None
    search: str | None = None
    include_deleted: bool = False
    only_deleted: bool = False
    counted: bool = False


class Page(NamedTuple, Generic[AnyItem]):
    """One page: its things, the id to go on after, and how many there are in all where that was asked."""

    items: Sequence[AnyItem]
    after: UUID | None
    total: int | None


async def find(
    conn: AsyncConnection,
    kind: type[AnyThing],
    thing_id: UUID,
    *,
    merchant_id: UUID | None = None,
    deleted: bool = False,
) -> AnyThing | None:
    """The thing (of this merchant, if one is named); None when it is deleted or hidden, unless asked."""
    table = TABLES[kind]
    statement = _seen(kind, Listing(include_deleted=deleted)).where(table.c.id == thing_id)
    if merchant_id is not None:
        statement = statement.where(table.c.merchant_id == merchant_id)
    row = (await conn.execute(statement)).first()
    return thing_of(kind, row) if row else None


async def program_of(conn: AsyncConnection, merchant_id: UUID) -> Program | None:
    """The merchant's one live program."""
    statement = _seen(Program, Listing()).where(tables.programs.c.merchant_id == merchant_id)
    row = (await conn.execute(statement)).first()
    return thing_of(Program, row) if row else None


async def page(
    conn: AsyncConnection, kind: type[AnyThing], listing: Listing, *, merchant_id: UUID | None = None
) -> Page[AnyThing]:
    """One page of a list, newest first; of one merchant, if one is named."""
    table = TABLES[kind]
    statement = _seen(kind, listing)
    if merchant_id is not None:
        statement = statement.where(table.c.merchant_id == merchant_id)
    if listing.search:
        statement = statement.where(_matches(kind, listing.search))
    total = None
    if listing.counted:
        total = (await conn.execute(select(func.count()).select_from(statement.subquery()))).scalar_one()
    if listing.after is not None:
        statement = statement.where(table.c.id < listing.after)
    rows = (await conn.execute(statement.order_by(table.c.id.desc()).limit(listing.limit + 1))).all()
    items = [thing_of(kind, row) for row in rows[: listing.limit]]
    return Page(items, items[-1].id if len(rows) > listing.limit else None, total)


async def states(conn: AsyncConnection, merchant_id: UUID) -> list[Thing]:
    """The merchant, deleted or not, and all that is live beneath it; empty when there is no such merchant."""
    merchant = await load(conn, Merchant, merchant_id)
    if merchant is None:
        return []
    found: list[Thing] = [merchant]
    settings = await load(conn, Settings, merchant_id)
    found += [settings] if settings else []
    kinds: tuple[type[Deletable], ...] = (Store, Program, Reward)
    for kind in kinds:
        found += (await page(conn, kind, Listing(limit=STATES_AT_MOST), merchant_id=merchant_id)).items
    return found


async def public(conn: AsyncConnection, slug: str) -> list[Thing]:
    """What is live of the live merchant with this slug; empty when there is none."""
    table = tables.merchants
    named = select(table.c.id).where(table.c.slug == slug, table.c.deleted_at.is_(None))
    merchant_id = (await conn.execute(named)).scalar_one_or_none()
    return [] if merchant_id is None else await states(conn, merchant_id)


def _seen(kind: type[Thing], listing: Listing) -> Select[tuple[object, ...]]:
    """The rows of this kind that such a listing may show.

    A thing is hidden when it is deleted itself, or when its merchant is, or a reward's program.
    """
    table = TABLES[kind]
    statement = select(table)
    if listing.only_deleted:
        return statement.where(table.c.deleted_at.is_not(None))
    if listing.include_deleted:
        return statement
    if kind is not Merchant:
        merchant = tables.merchants.alias("owner")
        key = table.c.id if kind is Settings else table.c.merchant_id
        statement = statement.join(merchant, merchant.c.id == key).where(merchant.c.deleted_at.is_(None))
    if kind is Reward:
        program = tables.programs.alias("offer")
        statement = statement.join(program, program.c.id == table.c.program_id)
        statement = statement.where(program.c.deleted_at.is_(None))
    return statement if kind is Settings else statement.where(table.c.deleted_at.is_(None))


def _matches(kind: type[Thing], search: str) -> ColumnElement[bool]:
    """Each word asked for begins a word of the name; or it is the whole slug, e-mail or code."""
    table = TABLES[kind]
    whole = search.strip()
    if kind is Merchant:
        exact = [table.c.slug == whole.lower(), func.lower(table.c.contact_email) == whole.lower()]
        return or_(_begins(table.c.name, whole), *exact)
    if kind is Store:
        return or_(_begins(table.c.name, whole), table.c.code == whole)
    if kind is Program:
        owner = tables.merchants.alias("named")
        named = select(owner.c.id).where(or_(_begins(owner.c.name, whole), owner.c.slug == whole.lower()))
        return or_(_begins(table.c.card_name, whole), table.c.merchant_id.in_(named))
    return _begins(table.c.name, whole)


def _begins(column: ColumnElement[str | None], search: str) -> ColumnElement[bool]:
    words = _WORD.findall(_folded(search))
    if not words:
        return false()
    # Letters and digits only: nothing in them means anything to a query of words.
    wanted = " & ".join(f"'{word}':*" for word in words)
    return func.name_words(column).op("@@")(cast(wanted, TSQUERY))


def _folded(text: str) -> str:
    """Without case and accents, as `name_words` in the database."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not "\u0300" <= sign <= "\u036f")
    return plain.lower()
