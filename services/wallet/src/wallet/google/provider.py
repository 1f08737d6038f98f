"""Google Wallet as a platform: the program's class, then the card's object, each request in its turn."""

from __future__ import annotations

import asyncio

from contracts.problem import UpstreamUnavailable
from contracts.programs import MerchantChanged, ProgramChanged, RewardChanged, StoreChanged
from kit.outward import Outward
from kit.projection import Projection
from kit.work import Work
from wallet.domain import NotNow, Outcome, Pass, Platform
from wallet.google import rules, store
from wallet.google.account import ServiceAccount, Tokens
from wallet.google.calls import Calls
from wallet.google.classes import Classes
from wallet.google.objects import Objects
from wallet.google.quota import Crowded, Slots
from wallet.google.rules import Look

#: Passes that wait for their turn here: a second of the quota. More would only grow old.
WAITING_MAX, ROOM_LEAST = 20, 5
OTHERS_CLASS_PAUSE_S = 900.0
#: Of the service's few: whoever hears the ledger needs them too.
DATABASE_CONNECTIONS = 3


class GoogleProvider:
    """Brings Google to the state that a pass has at its turn, which may be newer than what was asked."""

    platform: Platform = "google"

    def __init__(
        self,
        work: Work,
        projection: Projection,
        account: ServiceAccount,
        outward: Outward,
        *,
        issuer: str,
        api_url: str,
        base_url: str,
    ) -> None:
        self._work = work
        self._projection = projection
        self._issuer = issuer
        self._calls = Calls(outward, Tokens(account, outward), api_url)
        self._slots = Slots(work)
        self._classes = Classes(work, self._calls, self._slots, base_url)
        self._at_the_database = asyncio.Semaphore(DATABASE_CONNECTIONS)
        self._objects = Objects(work, self._calls, self._slots, self._at_the_database)
        self._waiting: set[object] = set()

    def room(self) -> int:
        """How many more passes may wait here; a few at a time."""
        room = 0 if self._slots.closed else WAITING_MAX - len(self._waiting)
        return room if room >= ROOM_LEAST else 0

    async def deliver(self, held: Pass) -> Outcome:
        place = object()
        self._waiting.add(place)
        try:
            return await self._deliver(held, place)
        except Crowded as crowded:
            return NotNow("quota", crowded.wait_s, of_provider=False)
        finally:
            self._waiting.discard(place)

    async def close(self) -> None:
        """What was used of the quota is given back."""
        await self._slots.close()

    async def _deliver(self, held: Pass, place: object) -> Outcome:
        look = await self._look(held)
        if look is None or held.card_number is None:
            return NotNow("not-heard-of-yet", of_provider=False)
        if (answered := await self._calls.ready()) is not None:
            return answered.outcome()
        async with self._at_the_database:
            known = await self._known(held, look)
        if known is None:
            return NotNow("class-of-another-program", OTHERS_CLASS_PAUSE_S, of_provider=False)
        shown_class, shown = known
        if (answered := await self._classes.bring(look, shown_class)) is not None:
            return answered.outcome()
        outcome = await self._objects.bring(held, look, shown, lambda: self._waiting.discard(place))
        if isinstance(outcome, NotNow) and outcome.error.startswith("404"):
            # Google has no such class any more: the next try makes it anew.
            async with self._work() as tx:
                await store.class_unsure(tx.conn, look.program.id)
        return outcome

    async def _known(self, held: Pass, look: Look) -> tuple[store.ShownClass, store.ShownObject] | None:
        """What Google was shown of both, kept from now on; None when the class's id is another program's."""
        async with self._work.read() as conn:
            found = await store.find_both(conn, look.program.id, held.card_id)
        if found is not None:
            return found
        issuer = rules.issuer_of(look.program, self._issuer)
        async with self._work() as tx:
            shown = await store.keep_class(tx.conn, look.program.id, rules.class_id(look.program, issuer))
            if shown is None:
                return None
            named = rules.object_id(held.serial_number, issuer)
            return shown, await store.keep_object(tx.conn, held.card_id, named, shown.class_id)

    async def _look(self, held: Pass) -> Look | None:
        try:
            program = await self._projection.load(ProgramChanged, held.program_id)
            merchant = await self._projection.load(MerchantChanged, held.merchant_id)
        except UpstreamUnavailable:
            return None
        if program is None or merchant is None:
            return None
        return Look(
            merchant,
            program,
            self._projection.of(StoreChanged, merchant.id),
            self._projection.of(RewardChanged, program.id),
        )
