"""Projections: copies of states that other services own, in the database and in each replica's memory.

The consumer group writes them once; replicas poll the change counter, whose row serialises the writers, so
that counting is in commit order. An id never heard of is asked for once over HTTP; misses are remembered
for a moment.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert

from contracts.event import State
from kit import tables
from kit.listener import Heard
from kit.work import Tx, Work

POLL_EVERY_S = 0.2
MISS_REMEMBERED_S = 1.0
MISSES_KEPT = 10_000

S = TypeVar("S", bound=State)
#: Asks the owner of a kind for one state; None when there is no such thing.
Fetch = Callable[[str, UUID], Awaitable[Mapping[str, Any] | None]]


class Projection:
    """The states of some kinds. `groups` names, per kind, the member by which `of` finds them."""

    def __init__(
        self,
        work: Work,
        kinds: Iterable[type[State]],
        fetch: Fetch,
        groups: Mapping[type[State], str] | None = None,
    ) -> None:
        self._work = work
        self._kinds = {kind.kind: kind for kind in kinds}
        self._fetch = fetch
        self._groups = {kind.kind: member for kind, member in (groups or {}).items()}
        self._states: dict[tuple[str, UUID], State] = {}
        self._grouped: dict[tuple[str, UUID], dict[UUID, State]] = {}
        self._missed: dict[tuple[str, UUID], float] = {}
        self._asking: dict[tuple[str, UUID], asyncio.Task[State | None]] = {}
        self._change = -1
        #: Called with every state that is new to this replica.
        self.watchers: list[Callable[[State], None]] = []

    @property
    def loaded(self) -> bool:
        """True once this replica has read what the database holds."""
        return self._change >= 0

    def get(self, kind: type[S], thing_id: UUID | None) -> S | None:
        """What memory holds, deleted ones included; asks nobody."""
        return self._states.get((kind.kind, thing_id)) if thing_id else None  # type: ignore[return-value]

    def of(self, kind: type[S], owner: UUID) -> Sequence[S]:
        """All states of a kind whose grouping member is `owner`, deleted ones included."""
        return list(self._grouped.get((kind.kind, owner), {}).values())  # type: ignore[arg-type]

    def all(self, kind: type[S]) -> Sequence[S]:
        """All states of a kind in memory."""
        return [state for (name, _), state in self._states.items() if name == kind.kind]  # type: ignore[misc]

    async def load(self, kind: type[S], thing_id: UUID) -> S | None:
        """What memory holds, else what the owner answers. UpstreamUnavailable when it cannot be asked."""
        place = (kind.kind, thing_id)
        if (known := self._states.get(place)) is not None:
            return known  # type: ignore[return-value]
        if time.monotonic() - self._missed.get(place, -10.0) < MISS_REMEMBERED_S:
            return None
        task = self._asking.get(place)
        if task is None:
            task = self._asking[place] = asyncio.create_task(self._ask(kind, thing_id))
            task.add_done_callback(lambda _: self._asking.pop(place, None))
        return cast("S | None", await asyncio.shield(task))

    async def refresh(self, kind: type[S], thing_id: UUID) -> S | None:
        """Ask the owner now, whatever memory holds."""
        return await self._ask(kind, thing_id)  # type: ignore[return-value]

    async def _ask(self, kind: type[State], thing_id: UUID) -> State | None:
        data = await self._fetch(kind.kind, thing_id)
        if data is None:
            if len(self._missed) >= MISSES_KEPT:
                self._missed.clear()
            self._missed[kind.kind, thing_id] = time.monotonic()
            return None
        state = kind.model_validate(data)
        async with self._work() as tx:
            await self.keep(tx, [state])
        return self._states[kind.kind, thing_id]

    async def hear(self, tx: Tx, events: Sequence[Heard]) -> None:
        """A listener's handler: keep the states that were told."""
        await self.keep(tx, [event.fact for event in events])

    async def keep(self, tx: Tx, states: Sequence[State]) -> None:
        """Write what is newer than what is there, never going back."""
        newest: dict[tuple[str, UUID], State] = {}
        for state in states:
            known = newest.get((state.kind, state.id))
            if state.kind in self._kinds and (known is None or known.version < state.version):
                newest[state.kind, state.id] = state
        if not newest:
            return
        counter = tables.projection_changes
        change = (
            await tx.conn.execute(
                update(counter).values(change=counter.c.change + 1).returning(counter.c.change)
            )
        ).scalar_one()
        upsert = insert(tables.projections)
        await tx.conn.execute(
            upsert.on_conflict_do_update(
                index_elements=["kind", "id"],
                set_={name: upsert.excluded[name] for name in ("version", "state", "change")},
                where=tables.projections.c.version < upsert.excluded.version,
            ),
            [
                {
                    "kind": s.kind,
                    "id": s.id,
                    "version": s.version,
                    "state": s.model_dump(mode="json"),
                    "change": change,
                }
                for s in newest.values()
            ],
        )
        tx.after_commit(lambda: self._remember(newest.values()))

    def _remember(self, states: Iterable[State]) -> None:
        for state in states:
            place = (state.kind, state.id)
            known = self._states.get(place)
            if known is not None and known.version >= state.version:
                continue
            self._states[place] = state
            self._missed.pop(place, None)
            if member := self._groups.get(state.kind):
                if known is not None:
                    self._grouped[state.kind, getattr(known, member)].pop(state.id, None)
                self._grouped.setdefault((state.kind, getattr(state, member)), {})[state.id] = state
            for watcher in self.watchers:
                watcher(state)

    async def run(self) -> None:
        """Keep this replica's memory up with the database."""
        while True:
            await self.catch_up()
            await asyncio.sleep(POLL_EVERY_S)

    async def catch_up(self) -> None:
        """Read the changes that are new to this replica."""
        table = tables.projections
        async with self._work.read() as conn:
            now = (await conn.execute(text("SELECT change FROM projection_changes"))).scalar_one()
            if now == self._change:
                return
            # Never above what was counted before the look: a later writer's rows wait for the next look.
            rows = await conn.execute(
                select(table.c.kind, table.c.state).where(
                    table.c.change > self._change, table.c.change <= now
                )
            )
            self._remember(
                [self._kinds[row.kind].model_validate(row.state) for row in rows if row.kind in self._kinds]
            )
            self._change = now
