"""The comparison with the ledger in the database: who makes it, how far it is, and what it corrects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from wallet import tables
from wallet.comparing import HELD, Account, Held
from wallet.store.passes import KEEP_BALANCES, lock_passes

#: The column of each member that a pass holds of its account.
_COLUMN = {name: "last_hash" if name == "hash" else name for name in HELD}
_TYPES = {"program_id": "uuid", "is_active": "boolean", "hash": "text"}


class LastSync(NamedTuple):
    """What the last whole comparison found; None before there was one."""

    finished_at: datetime | None
    compared: int | None
    healed: int | None
    #: How long ago it ended, or the first was to begin.
    age_s: float


async def claim_sync(conn: AsyncConnection, claim: UUID, every_s: float, lease_s: float) -> UUID | None:
    """Begin when it is time, or go on where one stopped; the card behind which to go on.

    None when it is not time yet, or another replica is at it.
    """
    given = {"claim": claim, "every_s": every_s, "lease_s": lease_s}
    row = (await conn.execute(_CLAIM, given)).first()
    return None if row is None else row.after_card


_CLAIM = text(
    """
    UPDATE ledger_sync SET claim = :claim, claimed_until = now() + make_interval(secs => :lease_s),
        started_at = CASE WHEN finished_at IS NULL THEN started_at ELSE now() END,
        after_card = CASE WHEN finished_at IS NULL THEN after_card ELSE CAST(:first AS uuid) END,
        compared = CASE WHEN finished_at IS NULL THEN compared ELSE 0 END,
        healed = CASE WHEN finished_at IS NULL THEN healed ELSE 0 END,
        finished_at = NULL
    WHERE CASE WHEN finished_at IS NULL THEN coalesce(claimed_until <= now(), true)
          ELSE started_at <= now() - make_interval(secs => :every_s) END
    RETURNING after_card
    """.replace(":first", "'00000000-0000-0000-0000-000000000000'")
)


async def go_on(
    conn: AsyncConnection, claim: UUID, after: UUID | None, compared: int, healed: int, lease_s: float
) -> bool:
    """Note how far it is; `after` None: it has ended. False when another replica has taken it over."""
    given = {"claim": claim, "compared": compared, "healed": healed}
    if after is None:
        return (await conn.execute(_END, given)).first() is not None
    found = await conn.execute(_GO_ON, {**given, "after": after, "lease_s": lease_s})
    return found.first() is not None


_GO_ON = text(
    """
    UPDATE ledger_sync SET after_card = :after, compared = compared + :compared, healed = healed + :healed,
        claimed_until = now() + make_interval(secs => :lease_s)
    WHERE claim = :claim RETURNING only_row
    """
)
_END = text(
    """
    UPDATE ledger_sync SET finished_at = now(), claim = NULL, claimed_until = NULL,
        last_finished_at = now(), last_compared = compared + :compared, last_healed = healed + :healed,
        compared = compared + :compared, healed = healed + :healed
    WHERE claim = :claim RETURNING only_row
    """
)


async def last_sync(conn: AsyncConnection) -> LastSync:
    query = text(
        "SELECT last_finished_at, last_compared, last_healed,"
        " CAST(extract(epoch FROM now() - coalesce(last_finished_at, started_at)) AS float8) AS age_s"
        " FROM ledger_sync"
    )
    row = (await conn.execute(query)).one()
    return LastSync(row.last_finished_at, row.last_compared, row.last_healed, max(0.0, row.age_s))


# -- what passes hold


_PASSES = tables.passes.c
_HELD = (
    _PASSES.card_id,
    _PASSES.sequence_wanted,
    _PASSES.revision,
    _PASSES.recent,
    *(_PASSES[_COLUMN[name]] for name in HELD),
)


async def held_after(conn: AsyncConnection, after: UUID, limit: int) -> list[Held]:
    """Passes in the order of card ids, from behind this one on."""
    query = select(*_HELD).where(_PASSES.card_id > after).order_by(_PASSES.card_id).limit(limit)
    rows = await conn.execute(query)
    return [Held(row[0], row[1], row[2], tuple(row[4:]), row[3]) for row in rows]


async def correct(conn: AsyncConnection, wrong: Sequence[tuple[Held, Account]]) -> list[UUID]:
    """Write what the ledger holds into these passes, also backwards; not where one changed since."""
    rows = [{**_row(account), "revision": held.revision} for held, account in wrong]
    return await _write(conn, _CORRECT, rows)


async def make_missing(conn: AsyncConnection, accounts: Sequence[Account]) -> list[UUID]:
    """Passes of cards that were never heard of; what was heard meanwhile stays."""
    return await _write(conn, KEEP_BALANCES, [_row(account) for account in accounts])


async def _write(conn: AsyncConnection, statement: Any, rows: Sequence[Mapping[str, Any]]) -> list[UUID]:
    if not rows:
        return []
    found = await conn.execute(statement, {"rows": msgspec.json.encode(rows).decode()})
    return [row.card_id for row in found]


def _row(account: Account) -> dict[str, Any]:
    held = {_COLUMN[name]: value for name, value in account.members.items()}
    return {
        "card_id": account.card_id,
        "merchant_id": account.merchant_id,
        "sequence_wanted": account.sequence,
        "last_transaction_at": account.created_at,
        "recent": list(account.recent),
        **held,
    }


_CORRECTED = {_COLUMN[name]: _TYPES.get(name, "bigint") for name in HELD} | {
    "sequence_wanted": "bigint",
    "last_transaction_at": "timestamptz",
    "recent": "text[]",
}
_CORRECT = text(
    f"UPDATE passes p SET {', '.join(f'{name} = r.{name}' for name in _CORRECTED)},"  # noqa: S608 - names of ours
    " revision = p.revision + 1, changed_at = greatest(p.changed_at, clock_timestamp())"
    " FROM json_to_recordset(CAST(:rows AS json)) AS r"
    f" (card_id uuid, revision bigint, {', '.join(f'{name} {kind}' for name, kind in _CORRECTED.items())})"
    " WHERE p.card_id = r.card_id AND p.revision = r.revision RETURNING p.card_id"
)


# -- deliveries that say current and are not


async def mark_untrue(conn: AsyncConnection, after: UUID, upto: UUID) -> list[UUID]:
    """Deliveries of these cards that say they show the newest state, and do not, are behind."""
    found = await conn.execute(_UNTRUE, {"after": after, "upto": upto})
    suspects = [row.card_id for row in found]
    if not suspects:
        return []
    # No pass changes from here on: a delivery that looked untrue for a moment only is left alone.
    await lock_passes(conn, suspects)
    marked = await conn.execute(_MARK_UNTRUE, {"ids": f"{{{','.join(map(str, suspects))}}}"})
    return [row.card_id for row in marked]


_ENDED = (
    "(p.deleted_at IS NOT NULL OR EXISTS (SELECT FROM projections s WHERE s.state->>'deleted_at' IS NOT NULL"
    " AND ((s.kind = 'merchant' AND s.id = p.merchant_id) OR (s.kind = 'program' AND s.id = p.program_id))))"
)
_IS_UNTRUE = (
    "d.status IN ('current', 'removed') AND (d.revision_shown <> p.revision"
    f" OR d.sequence_shown <> p.sequence_wanted OR (d.status = 'removed') <> {_ENDED})"
)
_UNTRUE = text(
    "SELECT DISTINCT d.card_id FROM deliveries d JOIN passes p USING (card_id)"  # noqa: S608
    f" WHERE d.card_id > :after AND d.card_id <= :upto AND {_IS_UNTRUE}"
)
_MARK_UNTRUE = text(
    "UPDATE deliveries d SET status = 'behind', behind_since = now(), tries = 0, next_try_at = now()"  # noqa: S608
    f" FROM passes p WHERE p.card_id = d.card_id AND d.card_id = ANY(CAST(:ids AS uuid[])) AND {_IS_UNTRUE}"
    " RETURNING d.card_id"
)
