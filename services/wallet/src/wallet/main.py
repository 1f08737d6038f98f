"""The wallet service, wired top to bottom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from contracts.programs import RewardChanged, StoreChanged
from kit import audit, parked
from kit.app import Service
from kit.http import Peer, Upstream
from kit.projection import Projection
from kit.serving import serve
from wallet import api, certificates, consumers, health_api, logbook, queries, reward_clock
from wallet.apple import configured as apple
from wallet.apple import download
from wallet.apple import web as apple_web
from wallet.apple.devices import Devices, Files
from wallet.commands import Passes
from wallet.delivery import DeliveryLoop, Provider
from wallet.google import api as google_api
from wallet.google.configured import google_of
from wallet.google.saving import GoogleDoors
from wallet.links import Links
from wallet.settings import WalletSettings
from wallet.sync import LedgerSync

#: Passes may follow so much later: many transactions at once cost much less than few.
GATHER_S = 0.1


def build(
    settings: WalletSettings, providers: Iterable[Provider] | None = None, files: Files | None = None
) -> Service:
    """The service; `providers` and `files` stand in for those of the settings."""
    service = Service(settings, title="Punchcard wallet")
    cards_upstream = Upstream("cards", settings.cards_url, settings.upstream_timeout_ms)
    programs_upstream = Upstream("programs", settings.programs_url, settings.upstream_timeout_ms)
    ledger_upstream = Upstream("ledger", settings.ledger_url, settings.upstream_timeout_ms)
    cards, programs = Peer(cards_upstream, service.signer), Peer(programs_upstream, service.signer)

    async def fetch_card(card_id: UUID) -> Mapping[str, Any] | None:
        return await cards.state("card", card_id)

    async def ask_by_links(hashed: Sequence[str]) -> Mapping[str, str]:
        return await cards.post("/internal/cards/by-links", {"tokens": hashed}) or {}

    sync = LedgerSync(service.work, Peer(ledger_upstream, service.signer), fetch_card)
    projection = Projection(
        service.work,
        kinds=consumers.LOOKS,
        fetch=programs.state,
        groups={RewardChanged: "program_id", StoreChanged: "merchant_id"},
    )
    assert service.listener is not None, "the wallet hears three topics"
    service.listener.gather_s = GATHER_S
    consumers.hear_all(service.listener, projection)
    identity = apple.identity_of(settings)
    google = google_of(settings, service, projection)
    configured: list[Provider] = [] if google is None else [google.provider]
    configured += [] if identity is None else [apple.pushes_of(identity, settings, service)]
    loops = {
        provider.platform: DeliveryLoop(service.work, provider)
        for provider in (configured if providers is None else providers)
    }
    passes = Passes(service.work, fetch_card)
    links = Links(ask_by_links)
    made = None if identity is None else apple.files_of(identity, settings, service, projection)
    service.include(api.routes(service.work, passes, loops.keys()), logbook.routes(service.work, passes))
    ends = certificates.expires_at(settings)
    service.include(health_api.routes(service.work, loops.keys(), ends))
    downloads = download.Download(service.work, links, passes, made)
    service.include(download.routes(downloads))
    service.find_hot = download.Door(downloads, service.callers).find
    service.include(google_api.routes(links, GoogleDoors(passes) if google is None else google.doors(passes)))
    devices = Devices(service.work, identity.pass_type_id if identity else None)
    service.include(apple_web.routes(devices, files or made))
    service.include(audit.router(), parked.router())

    service.background("projection", projection.run)
    service.ready_when("projection", lambda: projection.loaded)
    service.background("sync with the ledger", sync.run)
    service.background("rewards by the clock", lambda: reward_clock.look_always(service.work))
    service.background("delivery log", lambda: logbook.keep_always(service.work))
    service.background("passes behind", lambda: queries.keep_counting(service.work))
    service.at_close(cards_upstream.close)
    service.at_close(programs_upstream.close)
    service.at_close(ledger_upstream.close)
    for platform, loop in loops.items():
        service.background(f"deliveries to {platform}", partial(_deliver, service, loop))
        service.at_close(loop.close)
    return service


async def _deliver(service: Service, loop: DeliveryLoop) -> None:
    """Not before the log has a place for today, however long the service was away."""
    await logbook.keep(service.work)
    await loop.run()


if __name__ == "__main__":
    serve(build(WalletSettings.load()))
