"""Pages of rows, newest first: a card's by their sequence, a merchant's by when they happened."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import TupleRow, dict_row

from ledger.chain import TYPE_NUMBERS

Connection = AsyncConnection[TupleRow]

#: The most rows of a merchant that one page looks through for those that are wanted.
LOOKED_THROUGH_ROWS = 20_000


class Wanted(NamedTuple):
    """Which rows: all of the merchant, or those of which all that is given is true."""

    merchant_id: UUID
    card_id: UUID | None = None
    store_id: UUID | None = None
    staff_id: UUID | None = None
    type: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class Mark(NamedTuple):
    """A row's place among its merchant's."""

    at: datetime
    id: UUID


Rows = list[dict[str, Any]]

_AT = "coalesce(transaction_at, created_at)"
_SHOWN = f"""
SELECT t.id, t.card_id, t.sequence, t.merchant_id, t.store_id, t.terminal_id, t.staff_id, t.user_id, t.type,
  t.stamps_delta, t.points_delta, t.stamps_balance_after, t.points_balance_after, t.purchase_amount_cents,
  t.currency, t.order_reference, t.reward_id, t.reward_description, t.reward_value_cents,
  t.voids_transaction_id, t.voided_amount_cents, t.shortfall, t.owed_repaid, t.program_version,
  {_AT} AS transaction_at, t.created_at, encode(t.hash, 'hex') AS hash, staff.text AS staff_name, c.notes
FROM page t
LEFT JOIN transaction_context c ON c.transaction_id = t.id
LEFT JOIN texts staff ON staff.id = c.staff_name_id
"""  # noqa: S608 - nothing in it comes from outside
_OF_A_CARD = "SELECT * FROM transactions WHERE {where} ORDER BY sequence DESC LIMIT %(limit)s"
_NEAR = f"SELECT * FROM transactions WHERE {{where}} ORDER BY {_AT} DESC, id DESC"  # noqa: S608 - our own
_OF_A_MERCHANT = (
    f"SELECT * FROM ({_NEAR} LIMIT %(looked_through)s) near WHERE {{among}}"  # noqa: S608 - our own
    f" ORDER BY {_AT} DESC, id DESC LIMIT %(limit)s"
)
_LAST_NEAR = (
    f"SELECT {_AT}, id FROM transactions WHERE {{where}} ORDER BY 1 DESC, 2 DESC"  # noqa: S608 - our own
    " OFFSET %(looked_through)s - 1 LIMIT 1"
)
#: The conditions, by the member of `Wanted` that they are for.
_PLACE = {"merchant_id": "merchant_id = %(merchant_id)s", "card_id": "card_id = %(card_id)s"}
_PERIOD = {"since": f"{_AT} >= %(since)s", "until": f"{_AT} < %(until)s"}
_AMONG = {
    "store_id": "store_id = %(store_id)s",
    "staff_id": "staff_id = %(staff_id)s",
    "type": "type = %(type)s",
}


async def rows_of_card(
    conn: Connection, wanted: Wanted, before: int | None, limit: int
) -> tuple[Rows, int | None]:
    """Wanted rows of a card below a sequence, and where the next page begins, if there is one."""
    params = _params(wanted, limit=limit + 1, before=before)
    where = _conditions(params, _PLACE | _PERIOD | _AMONG | {"before": "sequence < %(before)s"})
    query = f"WITH page AS ({_OF_A_CARD.format(where=where)}) {_SHOWN} ORDER BY t.sequence DESC"
    rows = await _fetch(conn, query, params)
    return rows[:limit], rows[limit - 1]["sequence"] if len(rows) > limit else None


async def rows_of_merchant(
    conn: Connection, wanted: Wanted, before: Mark | None, limit: int
) -> tuple[Rows, Mark | None]:
    """Wanted rows of a merchant older than a mark, and where the next page begins, if there is one.

    It may hold fewer than `limit` though there is a next one: so many rows were looked through, no more.
    """
    at, row_id = before or (None, None)
    params = _params(wanted, limit=limit + 1, at=at, id=row_id, looked_through=LOOKED_THROUGH_ROWS)
    where = _conditions(params, _PLACE | _PERIOD | {"at": f"({_AT}, id) < (%(at)s, %(id)s)"})
    among = _conditions(params, _AMONG)
    page = _OF_A_MERCHANT.format(where=where, among=among or "true")
    rows = await _fetch(
        conn,
        f"WITH page AS ({page}) {_SHOWN} ORDER BY transaction_at DESC, t.id DESC",
        params,
    )
    if len(rows) > limit:
        return rows[:limit], Mark(rows[limit - 1]["transaction_at"], rows[limit - 1]["id"])
    if not among:
        return rows, None
    last = await (await conn.execute(_LAST_NEAR.format(where=where), params)).fetchone()
    return rows, Mark(*last) if last else None


async def count_rows(conn: Connection, wanted: Wanted) -> int:
    """How many rows are wanted in all."""
    params = _params(wanted)
    where = _conditions(params, _PLACE | _PERIOD | _AMONG)
    found = await conn.execute(f"SELECT count(*) FROM transactions WHERE {where}", params)  # noqa: S608 - our own
    row = await found.fetchone()
    assert row is not None, "a count is always one row"
    return int(row[0])


def _params(wanted: Wanted, **more: Any) -> dict[str, Any]:
    kind = TYPE_NUMBERS[wanted.type] if wanted.type else None
    return {**wanted._replace(type=None)._asdict(), "type": kind, **more}


def _conditions(params: dict[str, Any], possible: dict[str, str]) -> str:
    return " AND ".join(words for name, words in possible.items() if params[name] is not None)


async def _fetch(conn: Connection, query: str, params: dict[str, Any]) -> Rows:
    cursor = conn.cursor(row_factory=dict_row)
    await cursor.execute(query, params)
    return await cursor.fetchall()
