"""The window in the database: what the last day told, in an order in which no reader misses anything."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.ledger import Transaction
from kit.ids import now

#: How far back a reader may go; kept longer, so that nothing disappears under one who reads at the far end.
WINDOW = timedelta(hours=24)
KEPT = timedelta(hours=25)
FORGOTTEN_AT_ONCE = 5000
MERCHANTS_AT_ONCE = 100
#: After so many rows requests get their turn.
TURN_ROWS = 32
#: Those of a transaction, in their order; what else is in an event is not shown.
_SHOWN = tuple(Transaction.model_fields)
_encode = msgspec.json.Encoder().encode

_TAKE_PLACES = text("UPDATE feed_place SET place = place + :times RETURNING place")
_TAKE_NUMBERS = text(
    "INSERT INTO feed_numbers AS held (merchant_id, number)"
    " SELECT * FROM unnest(CAST(:merchant_id AS uuid[]), CAST(:number AS bigint[])) ORDER BY 1"
    " ON CONFLICT (merchant_id) DO UPDATE SET number = held.number + excluded.number"
    " RETURNING merchant_id, number"
)
_KEEP = text(
    "INSERT INTO feed_window (merchant_id, number, place, store_id, data)"
    " SELECT m, n, p, s, decode(d, 'hex')"
    " FROM unnest(CAST(:merchant_id AS uuid[]), CAST(:number AS bigint[]),"
    " CAST(:place AS bigint[]), CAST(:store_id AS uuid[]), CAST(:data AS text[])) AS told (m, n, p, s, d)"
)
_LISTEN = text(
    "INSERT INTO feed_listeners (merchant_id) SELECT * FROM unnest(CAST(:merchants AS uuid[])) ORDER BY 1"
    " ON CONFLICT (merchant_id) DO UPDATE SET listened_at = now()"
)
_LISTENED_TO = text(
    "SELECT merchant_id FROM feed_listeners WHERE merchant_id = ANY(CAST(:merchants AS uuid[]))"
)
_LEFT = (
    "WITH gone AS (SELECT merchant_id FROM feed_listeners WHERE listened_at < :before"
    " ORDER BY 1 LIMIT :merchants FOR UPDATE)"
)
#: The oldest first: who comes back meanwhile is told everything after their number, or to start anew.
_FORGET_THEIR_ROWS = text(
    f"""
    {_LEFT}, oldest AS (
      SELECT merchant_id, number FROM feed_window JOIN gone USING (merchant_id)
      ORDER BY merchant_id, number LIMIT :limit
    )
    DELETE FROM feed_window USING oldest
    WHERE feed_window.merchant_id = oldest.merchant_id AND feed_window.number = oldest.number
    """  # noqa: S608 - our own words
)
#: Whoever was given a number of theirs would miss what is no longer kept: no number leads there any more.
_FORGET_LISTENERS = text(
    f"""
    {_LEFT}, left_behind AS (
      DELETE FROM feed_listeners USING gone WHERE feed_listeners.merchant_id = gone.merchant_id
    ), rows AS (DELETE FROM feed_window USING gone WHERE feed_window.merchant_id = gone.merchant_id)
    INSERT INTO feed_numbers AS held (merchant_id, number) SELECT merchant_id, 1 FROM gone ORDER BY 1
    ON CONFLICT (merchant_id) DO UPDATE SET number = held.number + 1
    """  # noqa: S608 - our own words
)
_PLACE = text("SELECT place FROM feed_place")
_NUMBER = text("SELECT number FROM feed_numbers WHERE merchant_id = :merchant_id")
_KEPT_AT = text("SELECT kept_at FROM feed_window WHERE merchant_id = :merchant_id AND number = :number")
_NUMBER_UP_TO = text(
    "SELECT number FROM feed_window WHERE merchant_id = :merchant_id AND place <= :place"
    " ORDER BY number DESC LIMIT 1"
)
_AFTER = text(
    "SELECT merchant_id, store_id, number, place, data FROM feed_window"
    " WHERE merchant_id = :merchant_id AND number > :number AND place <= :place"
    " AND (CAST(:store_id AS uuid) IS NULL OR store_id = :store_id) ORDER BY number LIMIT :limit"
)
_BETWEEN = text(
    "SELECT merchant_id, store_id, number, place, data FROM feed_window"
    " WHERE place > :after AND place <= :place AND merchant_id = ANY(CAST(:merchants AS uuid[]))"
    " ORDER BY place LIMIT :limit"
)
#: Only ever looks at the oldest: the others are younger.
_FORGET = text(
    "DELETE FROM feed_window"
    " USING (SELECT place, kept_at FROM feed_window ORDER BY place LIMIT :limit) oldest"
    " WHERE feed_window.place = oldest.place AND oldest.kept_at < :before"
)


class Row(NamedTuple):
    """A transaction in the window; `data` is what is shown of it."""

    merchant_id: UUID
    store_id: UUID | None
    number: int
    place: int
    data: bytes


async def listen(conn: AsyncConnection, merchants: Collection[UUID]) -> None:
    """Once this is committed, what is heard of these merchants is kept, as long as a reader may come back."""
    await conn.execute(_LISTEN, {"merchants": list(merchants)})


async def listened_to(conn: AsyncConnection, merchants: Collection[UUID]) -> set[UUID]:
    """Those of these merchants whose transactions are kept."""
    return set((await conn.execute(_LISTENED_TO, {"merchants": list(merchants)})).scalars())


async def keep(conn: AsyncConnection, transactions: Sequence[Mapping[str, Any]]) -> None:
    """Number these and keep them, in this order. Whoever keeps next waits until this transaction ends."""
    oldest = now() - WINDOW
    young = [one for one in transactions if datetime.fromisoformat(one["created_at"]) > oldest]
    if not young:
        return
    last = (await conn.execute(_TAKE_PLACES, {"times": len(young)})).scalar_one()
    times = Counter(one["merchant_id"] for one in young)
    taken = await conn.execute(
        _TAKE_NUMBERS, {"merchant_id": _array(times), "number": _array(times.values())}
    )
    number = {str(merchant_id): newest - times[str(merchant_id)] for merchant_id, newest in taken.all()}
    numbers = []
    for turn, one in enumerate(young, 1):
        if turn % TURN_ROWS == 0:
            await asyncio.sleep(0)
        number[one["merchant_id"]] += 1
        numbers.append(number[one["merchant_id"]])
    data = []
    for turn, one in enumerate(young, 1):
        data.append(shown(one).hex())
        if turn % TURN_ROWS == 0:
            await asyncio.sleep(0)
    columns = {
        "merchant_id": _array(one["merchant_id"] for one in young),
        "number": _array(numbers),
        "place": _array(range(last - len(young) + 1, last + 1)),
        "store_id": _array(one.get("store_id") or "NULL" for one in young),
        "data": _array(data),
    }
    await conn.execute(_KEEP, columns)


def _array(values: Iterable[Any]) -> str:
    """As PostgreSQL reads it; quicker than a list. Nothing in here has a quote, a comma or a brace."""
    return f"{{{','.join(map(str, values))}}}"


def shown(transaction: Mapping[str, Any]) -> bytes:
    """What a listener gets to see: the row as the ledger tells it, which holds nothing about persons."""
    return _encode({name: transaction.get(name) for name in _SHOWN})


async def last_place(conn: AsyncConnection) -> int:
    """The place of the newest."""
    return int((await conn.execute(_PLACE)).scalar_one())


async def last_number(conn: AsyncConnection, merchant_id: UUID) -> int:
    """The number of this merchant's newest; 0 when there never was one."""
    return (await conn.execute(_NUMBER, {"merchant_id": merchant_id})).scalar_one_or_none() or 0


