"""Days and months as merchants live them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg import AsyncConnection

#: Offsets from UTC are whole quarters of an hour: within one the day is the same.
_QUARTER_S = 900
_DAYS_KEPT = 50_000

_ZONES = (
    "SELECT uuid_send(id), state->>'timezone' FROM projections"
    " WHERE kind = 'merchant' AND id = ANY(%s::uuid[])"
)

#: Asks for a merchant's time zone that was not heard of; None when there is no such merchant.
AskZone = Callable[[UUID], Awaitable[str | None]]


class Calendar:
    """The days of one time zone."""

    def __init__(self, zone: str) -> None:
        self._zone = ZoneInfo(zone)
        self._days: dict[int, date] = {}

    def day(self, at: datetime) -> date:
        """The local day of this moment."""
        quarter = int(at.timestamp()) // _QUARTER_S
        day = self._days.get(quarter)
        if day is None:
            if len(self._days) >= _DAYS_KEPT:
                self._days.clear()
            day = self._days[quarter] = at.astimezone(self._zone).date()
        return day


class Calendars:
    """Every merchant's calendar. A time zone cannot change once a program was active: each is read once."""

    def __init__(self, ask: AskZone | None = None) -> None:
        self._ask = ask
        self._by_zone: dict[str, Calendar] = {}
        self._by_merchant: dict[bytes, Calendar] = {}

    def of(self, merchant_id: bytes) -> Calendar:
        return self._by_merchant[merchant_id]

    async def learn(self, conn: AsyncConnection[Any], merchant_ids: Iterable[bytes]) -> None:
        """Read those that are new; one that nobody knows lives by UTC."""
        new = [merchant_id for merchant_id in merchant_ids if merchant_id not in self._by_merchant]
        if not new:
            return
        found = dict(
            await (await conn.execute(_ZONES, ([UUID(bytes=merchant_id) for merchant_id in new],))).fetchall()
        )
        for merchant_id in new:
            zone = (
                found.get(merchant_id)
                or (await self._ask(UUID(bytes=merchant_id)) if self._ask else None)
                or "UTC"
            )
            calendar = self._by_zone.setdefault(zone, Calendar(zone))
            self._by_merchant[merchant_id] = calendar


def month_of(day: date) -> int:
    """Months since the year 0: their difference is the number of months between two days."""
    return day.year * 12 + day.month - 1


def first_of(month: int) -> date:
    """The first day of a month that `month_of` gave."""
    return date(month // 12, month % 12 + 1, 1)
