"""The hourly sync: passes are compared with the ledger, page by page, and what drifted is made right.

One replica at a time makes it; whoever takes over goes on behind the last page. A page of passes is read
before the ledger's: whatever a pass rightly holds, the ledger then has too.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from prometheus_client import Counter, Gauge

from contracts.cards import CardChanged
from kit.http import Peer
from kit.ids import now, uuid7
from kit.telemetry import log, registry
from kit.work import Work, passes
from wallet import commands, recent, store
from wallet.commands import FetchCard
from wallet.comparing import HELD, Account, Held, differs, drift

EVERY_S, LOOK_EVERY_S = 3600.0, 60.0
PAGE_ROWS = 500
LEASE_S = 60.0
#: After a page it rests for at least so long, and three times as long as the page took: a quarter of a core.
REST_S, REST_TIMES = 0.1, 3.0
TOLD = 10
LAST = UUID(int=2**128 - 1)

_healed = Counter("passes_healed_total", "Passes that the sync made right", ["kind"], registry=registry)
_age = Gauge("ledger_sync_age_seconds", "Since the last whole sync with the ledger ended", registry=registry)


class _Page(NamedTuple):
    """Passes and accounts of the same range of cards; `after` the next one, None at the end."""

    begins: UUID
    after: UUID | None
    held: Mapping[UUID, Held]
    accounts: Sequence[Account]


class LedgerSync:
    """Compares and heals; several replicas may run it."""

    def __init__(self, work: Work, ledger: Peer, fetch_card: FetchCard) -> None:
        self._work = work
        self._ledger = ledger
        self._fetch_card = fetch_card
        self._claim = uuid7()

    async def run(self) -> None:
        """Look every minute whether it is time."""
        while True:
            try:
                await self.when_due()
            except Exception as error:
                if not passes(error):
                    raise
                log.warning("the sync with the ledger stopped, and goes on later: %s", type(error).__name__)
            await asyncio.sleep(LOOK_EVERY_S)

    async def when_due(self, every_s: float = EVERY_S) -> int | None:
        """Make it, or go on with one that stopped, if it is time; how many were healed."""
        self._claim = uuid7()
        async with self._work() as tx:
            after = await store.claim_sync(tx.conn, self._claim, every_s, LEASE_S)
        async with self._work.read() as conn:
            _age.set((await store.last_sync(conn)).age_s)
        return None if after is None else await self._from(after)

    async def _from(self, after: UUID) -> int | None:
        healed = 0
        while True:
            began = time.monotonic()
            page = await self._read(after)
            found = await self._heal(page)
            if found is None:
                return None
            healed += found
            if page.after is None:
                _age.set(0)
                return healed
            after = page.after
            await asyncio.sleep(max(REST_S, REST_TIMES * (time.monotonic() - began)))

    async def _read(self, after: UUID) -> _Page:
        async with self._work.read() as conn:
            held = await store.held_after(conn, after, PAGE_ROWS)
        asked = f"/internal/balances?after={after}&limit={PAGE_ROWS}&recent={recent.KEPT}"
        accounts = [_account(item) for item in _items(await self._ledger.get(asked))]
        ends = [rows[-1].card_id for rows in (held, accounts) if len(rows) == PAGE_ROWS]
        upto = min(ends, default=LAST)
        return _Page(
            begins=after,
            after=upto if ends else None,
            held={one.card_id: one for one in held if one.card_id <= upto},
            accounts=[one for one in accounts if one.card_id <= upto],
        )

    async def _heal(self, page: _Page) -> int | None:
        """How many were made right; None when another replica has taken over."""
        wrong = await self._wrong(page)
        missing = [account for kind, _, account in wrong if kind == "missing"]
        told: dict[str, list[UUID]] = {}
        async with self._work() as tx:
            made = await store.make_missing(tx.conn, missing)
            corrected = await store.correct(tx.conn, [(held, one) for _, held, one in wrong if held])
            await store.mark_behind(tx.conn, [*made, *corrected])
            right = {*made, *corrected}
            for kind, _, account in wrong:
                if account.card_id in right:
                    told.setdefault(kind, []).append(account.card_id)
            told["undelivered"] = await store.mark_untrue(tx.conn, page.begins, page.after or LAST)
            count = sum(map(len, told.values()))
            if not await store.go_on(tx.conn, self._claim, page.after, len(page.held), count, LEASE_S):
                return None
        _tell(told)
        for card_id in made:
            await self._complete(card_id)
        return count

    async def _wrong(self, page: _Page) -> list[tuple[str, Held | None, Account]]:
        """What drifted. Suspects are read again from the ledger, with the time of their last row."""
        suspects = [one.card_id for one in page.accounts if differs(page.held.get(one.card_id), one)]
        if not suspects:
            return []
        asked = {"card_ids": suspects, "recent": recent.KEPT}
        answer = await self._ledger.post("/internal/balances", asked)
        at = now()
        looked = [(page.held.get(one.card_id), one) for one in map(_account, _items(answer))]
        judged = [(drift(held, one, at), held, one) for held, one in looked]
        return [(kind, held, one) for kind, held, one in judged if kind is not None]

    async def _complete(self, card_id: UUID) -> None:
        """A pass that was made from its account alone gets its card's number and language."""
        state = await self._fetch_card(card_id)
        if state is not None:
            async with self._work() as tx:
                await commands.note_cards(tx, [CardChanged.model_validate(state)])


def _items(answer: Any) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = answer["items"]
    return found


def _account(item: Mapping[str, Any]) -> Account:
    values = {**item, "program_id": UUID(item["program_id"])}
    created_at = item.get("created_at")
    return Account(
        UUID(item["card_id"]),
        UUID(item["merchant_id"]),
        item["sequence"],
        tuple(values[name] for name in HELD),
        [_recent(row) for row in item["recent"]],
        None if created_at is None else msgspec.convert(created_at, datetime),
    )


def _recent(row: Mapping[str, Any]) -> str:
    at = msgspec.convert(row["transaction_at"], datetime)
    return recent.written(row["sequence"], at, row["type"], row["stamps_delta"], row["points_delta"])


def _tell(told: Mapping[str, Sequence[UUID]]) -> None:
    for kind, cards in told.items():
        if cards:
            _healed.labels(kind).inc(len(cards))
            named = ", ".join(map(str, cards[:TOLD]))
            log.warning("the sync made %d passes right (%s): %s", len(cards), kind, named)
