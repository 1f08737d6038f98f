"""The wallet service, wired top to bottom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from contracts.programs import RewardChanged, StoreChanged
from kit import audit, parked
from kit.app import Service
from kit.http import Peer, Upstream
from kit.projection import Projection
from kit.serving import serve
from wallet import api, certificates, consumers, health_api, logbook, queries
from wallet.apple import configured as apple
from wallet.apple import download
from wallet.commands import Passes
from wallet.delivery import DeliveryLoop, Provider
from wallet.links import Links
from wallet.settings import WalletSettings
from wallet.sync import LedgerSync

#: Passes may follow so much later: many transactions at once cost much less than few.
GATHER_S = 0.2


def build(settings: WalletSettings, providers: Iterable[Provider] | None = None) -> Service:
    """The service; `providers` stand in for those of the settings."""
    service = Service(settings, title="Punchcard wallet")
    cards_upstream = Upstream("cards", settings.cards_url, settings.upstream_timeout_ms)
    programs_upstream = Upstream("programs", settings.programs_url, settings.upstream_timeout_ms)
    ledger_upstream = Upstream("ledger", settings.ledger_url, settings.upstream_timeout_ms)
    cards, programs = Peer(cards_upstream, service.signer), Peer(programs_upstream, service.signer)

    async def fetch_card(card_id: UUID) -> Mapping[str, Any] | None:
        return await cards.state("card", card_id)

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
    loops = {
        provider.platform: DeliveryLoop(service.work, provider)
        for provider in (configured(settings) if providers is None else providers)
    }
    passes = Passes(service.work, fetch_card)
    links = Links(lambda hashed: cards.get(f"/internal/cards/by-link/{hashed}"))
    identity = apple.identity_of(settings)
    files = None if identity is None else apple.files_of(identity, settings, service, projection)
    service.include(download.routes(download.Download(service.work, links, passes, files)))
    service.include(api.routes(service.work, passes, loops.keys()), logbook.routes(service.work, passes))
    ends = certificates.expires_at(settings)
    service.include(health_api.routes(service.work, loops.keys(), ends))
    service.include(audit.router(service.work), parked.router(service.work, service.idempotency))

    service.background("projection", projection.run)
    service.ready_when("projection", lambda: projection.loaded)
    service.background("sync with the ledger", sync.run)
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


def configured(settings: WalletSettings) -> list[Provider]:
    """The providers that the settings name: none yet, then passes are kept and nothing is delivered."""
    return []


if __name__ == "__main__":
    serve(build(WalletSettings.load()))
