"""The ledger, wired top to bottom."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import text

from contracts.auth_pins import SIGNING_KEYS_ID, SigningKeysChanged
from contracts.event import State
from contracts.programs import MerchantChanged, ProgramChanged, RewardChanged, StoreChanged
from kit import audit, parked
from kit.app import Service
from kit.http import Peer, Upstream
from kit.identity import StaffSessions, key_from_x
from kit.projection import Projection
from kit.serving import serve
from ledger import archive, balances, consumers, histories, switching
from ledger.api import PREFIX, Door, routes
from ledger.batches import Batches, Lane
from ledger.bodies import MOVES
from ledger.commands import Accounts, Moves
from ledger.expiry import Expiry
from ledger.importing import api as importing
from ledger.importing import exporting
from ledger.importing.commands import Desk
from ledger.queries import Queries
from ledger.rulebook import Rulebook
from ledger.settings import LedgerSettings
from ledger.statistics import api as statistics
from ledger.statistics.calendar import Calendars
from ledger.statistics.following import Follower, Rush
from ledger.statistics.members import Members, members_routes
from ledger.statistics.reports import Reports
from ledger.statistics.showing import Showing

ANSWERS_KEPT_DAYS = 30
#: By what states are found together.
GROUPS: dict[type[State], str] = {
    RewardChanged: "program_id",
    ProgramChanged: "merchant_id",
    StoreChanged: "merchant_id",
}


def build(settings: LedgerSettings) -> Service:
    """The service, ready to serve."""
    service = Service(settings, title="Punchcard ledger")
    upstreams = {
        name: Upstream(name, url, settings.upstream_timeout_ms)
        for name, url in (
            ("programs", settings.programs_url),
            ("cards", settings.cards_url),
            ("auth-pins", settings.auth_pins_url),
        )
    }
    peers = {name: Peer(upstream, service.signer) for name, upstream in upstreams.items()}

    async def fetch(kind: str, thing_id: UUID) -> Mapping[str, Any] | None:
        owner = "auth-pins" if kind in ("staff", "signing-keys") else "programs"
        return await peers[owner].state(kind, thing_id)

    states = Projection(service.work, consumers.STATES, fetch, groups=GROUPS)
    rulebook = Rulebook(states)
    accounts = Accounts(service.work, rulebook, peers["cards"])
    batches = Batches([_lane(settings, rulebook) for _ in range(settings.lanes)])
    moves = Moves(batches, rulebook, accounts)
    expiry = Expiry(service.work, states, moves)
    queries = Queries(service.work, rulebook, accounts)
    door = Door(service, moves, queries, rulebook, StaffSessions(_keys(states)))

    service.http.state.states, service.http.state.accounts = states, accounts
    service.http.state.batches, service.http.state.expiry = batches, expiry

    assert service.listener is not None
    consumers.subscribe(service.listener, states, accounts)
    switches = switching.routes(moves, settings.idempotency_secret)
    pages = histories.routes(service.work, rulebook, queries)
    service.include(routes(door, queries), archive.routes(service.work), switches, pages)
    service.include(audit.router(), parked.router())
    service.include(balances.routes(service.work))
    desk = Desk(service, rulebook, accounts, states, peers)
    service.include(importing.routes(desk))
    service.http.state.desk = desk
    service.include(exporting.routes(service, states))
    showing = Showing(service.work, states)
    reports = Reports(service.work, states, showing, partial(_staff_names, peers["auth-pins"]))
    service.http.state.reports = reports
    members = Members(service.work, states, showing, partial(_holders, peers["cards"]))
    service.include(members_routes(members))
    service.include(statistics.routes(showing), statistics.reports_routes(reports))
    for path in MOVES:
        service.hot["POST", PREFIX + path] = door.hot(PREFIX + path)
    service.background("projection", states.run)
    service.background("lanes", batches.run)
    service.background("expiry", expiry.run)
    service.background("answers", lambda: _keep_answers(service))
    service.background("signing keys", lambda: _first_keys(states))
    service.background("statistics", _follower(settings, states, lambda: batches.asked + desk.asked).run)
    service.ready_when("projection", lambda: states.loaded)
    service.at_close(batches.leave)
    for upstream in upstreams.values():
        service.at_close(upstream.close)
    return service


def _lane(settings: LedgerSettings, rulebook: Rulebook) -> Lane:
    url = settings.database_url.get_secret_value()
    return Lane(url, rulebook, settings.public_base_url, settings.batch_operations, settings.queue_operations)


def _follower(settings: LedgerSettings, states: Projection, asked: Callable[[], int]) -> Follower:
    """Counts what the ledger and cards tell."""

    async def zone(merchant_id: UUID) -> str | None:
        merchant = await states.load(MerchantChanged, merchant_id)
        return merchant.timezone if merchant else None

    url, rush = settings.database_url.get_secret_value(), Rush(asked)
    return Follower(url, settings.kafka_bootstrap, Calendars(zone), rush=rush)


async def _staff_names(auth_pins: Peer, merchant_id: UUID) -> Mapping[str, str]:
    """Names of a merchant's staff; the ledger keeps none."""
    found: Mapping[str, str] | None = await auth_pins.get(f"/internal/merchants/{merchant_id}/staff-names")
    return found or {}


async def _holders(cards: Peer, card_ids: Sequence[UUID]) -> Mapping[str, Mapping[str, Any]]:
    """Who holds these cards; the ledger knows no customer."""
    asked = {"card_ids": [str(card_id) for card_id in card_ids]}
    found: Mapping[str, Mapping[str, Any]] | None = await cards.post("/internal/holders", asked)
    return found or {}


def _keys(states: Projection) -> Any:
    """auth-pins' public keys as they were last told."""

    def find(kid: str) -> Ed25519PublicKey | None:
        told = states.get(SigningKeysChanged, SIGNING_KEYS_ID)
        rows = told.keys if told else ()
        return next((key_from_x(row.x) for row in rows if row.kid == kid), None)

    return find


async def _first_keys(states: Projection) -> None:
    """A database that is new has heard of no signing keys yet: ask for them once."""
    while not states.loaded:  # noqa: ASYNC110 - the projection has a flag, no event
        await asyncio.sleep(0.1)
    await states.load(SigningKeysChanged, SIGNING_KEYS_ID)


async def _keep_answers(service: Service) -> None:
    """Every hour: make the partitions of the next days, drop those whose answers are no longer kept."""
    while True:
        async with service.work() as tx:
            await tx.conn.execute(text("SELECT keep_answers(:days)"), {"days": ANSWERS_KEPT_DAYS})
        await asyncio.sleep(3600)


if __name__ == "__main__":
    serve(build(LedgerSettings.load()))
