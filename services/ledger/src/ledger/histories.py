"""HTTP in: what happened, newest first: to a card, at a store, of a merchant; with notes as they are kept."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Response

from contracts.event import instant_text
from contracts.problem import ValidationFailed
from kit.cursors import bytes_in, text_of
from kit.identity import Caller, allow
from kit.work import Work
from ledger import store
from ledger.answers import encode
from ledger.chain import TYPES
from ledger.history_answers import PROBLEMS_OF_A_CARD, PROBLEMS_OF_ALL, TransactionList, TransactionType
from ledger.queries import Queries
from ledger.rulebook import Rulebook

PREFIX = "/api/v1/vendor/loyalty"

Limit = Annotated[int, Query(ge=1, le=100, description="How many at most")]
Cursor = Annotated[str | None, Query(max_length=64, description="`next_cursor` of the page before")]
Counted = Annotated[bool, Query(description="Tell `total`, too")]
_DAY_OR_TIME = "; a day of the merchant (`2026-11-20`), or a time with its offset"
Vendor = Annotated[Caller, Depends(allow("terminal", "owner", "manager"))]


class Asked(NamedTuple):
    """Which transactions, as the query says it."""

    store_id: UUID | None
    staff_id: UUID | None
    type: TransactionType | None
    since: str | None
    until: str | None
    card_id: UUID | None


async def _asked(
    store_id: Annotated[UUID | None, Query(description="Made at this store; a till names its own")] = None,
    staff_id: Annotated[UUID | None, Query(description="Approved by this staff member")] = None,
    type: Annotated[TransactionType | None, Query(description="Of this type")] = None,  # noqa: A002 - the API's word
    since: Annotated[
        str | None, Query(alias="from", max_length=40, description="Not before" + _DAY_OR_TIME)
    ] = None,
    until: Annotated[
        str | None,
        Query(
            alias="to",
            max_length=40,
            description="Until the end of a day, before a time" + _DAY_OR_TIME,
        ),
    ] = None,
    card_id: Annotated[UUID | None, Query(description="Of this card")] = None,
) -> Asked:
    return Asked(store_id, staff_id, type, since, until, card_id)


def routes(work: Work, rulebook: Rulebook, queries: Queries) -> APIRouter:
    router = APIRouter(tags=["transactions"])
    histories = Histories(work, rulebook)

    @router.get(
        PREFIX + "/transactions",
        operation_id="listTransactions",
        summary="List transactions",
        description="By when they happened, newest first; a till sees those of its own store. A page may hold"
        " fewer than `limit`: only the absence of `next_cursor` says that there are no more.",
        response_model=TransactionList,
        response_model_exclude_unset=True,
        responses=PROBLEMS_OF_ALL,
    )
    async def transactions(
        caller: Vendor,
        asked: Annotated[Asked, Depends(_asked)],
        cursor: Cursor = None,
        limit: Limit = 50,
        count: Counted = False,
    ) -> Response:
        return await histories.page(await histories.wanted(caller, asked), cursor, limit, count)

    @router.get(
        PREFIX + "/cards/{card_id}/transactions",
        operation_id="listCardTransactions",
        summary="List a card's transactions",
        description="All that happened to the card, newest first, wherever it happened.",
        response_model=TransactionList,
        response_model_exclude_unset=True,
        responses=PROBLEMS_OF_A_CARD,
    )
    async def transactions_of_card(
        card_id: UUID, caller: Vendor, cursor: Cursor = None, limit: Limit = 50, count: Counted = False
    ) -> Response:
        account = await queries.account(caller.merchant, card_id, caller.store_id)
        wanted = store.Wanted(account.merchant_id, account.card_id)
        return await histories.page(wanted, cursor, limit, count)

    @router.get("/internal/cards/{card_id}/history", include_in_schema=False)
    async def own_page(
        card_id: UUID,
        merchant_id: UUID,
        _: Annotated[Caller, Depends(allow("service"))],
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Response:
        """What the customer's own page shows; cards knows whose link it is."""
        account = await queries.account(merchant_id, card_id, None)
        wanted = store.Wanted(account.merchant_id, account.card_id)
        return await histories.page(wanted, cursor, limit, False, only=_OWN)

    return router


