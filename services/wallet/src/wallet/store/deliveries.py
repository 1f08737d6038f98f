"""Deliveries in the database: marked, claimed past what others hold, and recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, TextClause, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.ids import uuid7
from wallet import tables
from wallet.breaker import PROBE_S, PROBES
from wallet.domain import Delivery, Pass, Platform, Verdict
from wallet.store.passes import find_many

_DELIVERY_COLUMNS = tuple(
    tables.deliveries.c[field.name] for field in fields(Delivery) if field.name != "devices"
)
#: Google tells of saves by itself, between deliveries.
_DEVICES: ColumnElement[int] = literal_column(
    "CASE WHEN platform = 'google' THEN coalesce((SELECT CAST(is_saved AS integer) FROM google_objects o"
    " WHERE o.card_id = deliveries.card_id), 0) ELSE devices END"
).label("devices")


DELIVERED: Final = "delivered"


class Claimed(NamedTuple):
    """A pass to be delivered, and the claim under which its outcome is recorded."""

    claim: UUID
    platform: Platform
    tries: int
    held: Pass


class Done(NamedTuple):
    """What became of a claim."""

    claimed: Claimed
    verdict: Verdict
    outcome: str
    answer: str | None
    devices: int
    took_ms: int

    @property
    def delivered(self) -> bool:
        return self.outcome == DELIVERED


async def mark_behind(conn: AsyncConnection, card_ids: Sequence[UUID], wait_s: float = 0.0) -> None:
    """Mark what was handed out of these passes. A statement of its own, after the passes' rows are locked:

    one that locked and marked at once would not see a delivery recorded while it waited.

    `wait_s`: no replica can show the change before that. What is behind already, or under way, waits as long
    from now, and what comes of it does not count; but changes that go on hold nothing up beyond 10 s.
    """
    if card_ids:
        await conn.execute(_MARK_BEHIND, {"ids": f"{{{','.join(map(str, card_ids))}}}", "wait_s": wait_s})


_MARK_BEHIND = text(
    """
    UPDATE deliveries SET status = 'behind', tries = 0, claim = NULL, claimed_until = NULL,
        behind_since = CASE WHEN status = 'behind' THEN behind_since ELSE now() END,
        next_try_at = greatest(CASE WHEN status = 'behind' THEN next_try_at END,
            now() + make_interval(secs => :wait_s))
    WHERE card_id = ANY(CAST(:ids AS uuid[]))
      AND (status <> 'behind' OR :wait_s > 0 AND behind_since > now() - interval '10 s')
    """
)


async def hand_out(conn: AsyncConnection, card_id: UUID, platform: Platform) -> None:
    """From now on this pass is delivered on this platform, for the first time soon."""
    await conn.execute(_HAND_OUT, {"card_id": card_id, "platform": platform})


_HAND_OUT = text(
    """
    INSERT INTO deliveries (card_id, platform, merchant_id, program_id)
    SELECT card_id, :platform, merchant_id, program_id FROM passes WHERE card_id = :card_id
    ON CONFLICT DO NOTHING
    """
)


async def hand_over(conn: AsyncConnection, files: Sequence[tuple[UUID, int]]) -> set[UUID]:
    """From now on these passes are delivered to Apple's devices, which have files of these revisions.

    What has changed since is behind. The passes are held meanwhile: a change that waits for this marks them.
    Those that somebody else holds are left out, and it is waited for none: the others come back. No delivery
    was made, so none is written down, and the log holds none.
    """
    given = {"ids": [card_id for card_id, _ in files], "revisions": [revision for _, revision in files]}
    return {row.card_id for row in await conn.execute(_HAND_OVER, given)}


_HAND_OVER = text(
    """
    WITH held AS (
        SELECT p.card_id, p.merchant_id, p.program_id, p.sequence_wanted, p.revision,
            p.revision = file.revision AS shown
        FROM unnest(CAST(:ids AS uuid[]), CAST(:revisions AS bigint[])) AS file (card_id, revision)
        JOIN passes p USING (card_id)
        ORDER BY p.card_id FOR SHARE OF p SKIP LOCKED),
    made AS (
        INSERT INTO deliveries (card_id, platform, merchant_id, program_id, status, behind_since,
            sequence_shown, revision_shown)
        SELECT card_id, 'apple', merchant_id, program_id, CASE WHEN shown THEN 'current' ELSE 'behind' END,
            CASE WHEN NOT shown THEN now() END, CASE WHEN shown THEN sequence_wanted ELSE 0 END,
            CASE WHEN shown THEN revision ELSE 0 END
        FROM held
        ON CONFLICT DO NOTHING)
    SELECT card_id FROM held
    """
)


async def claim(
    conn: AsyncConnection, platform: Platform, new_claim: UUID, limit: int, lease_s: float
) -> list[Claimed]:
    """Take what is due, past what others hold; a claim that ran out is taken again.

    Of a provider that is left alone nothing is taken, or a few passes as a trial when its rest is over.
    """
    asked = {"platform": platform, "claim": new_claim, "limit": limit, "lease_s": lease_s}
    rows = await conn.execute(_CLAIMS[platform], {**asked, "probes": min(PROBES, limit), "probe_s": PROBE_S})
    tries = {row.card_id: row.tries for row in rows}
    if not tries:
        return []
    held = await find_many(conn, list(tries))
    return [Claimed(new_claim, platform, tries[card_id], one) for card_id, one in held.items()]


def _claim(tag: str, counter: str = "") -> TextClause:
    return text(
        f"""
        WITH due AS (
            SELECT card_id, platform FROM deliveries
            WHERE platform = :platform AND status = 'behind' AND next_try_at <= now()
              AND (claimed_until IS NULL OR claimed_until <= now())
            ORDER BY next_try_at
            LIMIT (SELECT CASE WHEN open_until IS NULL THEN CAST(:limit AS bigint)
                     WHEN open_until <= now() AND coalesce(probe_until <= now(), true)
                     THEN CAST(:probes AS bigint)
                     ELSE 0 END FROM providers WHERE platform = :platform)
            FOR UPDATE SKIP LOCKED),
        trial AS (
            UPDATE providers SET probe_until = now() + make_interval(secs => :probe_s)
            WHERE platform = (SELECT platform FROM providers
                              WHERE platform = :platform AND open_until <= now() AND EXISTS (SELECT FROM due)
                              FOR UPDATE SKIP LOCKED)){counter}
        UPDATE deliveries d SET claim = :claim, claimed_until = now() + make_interval(secs => :lease_s),
            tries = least(d.tries + 1, 1000), tag = {tag}
        FROM due WHERE d.card_id = due.card_id AND d.platform = due.platform
        RETURNING d.card_id, d.tries
        """  # noqa: S608 - words of ours only
    )


#: What Apple's devices are about to be told of gets the next tag. Its row is held until the commit, so a tag
#: that was listed is never joined by a lower one; and the tag is there before the push that makes them ask.
_CLAIMS: Mapping[Platform, TextClause] = {
    "apple": _claim(
        "(SELECT last FROM given)",
        counter=", given AS ("
        "UPDATE pass_tags SET last = last + 1 WHERE EXISTS (SELECT FROM due) RETURNING last)",
    ),
    "google": _claim("d.tag"),
}


async def record(conn: AsyncConnection, done: Sequence[Done]) -> None:
    """Write outcomes down: of claims that are still ours on the delivery, of all in the log.

    Hold the passes' rows (`lock_passes`).
    """
    rows = sorted(done, key=lambda one: one.claimed.held.card_id)
    await conn.execute(
        _RECORD,
        [
            {
                "card_id": one.claimed.held.card_id,
                "platform": one.claimed.platform,
                "claim": one.claimed.claim,
                "status": one.verdict.status,
                "tries": one.verdict.tries,
                "wait_s": one.verdict.wait_s,
                "last_error": one.verdict.last_error,
                "delivered": one.delivered,
                "sequence": one.claimed.held.sequence_wanted,
                "revision": one.claimed.held.revision,
                "devices": one.devices,
                "id": uuid7(),
                "outcome": one.outcome,
                "answer": one.answer,
                "took_ms": one.took_ms,
            }
            for one in rows
        ],
    )


_RECORD = text(
    """
    WITH done AS (
    UPDATE deliveries SET status = :status, tries = :tries, last_error = :last_error,
        claim = NULL, claimed_until = NULL,
        next_try_at = clock_timestamp() + make_interval(secs => :wait_s),
        behind_since = CASE WHEN :status = 'behind' THEN behind_since END,
        sequence_shown = CASE WHEN :delivered THEN :sequence ELSE sequence_shown END,
        revision_shown = CASE WHEN :delivered THEN :revision ELSE revision_shown END,
        devices = CASE WHEN :delivered THEN :devices ELSE devices END,
        last_delivered_at = CASE WHEN :delivered THEN clock_timestamp() ELSE last_delivered_at END
    WHERE card_id = :card_id AND platform = :platform AND claim = :claim)
    INSERT INTO delivery_log
        (id, card_id, platform, at, outcome, answer, sequence, revision, devices, took_ms)
    VALUES (:id, :card_id, :platform, clock_timestamp(), :outcome, :answer, :sequence, :revision, :devices,
        :took_ms)
    """
)


async def deliveries_of(conn: AsyncConnection, card_id: UUID) -> Mapping[Platform, Delivery]:
    rows = await conn.execute(
        select(*_DELIVERY_COLUMNS, _DEVICES).where(tables.deliveries.c.card_id == card_id)
    )
    return {row.platform: Delivery(**row._mapping) for row in rows}