async def reaches(conn: AsyncConnection, merchant_id: UUID, number: int) -> bool:
    """Whether everything after this number is still in the window."""
    last = await last_number(conn, merchant_id)
    if number >= last:
        return number == last
    asked = {"merchant_id": merchant_id, "number": number + 1}
    kept_at = (await conn.execute(_KEPT_AT, asked)).scalar_one_or_none()
    return kept_at is not None and bool(kept_at > now() - WINDOW)


async def number_up_to(conn: AsyncConnection, merchant_id: UUID, place: int) -> int:
    """The number of this merchant's last row up to a place; 0 when none is kept."""
    asked = {"merchant_id": merchant_id, "place": place}
    return (await conn.execute(_NUMBER_UP_TO, asked)).scalar_one_or_none() or 0


async def rows_after(
    conn: AsyncConnection, merchant_id: UUID, store_id: UUID | None, number: int, place: int, limit: int
) -> list[Row]:
    """A merchant's rows after a number, up to a place; of one store, if one is given."""
    asked = {
        "merchant_id": merchant_id,
        "store_id": store_id,
        "number": number,
        "place": place,
        "limit": limit,
    }
    return [Row(*row) for row in await conn.execute(_AFTER, asked)]


async def rows_between(
    conn: AsyncConnection, after: int, place: int, merchants: Sequence[UUID], limit: int
) -> list[Row]:
    """The rows of these merchants after a place, up to another."""
    asked = {"after": after, "place": place, "merchants": merchants, "limit": limit}
    return [Row(*row) for row in await conn.execute(_BETWEEN, asked)]


async def forget(conn: AsyncConnection) -> bool:
    """Drop some of what is too old or of merchants nobody listens to; True when there may be more."""
    before = now() - KEPT
    left = {"before": before, "merchants": MERCHANTS_AT_ONCE}
    rows = await conn.execute(_FORGET_THEIR_ROWS, {**left, "limit": FORGOTTEN_AT_ONCE})
    if rows.rowcount == FORGOTTEN_AT_ONCE:
        return True
    merchants = await conn.execute(_FORGET_LISTENERS, left)
    oldest = await conn.execute(_FORGET, {"before": before, "limit": FORGOTTEN_AT_ONCE})
    return merchants.rowcount == MERCHANTS_AT_ONCE or oldest.rowcount == FORGOTTEN_AT_ONCE