#: What a customer sees of a row.
_OWN = (
    *("type", "store_id", "stamps_delta", "points_delta", "stamps_balance_after", "points_balance_after"),
    *("reward_description", "transaction_at"),
)
_TIMES = ("transaction_at", "created_at")


class Histories:
    """Pages of what is wanted."""

    def __init__(self, work: Work, rulebook: Rulebook) -> None:
        self._work = work
        self._rulebook = rulebook

    async def wanted(self, caller: Caller, asked: Asked) -> store.Wanted:
        """A till asks for its own store. ValidationFailed for a period or store that can't be meant."""
        store_id = asked.store_id
        if caller.store_id is not None:
            if store_id not in (None, caller.store_id):
                raise ValidationFailed.of("store_id", "not-allowed", "a till sees its own store")
            store_id = caller.store_id
        zone = await self._rulebook.zone_of(caller.merchant) if asked.since or asked.until else None
        since = _moment("from", asked.since, zone, days=0)
        until = _moment("to", asked.until, zone, days=1)
        if since is not None and until is not None and since > until:
            raise ValidationFailed.of("from", "too-large", "is after `to`")
        return store.Wanted(
            caller.merchant, asked.card_id, store_id, asked.staff_id, asked.type, since, until
        )

    async def page(
        self,
        wanted: store.Wanted,
        cursor: str | None,
        limit: int,
        count: bool,
        only: tuple[str, ...] | None = None,
    ) -> Response:
        """A card's rows go by their sequence, all others by their time."""
        async with self._work.read() as conn:
            raw = await store.raw(conn)
            if wanted.card_id is not None:
                rows, sequence = await store.rows_of_card(raw, wanted, _sequence_in(cursor), limit)
                following = None if sequence is None else text_of(_SEQUENCE.pack(sequence))
            else:
                rows, mark = await store.rows_of_merchant(raw, wanted, _mark_in(cursor), limit)
                following = None if mark is None else text_of(_packed(mark))
            total = {"total": await store.count_rows(raw, wanted)} if count else {}
        items = [_shown(row) for row in rows]
        if only is not None:
            items = [{name: item[name] for name in only} for item in items]
        body = encode({"items": items, "next_cursor": following, **total})
        return Response(body, headers={"cache-control": "no-store"}, media_type="application/json")


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "type": TYPES[row["type"] - 1], **{name: instant_text(row[name]) for name in _TIMES}}


def _moment(field: str, text: str | None, zone: ZoneInfo | None, days: int) -> datetime | None:
    """A day's beginning so many days later, or the time as it is."""
    if text is None:
        return None
    try:
        if len(text) == len("2026-11-20"):
            day = date.fromisoformat(text) + timedelta(days=days)
            return datetime.combine(day, time(), zone).astimezone(UTC)
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError("a time without its offset is many times")
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValidationFailed.of(field, "bad-format", "is no day and no time with its offset") from None


# -- cursors, opaque to callers

_SEQUENCE = struct.Struct("!q")
_REFUSED = "is none that this list gave"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def _packed(mark: store.Mark) -> bytes:
    return _SEQUENCE.pack((mark.at - _EPOCH) // _MICROSECOND) + mark.id.bytes


def _sequence_in(cursor: str | None) -> int | None:
    return None if cursor is None else int(_SEQUENCE.unpack(bytes_in(cursor, _SEQUENCE.size, _REFUSED))[0])


def _mark_in(cursor: str | None) -> store.Mark | None:
    if cursor is None:
        return None
    found = bytes_in(cursor, _SEQUENCE.size + 16, _REFUSED)
    try:
        at = _EPOCH + _SEQUENCE.unpack(found[: _SEQUENCE.size])[0] * _MICROSECOND
    except OverflowError:
        raise ValidationFailed.of("cursor", "bad-format", _REFUSED) from None
    return store.Mark(at, UUID(bytes=found[_SEQUENCE.size :]))
