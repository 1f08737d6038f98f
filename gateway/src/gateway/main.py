"""The gateway, wired top to bottom."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from starlette.routing import Mount
from starlette.types import ASGIApp

from contracts.auth_pins import SigningKeysChanged, TerminalChanged, UserChanged
from contracts.programs import MerchantChanged, StoreChanged
from gateway.clients import Client
from gateway.edge import feed, merging, own, reading
from gateway.edge.addresses import Addresses, Insiders
from gateway.edge.cards import CardViews
from gateway.edge.cors import Cors
from gateway.edge.door import Door
from gateway.edge.exchange import Exchanges
from gateway.edge.forward import Forward
from gateway.edge.identity import KINDS, Identities
from gateway.edge.last_use import LastUse
from gateway.edge.ledger import Ledger
from gateway.edge.limits import Limits
from gateway.edge.limits.settling import Settling
from gateway.edge.moves import MOVES, Moves
from gateway.edge.own.asking import Services
from gateway.edge.programs import ProgramStatistics
from gateway.edge.requests import Desk
from gateway.edge.rewards import RewardStock
from gateway.edge.routes import OWN, Documents, RouteTable, routes_of
from gateway.settings import GatewaySettings
from kit.app import Service
from kit.http import Peer, Upstream
from kit.projection import Projection
from kit.serving import serve

#: The live feed may be so much later, and costs a third: every transaction of the platform comes by here.
GATHER_S = 0.25


def build(settings: GatewaySettings, documents: Documents | None = None) -> Service:
    """The gateway to the services that these OpenAPI documents describe; the committed ones by default."""
    service = Service(settings, title="Punchcard")
    assert service.listener is not None
    service.listener.gather_s = GATHER_S
    # Before the mount of all others: what the gateway answers itself is found first.
    service.include(*own.ROUTERS)
    documents = {**(merging.committed() if documents is None else documents), OWN: own.document()}
    table = RouteTable(routes_of(documents))
    clients = _clients(service, settings)
    identities = _identities(service, settings)
    desk = Desk(identities, Addresses(settings.proxies))
    cors = Cors(settings.origins)
    limits = _limits(service, settings)
    _take_moves(service, table, Moves(desk, limits, clients["ledger"], clients["auth-pins"]))
    ledger = Ledger(clients["ledger"], service.signer)
    views, stock, statistics = CardViews(ledger), RewardStock(ledger), ProgramStatistics(ledger)
    service.http.state.desk = desk
    service.http.state.services = _services(service, settings, clients)
    service.http.router.redirect_slashes = False
    service.shows_metrics_to = Insiders(settings.metrics_readers)
    service.include(reading.router(settings, documents))
    streams = {feed.PATH: feed.Feed(service, identities, settings).answer}
    forward = Forward(table, desk, limits, clients, views, stock, statistics, cors, settings, streams)
    service.http.router.routes.append(_Everything("/api", forward))
    service.find_hot = forward.hot
    service.app = Door(service, cors)
    return service


def _services(service: Service, settings: GatewaySettings, clients: Mapping[str, Client]) -> Services:
    return Services(clients, service.signer, service.work, settings.report_timeout_ms / 1000)


def _limits(service: Service, settings: GatewaySettings) -> Limits:
    limits = Limits(settings)
    service.background("limits", Settling(limits, service.engine, settings.limits_settle_ms).run)
    return limits


def _clients(service: Service, settings: GatewaySettings) -> dict[str, Client]:
    clients = {
        name: Client(name, url, settings.upstream_timeout_ms, settings.upstream_connections)
        for name, url in _urls(settings).items()
    }
    for client in clients.values():
        service.at_close(client.close)
    return clients


def _urls(settings: GatewaySettings) -> dict[str, str]:
    return {
        "programs": settings.programs_url,
        "cards": settings.cards_url,
        "ledger": settings.ledger_url,
        "auth-pins": settings.auth_pins_url,
        "wallet": settings.wallet_url,
    }


def _identities(service: Service, settings: GatewaySettings) -> Identities:
    """What auth-pins and programs tell, kept in memory; one that was never heard of is asked for."""
    assert service.listener is not None
    owners = _owners(service, settings)
    projection = Projection(service.work, KINDS, partial(_ask_owner, owners))
    service.listener.hear(projection.hear, TerminalChanged, UserChanged, SigningKeysChanged)
    service.listener.hear(projection.hear, MerchantChanged, StoreChanged)
    listener = service.listener
    last_use, exchanges = LastUse(owners["auth-pins"]), Exchanges(owners["auth-pins"])
    service.background("last use", last_use.run)
    identities = Identities(
        projection, service.signer, lambda: listener.consuming, last_use.note, exchanges.of
    )
    service.background("projection", projection.run)
    service.background("identities without events", identities.reread)
    service.ready_when("projection", lambda: projection.loaded)
    return identities


def _owners(service: Service, settings: GatewaySettings) -> Mapping[str, Peer]:
    owners = {}
    for name, url in (("programs", settings.programs_url), ("auth-pins", settings.auth_pins_url)):
        upstream = Upstream(name, url, settings.upstream_timeout_ms)
        service.at_close(upstream.close)
        owners[name] = Peer(upstream, service.signer)
    return owners


async def _ask_owner(owners: Mapping[str, Peer], kind: str, state_id: UUID) -> Mapping[str, Any] | None:
    owner = "programs" if kind in (MerchantChanged.kind, StoreChanged.kind) else "auth-pins"
    return await owners[owner].state(kind, state_id)


class _Everything(Mount):
    """A mount for any path: the framework's own knows none with a line feed (`%0A`)."""

    def __init__(self, path: str, app: ASGIApp) -> None:
        super().__init__(path, app)
        self.path_regex = re.compile(self.path_regex.pattern, re.DOTALL)


def _take_moves(service: Service, table: RouteTable, moves: Moves) -> None:
    for path in MOVES:
        route = table.at(path).get("POST")
        if route is not None:
            service.hot["POST", path] = moves.hot(route)


if __name__ == "__main__":
    serve(build(GatewaySettings.load()))
