"""SQL of the statistics: generations and where they stand, cards, and the rows that a topic did not tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from psycopg import AsyncConnection, AsyncRawCursor
from psycopg.rows import TupleRow

from ledger import pack
from ledger.chain import TYPES
from ledger.statistics.card import Card
from ledger.statistics.cells import TABLES, Id
from ledger.statistics.folding import Redemption
from ledger.statistics.heard import Row

Connection = AsyncConnection[TupleRow]
#: Topic and partition.
Place = tuple[str, int]

#: How many rows of an old generation go in one transaction.
FORGOTTEN_AT_ONCE = 20_000
ALL_TABLES = ("statistics_cards", "statistics_offsets", *(table.name for table in TABLES))


class Gap(NamedTuple):
    """Rows that were not told: those of this card between the two sequences."""

    card_id: Id
    after: int
    before: int
    program_id: Id | None


# -- generations


async def live_generation(conn: Connection) -> int:
    row = await (
        await conn.execute("SELECT generation FROM statistics_generations WHERE state = 'live'")
    ).fetchone()
    assert row is not None, "there is always a live generation"
    return int(row[0])


async def stand_at(conn: Connection, generation: int, as_of: datetime) -> bool:
    """Say until when this generation counts; False when it is over."""
    found = await conn.execute(
        "UPDATE statistics_generations SET as_of = greatest(as_of, %s)"
        " WHERE generation = %s AND state <> 'over'",
        (as_of, generation),
    )
    return found.rowcount == 1


async def new_generation(conn: Connection) -> int:
    """One that is built beside the live one; those that an ended rebuild left are over."""
    await conn.execute("UPDATE statistics_generations SET state = 'over' WHERE state = 'building'")
    row = await (
        await conn.execute(
            "INSERT INTO statistics_generations (generation, state, as_of)"
            " SELECT max(generation) + 1, 'building', 'epoch' FROM statistics_generations"
            " RETURNING generation"
        )
    ).fetchone()
    assert row is not None
    return int(row[0])


async def swap(conn: Connection, generation: int) -> None:
    """Make this generation the live one."""
    await conn.execute("UPDATE statistics_generations SET state = 'over' WHERE state = 'live'")
    await conn.execute(
        "UPDATE statistics_generations SET state = 'live' WHERE generation = %s", (generation,)
    )


async def forget(conn: Connection) -> None:
    """Drop what is left of generations that are over, some rows at a time; `conn` commits each by itself."""
    found = await conn.execute("SELECT generation FROM statistics_generations WHERE state = 'over'")
    for (generation,) in await found.fetchall():
        for table in ALL_TABLES:
            gone = FORGOTTEN_AT_ONCE
            while gone == FORGOTTEN_AT_ONCE:
                deleted = await conn.execute(
                    f"DELETE FROM {table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM {table}"  # noqa: S608 - ours
                    " WHERE generation = %s LIMIT %s))",
                    (generation, FORGOTTEN_AT_ONCE),
                )
                gone = deleted.rowcount
        await conn.execute("DELETE FROM statistics_generations WHERE generation = %s", (generation,))


# -- where a generation stands


async def offsets(conn: Connection, generation: int) -> dict[Place, int]:
    found = await conn.execute(
        "SELECT topic, partition, next_offset FROM statistics_offsets WHERE generation = %s", (generation,)
    )
    return {(topic, partition): at for topic, partition, at in await found.fetchall()}


async def save_offsets(conn: Connection, generation: int, places: Mapping[Place, int]) -> None:
    await AsyncRawCursor(conn).execute(
        "INSERT INTO statistics_offsets (generation, topic, partition, next_offset)"
        " SELECT $1::smallint, * FROM unnest($2, $3, $4)"
        " ON CONFLICT (generation, topic, partition) DO UPDATE SET next_offset = excluded.next_offset",
        (
            generation,
            pack.texts(topic for topic, _ in places),
            pack.int4s(partition for _, partition in places),
            pack.int8s(places.values()),
        ),
    )


# -- cards

CARD_COLUMNS = (
    "card_id, merchant_id, program_id, store_id, version, sequence, is_live, is_active, stamps, points,"
    " enrolled_at, opened_at, last_at, months, recent"
)
_IDS = ", ".join(f"uuid_send({name})" for name in CARD_COLUMNS.split(", ")[:4])
_CARDS = (
    f"SELECT {_IDS}, {', '.join(CARD_COLUMNS.split(', ')[4:])} FROM statistics_cards"  # noqa: S608 - ours
    " WHERE generation = %s AND card_id = ANY(%s)"
)
_CHANGES = ", ".join(f"{name} = excluded.{name}" for name in CARD_COLUMNS.split(", ")[3:])
_SAVE_CARDS = (
    f"INSERT INTO statistics_cards (generation, {CARD_COLUMNS})"  # noqa: S608 - our own names
    f" SELECT $1::smallint, * FROM unnest({', '.join(f'${place}' for place in range(2, 17))})"
    f" ON CONFLICT (generation, card_id) DO UPDATE SET {_CHANGES}"
)


async def cards(conn: Connection, generation: int, card_ids: Iterable[Id]) -> dict[Id, Card]:
    """Those of these cards that were heard of."""
    found = await conn.cursor(binary=True).execute(_CARDS, (generation, pack.uuids_of(card_ids)))
    return {row[0]: Card(*row) for row in await found.fetchall()}


async def save_cards(conn: Connection, generation: int, cards: Iterable[Card]) -> None:
    rows = sorted(cards, key=lambda card: card.id)
    await AsyncRawCursor(conn).execute(
        _SAVE_CARDS,
        (
            generation,
            pack.uuids_of(c.id for c in rows),
            pack.uuids_of(c.merchant_id for c in rows),
            pack.uuids_of(c.program_id for c in rows),
            pack.uuids_of(c.store_id for c in rows),
            pack.int8s(c.version for c in rows),
            pack.int4s(c.sequence for c in rows),
            pack.bools(c.is_live for c in rows),
            pack.bools(c.is_active for c in rows),
            pack.int4s(c.stamps for c in rows),
            pack.int4s(c.points for c in rows),
            pack.moments(c.enrolled_at for c in rows),
            pack.moments(c.opened_at for c in rows),
            pack.moments(c.last_at for c in rows),
            pack.int4s(c.months for c in rows),
            pack.byteas(c.recent for c in rows),
        ),
    )


# -- what the ledger's own rows tell

_ROW_COLUMNS = (
    "uuid_send(t.card_id), t.sequence, uuid_send(t.merchant_id), t.type, t.stamps_delta, t.points_delta,"
    " t.stamps_balance_after, t.points_balance_after, coalesce(t.transaction_at, t.created_at), t.created_at,"
    " uuid_send(t.store_id), uuid_send(t.staff_id), uuid_send(t.reward_id), t.reward_value_cents,"
    " uuid_send(t.voids_transaction_id)"
)
_ROWS_BETWEEN = (
    f"SELECT {_ROW_COLUMNS} FROM unnest(%s, %s, %s) AS gap (card_id, after, before)"  # noqa: S608 - ours
    " JOIN transactions t ON t.card_id = gap.card_id AND t.sequence > gap.after AND t.sequence < gap.before"
    " ORDER BY t.card_id, t.sequence"
)


async def rows_between(conn: Connection, gaps: Sequence[Gap]) -> dict[Id, list[Row]]:
    """The rows of these gaps, by card and in their order."""
    found = await conn.cursor(binary=True).execute(
        _ROWS_BETWEEN,
        (
            pack.uuids_of(gap.card_id for gap in gaps),
            pack.int4s(gap.after for gap in gaps),
            pack.int4s(gap.before for gap in gaps),
        ),
    )
    programs = {gap.card_id: gap.program_id for gap in gaps}
    rows: dict[Id, list[Row]] = {}
    for columns in await found.fetchall():
        members = [*columns[:3], TYPES[columns[3] - 1], *columns[4:], programs[columns[0]]]
        row = Row(*members)
        rows.setdefault(row.card_id, []).append(row)
    return rows


async def redemptions(conn: Connection, transaction_ids: Iterable[Id]) -> dict[Id, Redemption]:
    """What these redemptions took."""
    found = await conn.cursor(binary=True).execute(
        "SELECT uuid_send(id), uuid_send(reward_id), reward_value_cents FROM transactions WHERE id = ANY(%s)",
        (pack.uuids_of(transaction_ids),),
    )
    return {row[0]: Redemption(*row[1:]) for row in await found.fetchall()}
